import { longestPath, type ImageReference } from './image-reference.ts'
import { domainOfUrl } from './upstreams.ts'

/** What of a pull-through cache rule decides where an image goes, in the words of `DescribePullThroughCacheRules`. */
export interface RulePaths {
  readonly ecrRepositoryPrefix: string
  readonly upstreamRegistryUrl: string
  /** `ROOT`, which is also what absence means, unless the rule has one. */
  readonly upstreamRepositoryPrefix?: string | undefined
}

/** An image in the cache, whichever registry that is in: the path is the ECR repository. */
export type CachedImage = Omit<ImageReference, 'domain'>

/** Where a rule keeps an image: `docker-hub/library/debian`. */
export interface CachedPath<Rule extends RulePaths> {
  readonly rule: Rule
  /** The ECR repository. */
  readonly path: string
}

/**
 * The rule that a repository is made by; of several, the one with the longest prefix. That the longest wins is what AWS
 * says of repository creation templates; of rules whose prefixes overlap it says nothing.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export function ruleOfPath<Rule extends RulePaths>(path: string, rules: readonly Rule[]): Rule | undefined {
  const [rule] = rules
    .filter(({ ecrRepositoryPrefix }) => pathBelow(ecrRepositoryPrefix, path) !== undefined)
    .toSorted((a, b) => folderOf(b.ecrRepositoryPrefix).length - folderOf(a.ecrRepositoryPrefix).length)
  return rule
}

/**
 * The image that ECR asks the upstream for when a repository of the cache is pulled, to the letter: no `library/` is
 * added. `undefined` if the path is not below the rule's prefix.
 *
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html
 */
export function upstreamImage(
  { ecrRepositoryPrefix, upstreamRegistryUrl, upstreamRepositoryPrefix = root }: RulePaths,
  { path, tag, digest }: CachedImage,
): ImageReference | undefined {
  const below = pathBelow(ecrRepositoryPrefix, path)
  if (below === undefined) return undefined
  return {
    domain: domainOfUrl(upstreamRegistryUrl),
    path: folderOf(upstreamRepositoryPrefix) + below,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

/**
 * Where the rules keep an upstream image, the most specific rule first. Left out is a path that another rule with a
 * longer prefix takes, and one that is too long for a reference.
 */
export function cachedPaths<Rule extends RulePaths>(
  image: Pick<ImageReference, 'domain' | 'path'>,
  rules: readonly Rule[],
): readonly CachedPath<Rule>[] {
  return pathsByRule(image, rules).filter(
    ({ rule, path }) => path.length <= longestPath && ruleOfPath(path, rules) === rule,
  )
}

/** Why the rules keep an image nowhere. */
export type NotCached<Rule extends RulePaths> =
  /** No rule has the image's registry as its upstream. */
  | { readonly why: 'no-rule' }
  /** The rules of its registry cache other parts of that (`upstreamRepositoryPrefix`). */
  | { readonly why: 'other-part'; readonly rules: readonly Rule[] }
  | { readonly why: 'too-long'; readonly path: string }
  /** The path is below the longer prefix of another rule. */
  | { readonly why: 'path-taken'; readonly path: string; readonly by: Rule }

/** Say why {@link cachedPaths} has nothing for an image; `undefined` if it has something. */
export function whyNotCached<Rule extends RulePaths>(
  image: Pick<ImageReference, 'domain' | 'path'>,
  rules: readonly Rule[],
): NotCached<Rule> | undefined {
  if (cachedPaths(image, rules).length > 0) return undefined
  const ofRegistry = rulesOfDomain(image.domain, rules)
  if (ofRegistry.length === 0) return { why: 'no-rule' }
  const [place] = pathsByRule(image, rules)
  if (!place) return { why: 'other-part', rules: ofRegistry }
  const { path } = place
  const by = ruleOfPath(path, rules)
  return by === undefined || path.length > longestPath
    ? { why: 'too-long', path }
    : { why: 'path-taken', path, by }
}

/** Where each rule of an image's registry would keep it if it were alone, the most specific rule first. */
function pathsByRule<Rule extends RulePaths>(
  { domain, path }: Pick<ImageReference, 'domain' | 'path'>,
  rules: readonly Rule[],
): readonly CachedPath<Rule>[] {
  return rulesOfDomain(domain, rules)
    .toSorted((a, b) => upstreamFolder(b).length - upstreamFolder(a).length)
    .flatMap((rule) => {
      const below = pathBelow(rule.upstreamRepositoryPrefix ?? root, path)
      return below === undefined ? [] : [{ rule, path: folderOf(rule.ecrRepositoryPrefix) + below }]
    })
}

function rulesOfDomain<Rule extends RulePaths>(domain: string, rules: readonly Rule[]): readonly Rule[] {
  return rules.filter(({ upstreamRegistryUrl }) => domainOfUrl(upstreamRegistryUrl) === domain)
}

/**
 * What is wrong with `library/` in a path of Docker Hub: it is `missing` where there is no namespace, and `superfluous`
 * before a namespace. `library/grafana` is wrong too, but only Docker Hub knows.
 *
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
 */
export function libraryMistake({
  domain,
  path,
}: Pick<ImageReference, 'domain' | 'path'>): 'missing' | 'superfluous' | undefined {
  if (domain !== 'docker.io') return undefined
  if (!path.includes('/')) return 'missing'
  return /^library\/.*\//.test(path) ? 'superfluous' : undefined
}

/** The prefix of ECR's that stands for none. In lower case it is a prefix like any other. */
const root = 'ROOT'

/** A prefix with the slash that ECR assumes at its end; nothing for `ROOT`. */
function folderOf(prefix: string): string {
  if (prefix === root) return ''
  return prefix.endsWith('/') ? prefix : `${prefix}/`
}

function upstreamFolder({ upstreamRepositoryPrefix = root }: RulePaths): string {
  return folderOf(upstreamRepositoryPrefix)
}

/** What of a path is below a prefix; `undefined` if it is not, or nothing is. */
function pathBelow(prefix: string, path: string): string | undefined {
  const folder = folderOf(prefix)
  return path.startsWith(folder) && path.length > folder.length ? path.slice(folder.length) : undefined
}
