import type { RulePaths } from './cached-reference.ts'
import { upstreamOfDomain, upstreams } from './upstreams.ts'

/**
 * The rules that a registry usually has, for when it cannot be asked: one for each upstream of one host, with the prefix
 * that the console proposes. The rules of other upstreams (`<name>.azurecr.io`) are there if their prefix is given.
 *
 * @param prefixes prefixes that are known, by registry as references name it (`docker.io`). One that is another
 * upstream’s usual prefix takes that upstream’s place.
 */
export function usualRules(prefixes: ReadonlyMap<string, string>): readonly RulePaths[] {
  const given = [...prefixes].map(([domain, prefix]) => ruleFor(domain, prefix))
  const usual = Object.values(upstreams)
    .filter(({ url, isUrl }) => isUrl(url))
    .map(({ url, domain = url, consolePrefix }) => ({ domain, prefix: consolePrefix }))
    .filter(({ domain }) => !prefixes.has(domain))
    .map(({ domain, prefix }) => ruleFor(domain, prefix))
    .filter(({ ecrRepositoryPrefix: prefix }) => given.every((rule) => rule.ecrRepositoryPrefix !== prefix))
  return [...given, ...usual]
}

function ruleFor(domain: string, ecrRepositoryPrefix: string): RulePaths {
  const upstream = upstreamOfDomain(domain)
  const hasDomain = upstream !== undefined && upstreams[upstream].domain !== undefined
  return { ecrRepositoryPrefix, upstreamRegistryUrl: hasDomain ? upstreams[upstream].url : domain }
}
