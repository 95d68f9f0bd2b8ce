import type { UpstreamRegistry } from '@aws-sdk/client-ecr'
import { parseRegistryHost } from './registry-host.ts'

export type { UpstreamRegistry } from '@aws-sdk/client-ecr'

/** A registry that ECR can cache. */
export interface Upstream {
  /** A rule's `upstreamRegistryUrl` in words: the host, with what differs in angle brackets. */
  readonly url: string
  readonly isUrl: (host: string) => boolean
  /** What references have for the host, where it is not the host itself. */
  readonly domain?: string
  /** Whether a rule has a secret: it must, it cannot, or a role of IAM stands in its place. */
  readonly credential: 'required' | 'none' | 'role'
  /** The `ecrRepositoryPrefix` that the console proposes. */
  readonly consolePrefix: string
}

/**
 * ECR's upstreams by ECR's names.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export const upstreams: Readonly<Record<UpstreamRegistry, Upstream>> = {
  'docker-hub': {
    ...oneHost('registry-1.docker.io'),
    domain: 'docker.io',
    credential: 'required',
    consolePrefix: 'docker-hub',
  },
  'github-container-registry': { ...oneHost('ghcr.io'), credential: 'required', consolePrefix: 'github' },
  'gitlab-container-registry': {
    ...oneHost('registry.gitlab.com'),
    credential: 'required',
    consolePrefix: 'gitlab',
  },
  'azure-container-registry': {
    url: '<name>.azurecr.io',
    isUrl: (host) => /^[a-z0-9-]+\.azurecr\.io$/.test(host),
    credential: 'required',
    consolePrefix: 'azure',
  },
  chainguard: { ...oneHost('cgr.dev'), credential: 'required', consolePrefix: 'chainguard' },
  'ecr-public': { ...oneHost('public.ecr.aws'), credential: 'none', consolePrefix: 'ecr-public' },
  k8s: { ...oneHost('registry.k8s.io'), credential: 'none', consolePrefix: 'kubernetes' },
  quay: { ...oneHost('quay.io'), credential: 'none', consolePrefix: 'quay' },
  ecr: {
    url: '<account>.dkr.ecr.<region>.amazonaws.com',
    isUrl: (host) => parseRegistryHost(host) !== undefined,
    credential: 'role',
    consolePrefix: 'ecr',
  },
}

function oneHost(url: string): Pick<Upstream, 'url' | 'isUrl'> {
  return { url, isUrl: (host) => host === url }
}

const entries = Object.entries(upstreams) as readonly (readonly [UpstreamRegistry, Upstream])[]

/** Which upstream a rule's `upstreamRegistryUrl` is; `undefined` if ECR cannot cache it. */
export function upstreamOfUrl(url: string): UpstreamRegistry | undefined {
  return entries.find(([, { isUrl }]) => isUrl(url))?.[0]
}

/** The domain that references have for a rule's `upstreamRegistryUrl`: `docker.io` for `registry-1.docker.io`. */
export function domainOfUrl(url: string): string {
  const upstream = upstreamOfUrl(url)
  return (upstream && upstreams[upstream].domain) ?? url
}

/** Which upstream the domain of a reference is, as `parseReference` gives it; `undefined` if ECR cannot cache it. */
export function upstreamOfDomain(domain: string): UpstreamRegistry | undefined {
  return entries.find(([, upstream]) =>
    upstream.domain === undefined ? upstream.isUrl(domain) : upstream.domain === domain,
  )?.[0]
}
