import { createHash } from 'node:crypto'

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html */
const longestPrefix = 30
const hashLength = 8
const prefixPattern = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?$/

/**
 * What is wrong with a rule’s `ecrRepositoryPrefix`, in words; `undefined` if nothing is. `ROOT`, which ECR takes, would
 * make one rule answer for every repository of the registry, and is refused.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export function prefixProblem(prefix: string): string | undefined {
  if (prefix === 'ROOT') return 'it would take every repository of the registry'
  if (prefix.length < 2 || prefix.length > longestPrefix) {
    return `it has ${prefix.length} characters, and ECR takes 2 to ${longestPrefix}`
  }
  if (!prefixPattern.test(prefix)) {
    return 'ECR takes lower-case letters and digits, with single . _ - or / between them'
  }
  return undefined
}

/**
 * A prefix of a stack’s own: `docker-hub-dev` for the stack `dev`. A stack whose name does not fit as it is (capitals,
 * other characters, too long) gets what can be kept of it and a hash of the whole, so that no two stacks of a project
 * share a prefix, and a stack keeps its prefix for good.
 *
 * @param base the upstream’s usual prefix
 * @returns always one that {@link prefixProblem} has nothing against
 */
export function stackPrefix(base: string, stack: string): string {
  const whole = `${base}-${stack}`
  if (prefixProblem(whole) === undefined && !stack.includes('/')) return whole
  const hash = createHash('sha256').update(stack).digest('hex').slice(0, hashLength)
  const room = longestPrefix - base.length - hash.length - '--'.length
  const kept = trimmed(
    stack
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^-/, '')
      .slice(0, room),
  )
  return [base, kept, hash].filter((part) => part !== '').join('-')
}

function trimmed(text: string): string {
  return text.replace(/-$/, '')
}
