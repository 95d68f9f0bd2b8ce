import type { CreationTemplate } from './registry.ts'

/**
 * The template that makes the repositories of a cache prefix: the one with the longest prefix that covers it, else
 * `ROOT`.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export function templateFor(
  cachePrefix: string,
  templates: readonly CreationTemplate[],
): CreationTemplate | undefined {
  const forCaching = templates.filter(({ appliedFor }) => appliedFor.includes('PULL_THROUGH_CACHE'))
  const [longest] = forCaching
    .filter(({ prefix }) => `${cachePrefix}/`.startsWith(`${prefix}/`))
    .sort((one, other) => other.prefix.length - one.prefix.length)
  return longest ?? forCaching.find(({ prefix }) => prefix === 'ROOT')
}
