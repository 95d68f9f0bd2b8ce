import {
  cachedPaths,
  ruleOfPath,
  upstreamImage,
  type CachedImage,
  type CachedPath,
  type RulePaths,
} from './cached-reference.ts'
import {
  canonicalReference,
  formatReference,
  namesDomain,
  parseReference,
  type ImageReference,
  type ReferenceProblem,
} from './image-reference.ts'
import { parseRegistryHost, type RegistryHost } from './registry-host.ts'
import { upstreamOfDomain } from './upstreams.ts'

/** What a user means who names an image. */
export type ReadImage<Rule extends RulePaths> =
  /** `debian:12`, `docker.io/library/debian`, `ghcr.io/acme/widgets`: an image where it comes from. */
  | {
      readonly kind: 'upstream'
      readonly upstream: ImageReference
      /** Where the rules keep it, most specific first; none if no rule covers it. */
      readonly cached: readonly CachedPath<Rule>[]
    }
  /** `docker-hub/library/debian:12`: a repository of the cache, without the registry. */
  | {
      readonly kind: 'cached'
      readonly rule: Rule
      /** The repository, tag and digest in the cache. */
      readonly cached: CachedImage
      /** What ECR asks the upstream for, to the letter: `docker-hub/debian` is `debian`, not `library/debian`. */
      readonly upstream: ImageReference
    }
  /** `123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian:12`. */
  | {
      readonly kind: 'cached-uri'
      readonly registry: RegistryHost
      readonly cached: CachedImage
      /** The rule that covers the repository, and what ECR asks its upstream for; neither if none does. */
      readonly rule?: Rule
      readonly upstream?: ImageReference
    }
  | { readonly kind: 'invalid'; readonly problem: ReferenceProblem }

/**
 * Say what is meant by an image as users write it: as for `docker pull`, as a repository of the cache, or as an ECR URI,
 * with `docker://` before it or not.
 *
 * @param rules the rules of the registry that is spoken of; for an ECR URI, those of its account and Region
 */
export function readImage<Rule extends RulePaths>(text: string, rules: readonly Rule[]): ReadImage<Rule> {
  const written = text.trim().replace(/^docker:\/\//, '')
  const { reference, problem } = parseReference(written)
  if (problem !== undefined) return { kind: 'invalid', problem }

  const registry = parseRegistryHost(reference.domain)
  const isUpstreamHere = rules.some(({ upstreamRegistryUrl }) => upstreamRegistryUrl === reference.domain)
  if (registry !== undefined && !isUpstreamHere) {
    const cached = withoutDomain(reference)
    return { kind: 'cached-uri', registry, cached, ...covered(cached, rules) }
  }

  const cached = namesDomain(written) ? underPrefixLikeDomain(reference) : asWritten(written, reference)
  // A rule for ROOT covers every path, so that nothing can be told by it.
  const prefixed = rules.filter(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix !== 'ROOT')
  const below = cached && covered(cached, prefixed)
  if (below) return { kind: 'cached', cached, ...below }

  const named = canonicalReference(reference)
  return { kind: 'upstream', upstream: named, cached: cachedPaths(named, rules) }
}

/** The rule that a repository is below, and the image behind it. */
function covered<Rule extends RulePaths>(
  cached: CachedImage,
  rules: readonly Rule[],
): { readonly rule: Rule; readonly upstream: ImageReference } | undefined {
  const rule = ruleOfPath(cached.path, rules)
  const upstream = rule && upstreamImage(rule, cached)
  return upstream && { rule, upstream }
}

/** The path as it was written: without the `library/` that the grammar puts before a single part. */
function asWritten(written: string, reference: ImageReference): CachedImage {
  const cached = withoutDomain(reference)
  return written.startsWith(cached.path) ? cached : { ...cached, path: cached.path.replace(/^library\//, '') }
}

/** A prefix may look like a domain: `mirror.example/debian` is below the prefix `mirror.example`, unless ECR knows it as a registry. */
function underPrefixLikeDomain(reference: ImageReference): CachedImage | undefined {
  if (upstreamOfDomain(canonicalReference(reference).domain) !== undefined) return undefined
  return {
    ...withoutDomain(reference),
    path: formatReference({ domain: reference.domain, path: reference.path }),
  }
}

function withoutDomain({ path, tag, digest }: ImageReference): CachedImage {
  return {
    path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}
