import { prefixKey } from '../prefix.ts'
import type { Rule } from '../rule.ts'
import type { Registry } from '../store.ts'
import type { Template } from '../template.ts'

/**
 * The rule that a repository is under: the one with the longest prefix, `ROOT` if no other.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html
 */
export function ruleFor({ rules }: Registry, repository: string): Rule | undefined {
  return longestMatch(rules, repository)
}

/**
 * The template that a repository of the pull-through cache is made by.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export function templateFor({ templates }: Registry, repository: string): Template | undefined {
  const applied = Array.from(templates).filter(([, { appliedFor }]) =>
    appliedFor.includes('PULL_THROUGH_CACHE'),
  )
  return longestMatch(new Map(applied), repository)
}

/** What a repository is called upstream: its prefix gives way to the upstream's. */
export function upstreamName(
  { ecrRepositoryPrefix, upstreamRepositoryPrefix = 'ROOT' }: Rule,
  repository: string,
): string {
  const prefix = prefixKey(ecrRepositoryPrefix)
  const rest = prefix === 'ROOT' ? repository : repository.slice(prefix.length + 1)
  return upstreamRepositoryPrefix === 'ROOT' ? rest : `${prefixKey(upstreamRepositoryPrefix)}/${rest}`
}

function longestMatch<Value>(byPrefix: ReadonlyMap<string, Value>, repository: string): Value | undefined {
  const parts = repository.split('/')
  // The prefix alone names no repository.
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const found = byPrefix.get(parts.slice(0, length).join('/'))
    if (found !== undefined) return found
  }
  return byPrefix.get('ROOT')
}
