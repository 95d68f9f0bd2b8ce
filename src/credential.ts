import type { Secret } from './secret.ts'

/** What one upstream registry asks for. `upstream` is ECR's own name of the registry. */
export interface Credential {
  readonly upstream: 'docker-hub'
  readonly username: string
  readonly token: Secret
}

/**
 * The Secrets Manager secret that ECR reads for an upstream. ECR accepts only names that begin with
 * `ecr-pullthroughcache/`.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export const secretNames = {
  'docker-hub': 'ecr-pullthroughcache/docker-hub',
} as const satisfies Record<Credential['upstream'], string>

/**
 * The secret's value as ECR reads it: a JSON object with exactly the keys `username` and `accessToken`, in this
 * order, so that one credential has one text.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export function secretString({ username, token }: Credential): string {
  return JSON.stringify({ username, accessToken: token.reveal() })
}
