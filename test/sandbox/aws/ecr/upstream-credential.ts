import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager'
import type { AwsSandbox } from '../aws-sandbox.ts'

/** The account that the sandbox starts with. */
export const account = '123456789012'

/** The Docker Hub user that the sandbox starts with, as ECR wants it in a secret. */
export const upstreamCredential = JSON.stringify({
  username: 'sandbox',
  accessToken: 'dckr_pat_sandbox_0123456789abcdefghi',
})

/** Make the secret that a rule for Docker Hub needs, and tell its ARN. */
export async function createUpstreamSecret(
  sandbox: AwsSandbox,
  {
    value = upstreamCredential,
    name = 'ecr-pullthroughcache/docker-hub',
    region = 'us-east-1',
    kmsKeyId,
  }: {
    readonly value?: string
    readonly name?: string
    readonly region?: string
    readonly kmsKeyId?: string
  } = {},
): Promise<string> {
  const { ARN: arn } = await sandbox
    .secretsManager({ region })
    .send(new CreateSecretCommand({ Name: name, SecretString: value, KmsKeyId: kmsKeyId }))
  if (arn === undefined) throw new Error('the secret has no ARN')
  return arn
}
