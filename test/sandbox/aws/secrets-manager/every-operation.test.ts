import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  type SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  ValidateResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { token } from './tokens.ts'

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: '123456789012' },
    Action: 'secretsmanager:*',
    Resource: '*',
  },
})

type Send = (client: SecretsManagerClient, id: string) => Promise<unknown>

/** Every operation that names a secret, so that it succeeds on a secret with two versions. */
const operations: readonly [operation: string, send: Send][] = [
  ['DescribeSecret', (client, SecretId) => client.send(new DescribeSecretCommand({ SecretId }))],
  ['GetSecretValue', (client, SecretId) => client.send(new GetSecretValueCommand({ SecretId }))],
  [
    'PutSecretValue',
    (client, SecretId) => client.send(new PutSecretValueCommand({ SecretId, SecretString: 'y' })),
  ],
  [
    'UpdateSecret',
    (client, SecretId) => client.send(new UpdateSecretCommand({ SecretId, Description: 'y' })),
  ],
  [
    'UpdateSecretVersionStage',
    (client, SecretId) =>
      client.send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'x', MoveToVersionId: token(1) }),
      ),
  ],
  [
    'PutResourcePolicy',
    (client, SecretId) => client.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy: policy })),
  ],
  ['GetResourcePolicy', (client, SecretId) => client.send(new GetResourcePolicyCommand({ SecretId }))],
  ['DeleteResourcePolicy', (client, SecretId) => client.send(new DeleteResourcePolicyCommand({ SecretId }))],
  [
    'ValidateResourcePolicy',
    (client, SecretId) =>
      client.send(new ValidateResourcePolicyCommand({ SecretId, ResourcePolicy: policy })),
  ],
  ['DeleteSecret', (client, SecretId) => client.send(new DeleteSecretCommand({ SecretId }))],
  ['RestoreSecret', (client, SecretId) => client.send(new RestoreSecretCommand({ SecretId }))],
  ['ListSecretVersionIds', (client, SecretId) => client.send(new ListSecretVersionIdsCommand({ SecretId }))],
  [
    'TagResource',
    (client, SecretId) => client.send(new TagResourceCommand({ SecretId, Tags: [{ Key: 'k', Value: 'v' }] })),
  ],
  [
    'UntagResource',
    (client, SecretId) => client.send(new UntagResourceCommand({ SecretId, TagKeys: ['k'] })),
  ],
  [
    'ReplicateSecretToRegions',
    (client, SecretId) =>
      client.send(
        new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions: [{ Region: 'eu-west-1' }] }),
      ),
  ],
]

async function started() {
  const sandbox = await startAwsSandbox()
  const client = sandbox.secretsManager()
  await client.send(new CreateSecretCommand({ Name: 'a', ClientRequestToken: token(1), SecretString: 'x' }))
  return { sandbox, client }
}

test.each(operations)('%s takes the name and the ARN', async (_operation, send) => {
  const { client } = await started()
  const { ARN: arn = '' } = await client.send(new DescribeSecretCommand({ SecretId: 'a' }))
  expect(await refusal(send(client, 'a').then(() => 'done'))).toEqual({ answered: 'done' })
  if (_operation === 'DeleteSecret') await client.send(new RestoreSecretCommand({ SecretId: 'a' }))
  expect(await refusal(send(client, arn).then(() => 'done'))).toEqual({ answered: 'done' })
})

test.each(operations)('%s does not find what is not there', async (_operation, send) => {
  const { client } = await started()
  expect(await refusal(send(client, 'b'))).toEqual({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
    status: 400,
  })
})

test.each(operations)('%s refuses a name that no secret has', async (_operation, send) => {
  const { client } = await started()
  expect(await refusal(send(client, ' Inv *?!]Name\\-'))).toEqual({
    name: 'ValidationException',
    message:
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    status: 400,
  })
})

test.each(operations)('%s needs its own permission', async (operation, send) => {
  const { sandbox } = await started()
  const credentials = { accessKeyId: 'AKIASANDBOX000000002', secretAccessKey: 'another-secret' }
  const everythingBut = { Effect: 'Allow', NotAction: `secretsmanager:${operation}`, Resource: '*' }
  sandbox.aws.seeds['/aws/identities']?.({
    ...credentials,
    arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/ci',
    policy: { Version: '2012-10-17', Statement: everythingBut },
  })
  const client = sandbox.secretsManager({ credentials })
  const denied = {
    name: 'AccessDeniedException',
    message:
      `User: arn:aws:sts::123456789012:assumed-role/Deploy/ci is not authorized to perform: ` +
      `secretsmanager:${operation} on resource: a because no identity-based policy allows the secretsmanager:${operation} action`,
    status: 400,
  }
  expect(await refusal(send(client, 'a'))).toEqual(denied)
  // Whether it exists is not for everybody to know.
  expect(await refusal(send(client, 'b'))).toEqual({
    ...denied,
    message: denied.message.replace('resource: a', 'resource: b'),
  })
})

test.each(operations)("%s obeys the secret's own policy", async (operation, send) => {
  const { client } = await started()
  const deny = { Effect: 'Deny', Principal: '*', Action: `secretsmanager:${operation}`, Resource: '*' }
  await client.send(
    new PutResourcePolicyCommand({
      SecretId: 'a',
      ResourcePolicy: JSON.stringify({ Version: '2012-10-17', Statement: deny }),
    }),
  )
  expect(await refusal(send(client, 'a'))).toEqual({
    name: 'AccessDeniedException',
    message:
      `User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: secretsmanager:${operation} ` +
      `on resource: a with an explicit deny in a resource-based policy`,
    status: 400,
  })
})
