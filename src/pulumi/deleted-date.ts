import { getCallerIdentity } from '@pulumi/aws/getCallerIdentity.js'
import { Config, type InvokeOptions } from '@pulumi/pulumi'
import type { SharedSecret } from './shared-secret.ts'

/** Long enough for an answer; after it the secret counts as absent, which it is to whoever wants to read it. */
const timeoutMs = 10_000

/**
 * When a secret is scheduled for deletion, which the AWS provider does not tell: it says “not found”. Asked of Secrets
 * Manager with the SDK’s own credentials, which need not be the provider’s; so an answer counts only if it comes from
 * the provider’s account.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/secretsmanager/secret.go
 *
 * @returns ISO 8601; `undefined` if it is not scheduled, or cannot be known
 */
export async function deletedDate(
  { name, region }: SharedSecret,
  opts: InvokeOptions,
): Promise<string | undefined> {
  try {
    const [{ accountId }, { SecretsManagerClient, DescribeSecretCommand }] = await Promise.all([
      getCallerIdentity({}, opts),
      import('@aws-sdk/client-secrets-manager'),
    ])
    const profile = new Config('aws').get('profile')
    const client = new SecretsManagerClient({ region, ...(profile === undefined ? {} : { profile }) })
    try {
      const abortSignal = AbortSignal.timeout(timeoutMs)
      const asked = client.send(new DescribeSecretCommand({ SecretId: name }), { abortSignal })
      const { ARN = '', DeletedDate } = await asked
      return ARN.split(':')[4] === accountId ? DeletedDate?.toISOString() : undefined
    } finally {
      // Its open connections would keep the program from ending.
      client.destroy()
    }
  } catch {
    // It only helps to explain: that the secret is not there for the provider stands already.
    return undefined
  }
}
