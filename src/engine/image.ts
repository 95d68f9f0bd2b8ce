import { looksLikeToken } from '../checks/image-or-text.ts'
import { libraryMistake, ruleOfPath, type RulePaths, upstreamImage } from '../ecr/cached-reference.ts'
import { formatReference, longestPath, type ImageReference, parseReference } from '../ecr/image-reference.ts'
import { readImage } from '../ecr/read-image.ts'
import { formatRegistryHost, parseRegistryHost } from '../ecr/registry-host.ts'
import { upstreamOfDomain, upstreams } from '../ecr/upstreams.ts'
import { type Refusal, refusals } from './image-refusal.ts'

/** What decides what images are called in the cache of one account and Region. */
export interface CachePlace {
  readonly region: string
  /** Twelve digits. */
  readonly account: string
  readonly rules: readonly RulePaths[]
  /** The prefix of the rule to take, by registry as references name it (`docker.io`); any rule of the others. */
  readonly prefixes: ReadonlyMap<string, string>
  /** Whether AWS gave account and rules. If not, they are as a user says, and usual. */
  readonly isAsked: boolean
}

/** An image under both of its names. */
export interface MappedImage {
  /** At its upstream, in full: `docker.io/library/debian:12`. */
  readonly upstream: ImageReference
  /** In the cache, in full. */
  readonly cached: ImageReference
  /** The prefix of the rule that ties them. */
  readonly rule: string
  /** The prefixes of other rules that keep the image too. */
  readonly otherRules: readonly string[]
  /** Why it cannot be pulled, or not at first, though it is named rightly. */
  readonly warning?: string
}

/** What an image is called, or why it has no such name. */
export type ImageAnswer =
  | { readonly image: MappedImage; readonly refusal?: never }
  | { readonly refusal: Refusal; readonly image?: never }

/**
 * What an image is called in the cache. No two images get one name, and {@link imageAtUpstream} leads back: the tag and the
 * digest stay as they are, and `latest` is not added.
 *
 * @param text an image as `docker pull` takes it
 */
export function imageInCache(text: string, place: CachePlace): ImageAnswer {
  if (looksLikeToken(text.trim())) return { refusal: refusals.token() }
  const read = readImage(text, preferredFirst(place.rules))
  switch (read.kind) {
    case 'invalid':
      return { refusal: refusals.invalid(text, read.problem) }
    case 'cached':
      return { refusal: refusals.prefixed(read.cached, read.rule.ecrRepositoryPrefix) }
    case 'cached-uri': {
      const { registry, cached, rule } = read
      const image = { ...cached, domain: registry.host }
      return isOf(registry, place)
        ? { refusal: refusals.inRegistry(image, rule !== undefined) }
        : { refusal: refusals.notCached(image, place) }
    }
    case 'upstream': {
      const { upstream, cached } = read
      const prefix = place.prefixes.get(upstream.domain)
      const chosen = cached.find(({ rule }) => prefix === undefined || isPrefixOf(rule, prefix))
      if (!chosen) return { refusal: refusals.notCached(upstream, place) }
      const others = cached.filter((other) => other !== chosen && prefix === undefined)
      return {
        image: {
          upstream,
          cached: { ...upstream, domain: formatRegistryHost(place.account, place.region), path: chosen.path },
          rule: chosen.rule.ecrRepositoryPrefix,
          otherRules: others.map(({ rule }) => rule.ecrRepositoryPrefix),
          ...(warningFor(upstream) ?? pinWarningFor(upstream)),
        },
      }
    }
  }
}

/**
 * The image that a repository of the cache is made from.
 *
 * @param text an ECR URI, or the repository with or without a tag and a digest: `docker-hub/library/debian:12`
 */
export function imageAtUpstream(text: string, place: CachePlace): ImageAnswer {
  if (looksLikeToken(text.trim())) return { refusal: refusals.token() }
  const { reference, problem } = cachedReference(text, formatRegistryHost(place.account, place.region))
  if (problem !== undefined) return { refusal: refusals.invalid(text, problem) }
  const registry = parseRegistryHost(reference.domain)
  if (registry && !isOf(registry, place))
    return { refusal: refusals.otherRegistry(reference, registry, place) }
  const rule = ruleOfPath(reference.path, place.rules)
  const upstream = rule && upstreamImage(rule, reference)
  if (!upstream) return { refusal: refusals.noRuleOfPath(reference, place) }
  if (upstream.path.length > longestPath) return { refusal: refusals.tooLong(upstream, upstream.path) }
  if (libraryMistake(upstream) === 'missing')
    return { refusal: refusals.libraryMissing(reference, upstream, place) }
  return {
    image: {
      upstream,
      cached: reference,
      rule: rule.ecrRepositoryPrefix,
      otherRules: [],
      ...warningFor(upstream),
    },
  }
}

/** The Region that a text names, if it is an ECR URI. */
export function regionNamedIn(text: string): string | undefined {
  const { reference } = parseReference(written(text))
  return reference && parseRegistryHost(reference.domain)?.region
}

/**
 * Read an ECR URI, or a repository, which the registry's host is put before: so every repository is read as it is written,
 * one whose first part looks like a domain, too.
 */
function cachedReference(text: string, host: string): ReturnType<typeof parseReference> {
  const image = written(text)
  if (image === '' || regionNamedIn(image) !== undefined) return parseReference(image)
  return parseReference(`${host}/${image}`)
}

function written(text: string): string {
  return text.trim().replace(/^docker:\/\//, '')
}

function isOf(
  registry: { readonly account: string; readonly region: string },
  { account, region }: CachePlace,
): boolean {
  return registry.account === account && registry.region === region
}

/** Of rules that cache the same, the one with the console’s prefix comes first, then the others in the order of the alphabet. */
function preferredFirst(rules: readonly RulePaths[]): readonly RulePaths[] {
  return rules.toSorted((a, b) => {
    const difference = Number(isUsual(b)) - Number(isUsual(a))
    return difference === 0 ? (a.ecrRepositoryPrefix < b.ecrRepositoryPrefix ? -1 : 1) : difference
  })
}

function isUsual({ ecrRepositoryPrefix, upstreamRegistryUrl }: RulePaths): boolean {
  const upstream = Object.values(upstreams).find(({ isUrl }) => isUrl(upstreamRegistryUrl))
  return upstream?.consolePrefix === ecrRepositoryPrefix
}

function isPrefixOf({ ecrRepositoryPrefix }: RulePaths, prefix: string): boolean {
  const withoutSlash = (text: string) => text.replace(/\/$/, '')
  return withoutSlash(ecrRepositoryPrefix) === withoutSlash(prefix)
}

interface Warned {
  readonly warning: string
}

/** A reference that the grammar takes may lead to nothing: a repository of Docker Hub is NAMESPACE/NAME. */
function warningFor(upstream: ImageReference): Warned | undefined {
  if (upstreamOfDomain(upstream.domain) !== 'docker-hub' || upstream.path.split('/').length === 2)
    return undefined
  const shown = formatReference(upstream)
  return {
    warning: `${shown}: a repository of Docker Hub is NAMESPACE/NAME, so that there can be none of this path`,
  }
}

/** ECR brings nothing by digest. https://github.com/aws/containers-roadmap/issues/2837 */
function pinWarningFor(upstream: ImageReference): Warned | undefined {
  if (upstream.digest === undefined) return undefined
  return {
    warning: `${formatReference(upstream)}: ECR fetches nothing by digest, so that it pulls only once the cache has it by a tag`,
  }
}
