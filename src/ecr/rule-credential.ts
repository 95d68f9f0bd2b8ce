import type { CacheRule } from './registry.ts'

/** Docker Hub’s host, as ECR wants it in a rule. */
const dockerHubHost = 'registry-1.docker.io'

/** Whether a rule caches Docker Hub. */
export function isDockerHubRule({ upstreamRegistry, upstreamRegistryUrl }: CacheRule): boolean {
  return upstreamRegistry === 'docker-hub' || upstreamRegistryUrl === dockerHubHost
}

/**
 * The name of the secret that a rule’s `credentialArn` names. Secrets Manager adds a hyphen and six characters to the
 * name; an ARN may do without them.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
 *
 * @returns every name it may stand for, since a name may itself end like that.
 */
export function secretNamesIn({ credentialArn = '' }: CacheRule): readonly string[] {
  const [, resource] = /^arn:[\w-]+:secretsmanager:[\w-]+:\d+:secret:(.+)$/.exec(credentialArn) ?? []
  if (resource === undefined) return []
  const [, bare] = /^(.+)-\w{6}$/.exec(resource) ?? []
  return bare === undefined ? [resource] : [bare, resource]
}

/** Whether a rule’s credential is the secret of a name, be it under an ARN of the past. */
export function usesSecret(rule: CacheRule, secretName: string): boolean {
  return secretNamesIn(rule).includes(secretName)
}

/** Whether a rule points to the secret that has this ARN now, be it by an ARN without the six characters. */
export function pointsTo({ credentialArn }: Pick<CacheRule, 'credentialArn'>, secretArn: string): boolean {
  return (
    credentialArn !== undefined && (credentialArn === secretArn || isWithoutSuffix(credentialArn, secretArn))
  )
}

function isWithoutSuffix(short: string, whole: string): boolean {
  return whole.startsWith(`${short}-`) && /^-\w{6}$/.test(whole.slice(short.length))
}
