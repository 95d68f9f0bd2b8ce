import { invalidParameter, unsupportedUpstream } from './errors.ts'

/** The registries that ECR knows how to pull through. */
export const upstreamRegistries = [
  'ecr',
  'ecr-public',
  'quay',
  'k8s',
  'docker-hub',
  'github-container-registry',
  'azure-container-registry',
  'gitlab-container-registry',
  'chainguard',
] as const

export type UpstreamRegistry = (typeof upstreamRegistries)[number]

/**
 * Which registry a URL is of: a host and nothing else.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 *
 * @param named what the request calls it, if it does
 * @throws `UnsupportedUpstreamRegistryException`, or `InvalidParameterException` if URL and name contradict each other
 */
export function readUpstream(url: string, named: string | undefined): UpstreamRegistry {
  const upstream = upstreamRegistries.find((registry) => hosts[registry].test(url))
  if (!upstream) throw unsupportedUpstream()
  if (named !== undefined && named !== upstream) {
    throw invalidParameter('upstreamRegistry', `must be ${upstream} for the upstream registry URL ${url}`)
  }
  return upstream
}

/** Whether a rule needs a secret with credentials, even for public images. */
export function needsCredential(upstream: UpstreamRegistry): boolean {
  switch (upstream) {
    case 'docker-hub':
    case 'github-container-registry':
    case 'azure-container-registry':
    case 'gitlab-container-registry':
    case 'chainguard':
      return true
    case 'ecr':
    case 'ecr-public':
    case 'quay':
    case 'k8s':
      return false
  }
}

const hosts: Readonly<Record<UpstreamRegistry, RegExp>> = {
  ecr: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
  'ecr-public': /^public\.ecr\.aws$/,
  quay: /^quay\.io$/,
  k8s: /^registry\.k8s\.io$/,
  'docker-hub': /^registry-1\.docker\.io$/,
  'github-container-registry': /^ghcr\.io$/,
  'azure-container-registry': /^[a-z0-9][a-z0-9-]*\.azurecr\.io$/,
  'gitlab-container-registry': /^registry\.gitlab\.com$/,
  chainguard: /^cgr\.dev$/,
}
