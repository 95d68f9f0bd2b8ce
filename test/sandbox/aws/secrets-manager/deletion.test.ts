import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  type DeleteSecretCommandInput,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
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
import { members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { token } from './tokens.ts'

const day = 24 * 3_600_000
const missing = {
  name: 'ResourceNotFoundException',
  message: "Secrets Manager can't find the specified secret.",
  status: 400,
}
const marked = {
  name: 'InvalidRequestException',
  message: "You can't perform this operation on the secret because it was marked for deletion.",
  status: 400,
}

async function started() {
  const sandbox = await startAwsSandbox()
  const client = sandbox.secretsManager()
  const { ARN: arn } = await client.send(
    new CreateSecretCommand({ Name: 'a', ClientRequestToken: token(1), SecretString: 'x' }),
  )
  return { sandbox, client, arn }
}

test.each<[days: number | undefined, expected: number]>([
  [undefined, 30],
  [7, 7],
  [30, 30],
])('a recovery window of %j days ends in %d', async (days, expected) => {
  const { sandbox, client, arn } = await started()
  sandbox.clock.set(new Date('2027-01-10T12:00:00Z'))
  const deleted = await members(
    client.send(new DeleteSecretCommand({ SecretId: 'a', RecoveryWindowInDays: days })),
  )
  const { DeletionDate: date } = deleted
  expect(deleted).toEqual({ ARN: arn, Name: 'a', DeletionDate: expect.any(Date) as unknown })
  expect(Math.round(((date?.getTime() ?? 0) - Date.parse('2027-01-10T12:00:00Z')) / day)).toBe(expected)
  expect((await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).DeletedDate).toEqual(date)
  sandbox.clock.advance(expected * day - 60_000)
  expect((await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).Name).toBe('a')
  sandbox.clock.advance(2 * 60_000)
  expect(await refusal(client.send(new DescribeSecretCommand({ SecretId: 'a' })))).toEqual(missing)
})

test('a secret that is restored is as it was', async () => {
  const { client, arn } = await started()
  const before = await client.send(new DescribeSecretCommand({ SecretId: 'a' }))
  await client.send(new DeleteSecretCommand({ SecretId: 'a' }))
  const restored = await members(client.send(new RestoreSecretCommand({ SecretId: 'a' })))
  expect(restored).toEqual({ ARN: arn, Name: 'a' })
  const after = await client.send(new DescribeSecretCommand({ SecretId: 'a' }))
  expect({ ...after, $metadata: 0, LastChangedDate: 0 }).toEqual({
    ...before,
    $metadata: 0,
    LastChangedDate: 0,
  })
  expect((await client.send(new GetSecretValueCommand({ SecretId: 'a' }))).SecretString).toBe('x')
})

test('to restore what is not scheduled for deletion does nothing', async () => {
  const { client, arn } = await started()
  expect((await client.send(new RestoreSecretCommand({ SecretId: 'a' }))).ARN).toBe(arn)
})

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: '123456789012' },
    Action: 'secretsmanager:*',
    Resource: '*',
  },
})

test.each<[operation: string, call: (client: SecretsManagerClient) => Promise<unknown>, expected: object]>([
  ['GetSecretValue', (client) => client.send(new GetSecretValueCommand({ SecretId: 'a' })), marked],
  [
    'PutSecretValue',
    (client) => client.send(new PutSecretValueCommand({ SecretId: 'a', SecretString: 'y' })),
    marked,
  ],
  [
    'UpdateSecret',
    (client) => client.send(new UpdateSecretCommand({ SecretId: 'a', Description: 'y' })),
    marked,
  ],
  [
    'UpdateSecretVersionStage',
    (client) =>
      client.send(
        new UpdateSecretVersionStageCommand({ SecretId: 'a', VersionStage: 'x', MoveToVersionId: token(1) }),
      ),
    marked,
  ],
  [
    'PutResourcePolicy',
    (client) => client.send(new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: policy })),
    marked,
  ],
  ['GetResourcePolicy', (client) => client.send(new GetResourcePolicyCommand({ SecretId: 'a' })), marked],
  [
    'DeleteResourcePolicy',
    (client) => client.send(new DeleteResourcePolicyCommand({ SecretId: 'a' })),
    marked,
  ],
  [
    'ValidateResourcePolicy',
    (client) => client.send(new ValidateResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: policy })),
    marked,
  ],
  [
    'TagResource',
    (client) => client.send(new TagResourceCommand({ SecretId: 'a', Tags: [{ Key: 'k', Value: 'v' }] })),
    marked,
  ],
  [
    'UntagResource',
    (client) => client.send(new UntagResourceCommand({ SecretId: 'a', TagKeys: ['k'] })),
    marked,
  ],
  [
    'ReplicateSecretToRegions',
    (client) =>
      client.send(
        new ReplicateSecretToRegionsCommand({ SecretId: 'a', AddReplicaRegions: [{ Region: 'eu-west-1' }] }),
      ),
    marked,
  ],
  [
    'DeleteSecret',
    (client) => client.send(new DeleteSecretCommand({ SecretId: 'a' })),
    {
      name: 'InvalidRequestException',
      message: "You tried to perform the operation on a secret that's currently marked deleted.",
      status: 400,
    },
  ],
])('%s refuses a secret that is scheduled for deletion', async (_operation, call, expected) => {
  const { client } = await started()
  await client.send(new DeleteSecretCommand({ SecretId: 'a' }))
  expect(await refusal(call(client))).toEqual(expected)
})

test('a secret that is scheduled for deletion can be described, and listed when asked', async () => {
  const { client } = await started()
  await client.send(new DeleteSecretCommand({ SecretId: 'a' }))
  const names = async (input: { IncludePlannedDeletion?: boolean }) =>
    ((await client.send(new ListSecretsCommand(input))).SecretList ?? []).map(({ Name }) => Name)
  expect(await names({})).toEqual([])
  expect(await names({ IncludePlannedDeletion: true })).toEqual(['a'])
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: 'a' }))
  expect(VersionIdsToStages).toEqual({ [token(1)]: ['AWSCURRENT'] })
  const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'a' }))
  expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([token(1)])
})

test('a forced deletion is done at once, scheduled before or not', async () => {
  const { client, arn } = await started()
  await client.send(new DeleteSecretCommand({ SecretId: 'a' }))
  const { ARN: deleted } = await client.send(
    new DeleteSecretCommand({ SecretId: 'a', ForceDeleteWithoutRecovery: true }),
  )
  expect(deleted).toBe(arn)
  expect(await refusal(client.send(new DescribeSecretCommand({ SecretId: 'a' })))).toEqual(missing)
  expect(await refusal(client.send(new RestoreSecretCommand({ SecretId: 'a' })))).toEqual(missing)
})

test('to force the deletion of what is not there is no error', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  const deleted = await members(
    client.send(new DeleteSecretCommand({ SecretId: 'nothing', ForceDeleteWithoutRecovery: true })),
  )
  expect(deleted).toEqual({
    ARN: expect.stringMatching(
      /^arn:aws:secretsmanager:us-east-1:123456789012:secret:nothing-\w{6}$/,
    ) as unknown,
    Name: 'nothing',
    DeletionDate: expect.any(Date) as unknown,
  })
  expect(await refusal(client.send(new DeleteSecretCommand({ SecretId: 'nothing' })))).toEqual(missing)
})

test('a secret that is made again has another ARN', async () => {
  const { client, arn } = await started()
  await client.send(new DeleteSecretCommand({ SecretId: 'a', ForceDeleteWithoutRecovery: true }))
  const { ARN: second } = await client.send(new CreateSecretCommand({ Name: 'a' }))
  expect(second?.slice(0, -6)).toBe(arn?.slice(0, -6))
  expect(second).not.toBe(arn)
  expect(await refusal(client.send(new DescribeSecretCommand({ SecretId: arn })))).toEqual(missing)
})

const window = {
  name: 'InvalidParameterException',
  message: 'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
  status: 400,
}

test.each<[title: string, input: Omit<DeleteSecretCommandInput, 'SecretId'>, expected: object]>([
  ['6 days', { RecoveryWindowInDays: 6 }, window],
  ['31 days', { RecoveryWindowInDays: 31 }, window],
  [
    'a window and force',
    { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
    {
      name: 'InvalidParameterException',
      message: "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
      status: 400,
    },
  ],
])('refuses %s, and deletes nothing', async (_title, input, expected) => {
  const { client } = await started()
  expect(await refusal(client.send(new DeleteSecretCommand({ SecretId: 'a', ...input })))).toEqual(expected)
  expect((await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).DeletedDate).toBeUndefined()
})
