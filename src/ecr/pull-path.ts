import { libraryMistake, type CachedImage, type RulePaths } from './cached-reference.ts'
import type { ImageReference, ReferenceProblem } from './image-reference.ts'
import { readImage } from './read-image.ts'
import type { RegistryHost } from './registry-host.ts'
import { upstreams } from './upstreams.ts'

/** The way of an image from its name through a rule to its upstream. What is not known is not there. */
export interface PullPath<Rule extends RulePaths> {
  /** The registry, where the reference names it. */
  readonly registry?: RegistryHost
  /** Repository, tag and digest in the cache. */
  readonly cached?: CachedImage
  readonly rule?: Rule
  /** The image that ECR asks the upstream for, or that was named where no rule caches it. */
  readonly upstream?: ImageReference
  /** What is wrong with `library/` in it. */
  readonly mistake?: 'missing' | 'superfluous'
}

/** Why a text is no image. */
interface NoPath {
  readonly problem: ReferenceProblem
}

/**
 * Find the way of an image.
 *
 * @param text as a user writes an image
 * @param rules those of one registry
 */
export function pullPath<Rule extends RulePaths>(
  text: string,
  rules: readonly Rule[],
): PullPath<Rule> | NoPath {
  const image = readImage(text, rules)
  switch (image.kind) {
    case 'invalid':
      return { problem: image.problem }
    case 'cached':
      return { cached: image.cached, rule: image.rule, ...upstreamPart(image.upstream) }
    case 'cached-uri':
      return {
        registry: image.registry,
        cached: image.cached,
        ...(image.rule ? { rule: image.rule } : {}),
        ...(image.upstream ? upstreamPart(image.upstream) : {}),
      }
    case 'upstream': {
      const { upstream } = image
      const [first] = image.cached
      if (isMeantForCache(upstream, rules)) return { cached: withoutDomain(upstream, upstream.path) }
      return {
        ...upstreamPart(upstream),
        ...(first ? { rule: first.rule, cached: withoutDomain(upstream, first.path) } : {}),
      }
    }
  }
}

function upstreamPart(upstream: ImageReference): Pick<PullPath<RulePaths>, 'upstream' | 'mistake'> {
  const mistake = libraryMistake(upstream)
  return { upstream, ...(mistake === undefined ? {} : { mistake }) }
}

/**
 * A path that no rule covers, and that Docker Hub cannot have: it begins with a prefix of the console’s that is no Docker
 * ID, for those have no hyphen (`docker-hub/library/debian`), or is too deep and much like a rule’s
 * (`dockerhub/library/debian`).
 */
function isMeantForCache({ domain, path }: ImageReference, rules: readonly RulePaths[]): boolean {
  if (domain !== 'docker.io') return false
  const [first = '', ...rest] = path.split('/')
  const prefixes = Object.values(upstreams).map(({ consolePrefix }) => consolePrefix)
  const isConsolePrefix = first.includes('-') && prefixes.includes(first)
  return isConsolePrefix || (rest.length > 1 && nearestRule(path, rules) !== undefined)
}

function withoutDomain({ tag, digest }: ImageReference, path: string): CachedImage {
  return { path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}

/** The path with `library/` where Docker Hub has it, for one that has it wrong. */
export function withLibraryMended(path: string, mistake: 'missing' | 'superfluous'): string {
  return mistake === 'missing' ? `library/${path}` : path.replace(/^library\//, '')
}

/** The rule whose prefix is most like the beginning of a path, if one is like it at all. */
export function nearestRule<Rule extends RulePaths>(path: string, rules: readonly Rule[]): Rule | undefined {
  const [nearest] = rules
    .filter(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix !== 'ROOT')
    .map((rule) => {
      const prefix = rule.ecrRepositoryPrefix
      const beginning = path.split('/').slice(0, prefix.split('/').length).join('/')
      return { rule, distance: editDistance(beginning, prefix), length: prefix.length }
    })
    .filter(({ distance, length }) => distance <= Math.max(2, Math.floor(length / 3)))
    .toSorted((a, b) => a.distance - b.distance)
  return nearest?.rule
}

/** How many characters must be put in, taken out or replaced (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [line, character] of from.split('').entries()) {
    const next = [line + 1]
    for (const [column, other] of to.split('').entries()) {
      const replaced = (row[column] ?? 0) + (character === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
