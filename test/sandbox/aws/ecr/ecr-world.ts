import { CreatePullThroughCacheRuleCommand } from '@aws-sdk/client-ecr'
import { CreateSecretCommand, PutResourcePolicyCommand } from '@aws-sdk/client-secrets-manager'
import type { AwsSandbox } from '../aws-sandbox.ts'
import { signAgain } from '../sign-again.ts'

/** The account that the sandbox starts with. */
export const account = '123456789012'

export const serviceLinkedRole = `arn:aws:iam::${account}:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache`

const dockerHub = 'registry-1.docker.io'

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
    readonly value?: string | Uint8Array
    readonly name?: string
    readonly region?: string
    readonly kmsKeyId?: string
  } = {},
): Promise<string> {
  const stored = typeof value === 'string' ? { SecretString: value } : { SecretBinary: value }
  const { ARN: arn } = await sandbox
    .secretsManager({ region })
    .send(new CreateSecretCommand({ Name: name, KmsKeyId: kmsKeyId, ...stored }))
  if (arn === undefined) throw new Error('the secret has no ARN')
  return arn
}

/** A rule for Docker Hub under the prefix `docker-hub`, with its secret; tells the secret's ARN. */
export async function createDockerHubRule(
  sandbox: AwsSandbox,
  options: Parameters<typeof createUpstreamSecret>[1] = {},
): Promise<string> {
  const credentialArn = await createUpstreamSecret(sandbox, options)
  await sandbox.ecr({ region: options.region ?? 'us-east-1' }).send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: 'docker-hub',
      upstreamRegistryUrl: dockerHub,
      credentialArn,
    }),
  )
  return credentialArn
}

/** Keep everybody from a secret, but for some. */
export async function denySecret(
  sandbox: AwsSandbox,
  secretId: string,
  { but }: { readonly but?: string } = {},
): Promise<void> {
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 'secretsmanager:GetSecretValue',
    Resource: '*',
    ...(but === undefined ? {} : { Condition: { ArnNotEquals: { 'aws:PrincipalArn': but } } }),
  }
  await sandbox.secretsManager().send(
    new PutResourcePolicyCommand({
      SecretId: secretId,
      ResourcePolicy: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
    }),
  )
}

/** Somebody whose policy is one statement, or several. */
export function signAs(
  sandbox: AwsSandbox,
  statement: object,
  {
    arn = `arn:aws:iam::${account}:user/somebody`,
    credentials = { accessKeyId: 'AKIASOMEBODY00000001', secretAccessKey: 'somebody' },
  } = {},
) {
  const policy = { Version: '2012-10-17', Statement: statement }
  sandbox.aws.seeds['/aws/identities']?.({ ...credentials, arn, policy })
  return { credentials }
}

/** Call an operation with a body that the SDK would not send, or would not type. */
export async function callEcr(
  sandbox: AwsSandbox,
  operation: string,
  input: unknown,
  region?: string,
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
  const request = { method: 'POST', path: '/', headers: {}, body: JSON.stringify(input) }
  const headers = { 'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${operation}` }
  const { status, body } = await signAgain(sandbox, request, { headers, region, service: 'ecr' })
  return { status, body: JSON.parse(body) as Readonly<Record<string, unknown>> }
}
