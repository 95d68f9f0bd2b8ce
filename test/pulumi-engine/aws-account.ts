import {
  CreatePullThroughCacheRuleCommand,
  type CreatePullThroughCacheRuleCommandInput,
  ECRClient,
} from '@aws-sdk/client-ecr'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { seeded } from '../cli/in-process.ts'

/** The name of the secret that all stacks share. */
export const secretName = 'ecr-pullthroughcache/docker-hub'

/**
 * Put a secret with Docker Hub's credential where ECR finds it, as if by hand.
 *
 * @returns its ARN
 */
export async function makeDockerHubSecret(
  env: Readonly<Record<string, string | undefined>>,
  { name = secretName, region = 'us-east-1' } = {},
): Promise<string> {
  const client = clientOf(env, region)
  try {
    const SecretString = JSON.stringify({ username: seeded.username, accessToken: seeded.token })
    const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: name, SecretString }))
    return ARN
  } finally {
    client.destroy()
  }
}

/** Make a rule as if by hand. */
export async function makeRule(
  env: Readonly<Record<string, string | undefined>>,
  rule: CreatePullThroughCacheRuleCommandInput,
): Promise<void> {
  const client = new ECRClient(configOf(env, 'us-east-1'))
  try {
    await client.send(new CreatePullThroughCacheRuleCommand(rule))
  } finally {
    client.destroy()
  }
}

/** A client of the sandbox's Secrets Manager; the caller destroys it. */
export function clientOf(
  env: Readonly<Record<string, string | undefined>>,
  region = 'us-east-1',
): SecretsManagerClient {
  return new SecretsManagerClient(configOf(env, region))
}

const configOf = (env: Readonly<Record<string, string | undefined>>, region: string) => ({
  region,
  endpoint: env['AWS_ENDPOINT_URL'] ?? '',
  credentials: {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
  },
})
