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
  type ReplicateSecretToRegionsCommandInput,
  RestoreSecretCommand,
  type SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { token } from './tokens.ts'

const inSync = {
  Region: 'eu-west-1',
  KmsKeyId: 'alias/aws/secretsmanager',
  Status: 'InSync',
  StatusMessage: 'Replication succeeded',
}

const failed = {
  Region: 'eu-west-1',
  KmsKeyId: 'alias/aws/secretsmanager',
  Status: 'Failed',
  StatusMessage: 'Secret with this name already exists in this region',
}

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: '123456789012' },
    Action: 'secretsmanager:*',
    Resource: '*',
  },
})

async function started() {
  const sandbox = await startAwsSandbox()
  const home = sandbox.secretsManager()
  const away = sandbox.secretsManager({ region: 'eu-west-1' })
  const { ARN: arn = '' } = await home.send(
    new CreateSecretCommand({
      Name: 'a',
      ClientRequestToken: token(1),
      SecretString: 'x',
      Description: 'd',
      Tags: [{ Key: 'k', Value: 'v' }],
    }),
  )
  const replicate = (input: Partial<ReplicateSecretToRegionsCommandInput> = {}) =>
    home.send(
      new ReplicateSecretToRegionsCommand({
        SecretId: 'a',
        AddReplicaRegions: [{ Region: 'eu-west-1' }],
        ...input,
      }),
    )
  return { sandbox, home, away, arn, replicate }
}

test('a replica has the ARN of its primary but for the Region, and everything it has', async () => {
  const { home, away, arn, replicate } = await started()
  expect(await members(replicate())).toEqual({ ARN: arn, ReplicationStatus: [inSync] })
  const primary = await members(home.send(new DescribeSecretCommand({ SecretId: 'a' })))
  expect(primary).toMatchObject({ PrimaryRegion: 'us-east-1', ReplicationStatus: [inSync] })
  const { ReplicationStatus, ...shared } = primary
  expect(ReplicationStatus).toHaveLength(1)
  expect(await members(away.send(new DescribeSecretCommand({ SecretId: 'a' })))).toEqual({
    ...shared,
    ARN: arn.replace('us-east-1', 'eu-west-1'),
    LastChangedDate: expect.any(Date) as unknown,
  })
  expect((await away.send(new GetSecretValueCommand({ SecretId: 'a' }))).SecretString).toBe('x')
})

test('a change of the primary is seen at its replicas', async () => {
  const { home, away, replicate } = await started()
  await replicate()
  await home.send(
    new PutSecretValueCommand({ SecretId: 'a', ClientRequestToken: token(2), SecretString: 'y' }),
  )
  await home.send(new TagResourceCommand({ SecretId: 'a', Tags: [{ Key: 'new', Value: '1' }] }))
  await home.send(new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: policy }))
  const { Tags, VersionIdsToStages } = await away.send(new DescribeSecretCommand({ SecretId: 'a' }))
  expect({ Tags, VersionIdsToStages }).toEqual({
    Tags: [
      { Key: 'k', Value: 'v' },
      { Key: 'new', Value: '1' },
    ],
    VersionIdsToStages: { [token(1)]: ['AWSPREVIOUS'], [token(2)]: ['AWSCURRENT'] },
  })
  expect((await away.send(new GetSecretValueCommand({ SecretId: 'a' }))).SecretString).toBe('y')
  expect((await away.send(new GetResourcePolicyCommand({ SecretId: 'a' }))).ResourcePolicy).toBe(policy)
})

test('the policy of the primary keeps people from its replicas', async () => {
  const { home, away, replicate } = await started()
  await replicate()
  const deny = { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' }
  await home.send(
    new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: JSON.stringify({ Statement: deny }) }),
  )
  expect(await refusal(away.send(new GetSecretValueCommand({ SecretId: 'a' })))).toMatchObject({
    name: 'AccessDeniedException',
  })
})

test.each<[operation: string, send: (client: SecretsManagerClient) => Promise<unknown>]>([
  [
    'PutSecretValue',
    (client) => client.send(new PutSecretValueCommand({ SecretId: 'a', SecretString: 'y' })),
  ],
  ['UpdateSecret', (client) => client.send(new UpdateSecretCommand({ SecretId: 'a', Description: 'y' }))],
  [
    'UpdateSecret of key and value',
    (client) =>
      client.send(new UpdateSecretCommand({ SecretId: 'a', KmsKeyId: 'alias/b', SecretString: 'y' })),
  ],
  [
    'UpdateSecretVersionStage',
    (client) =>
      client.send(
        new UpdateSecretVersionStageCommand({ SecretId: 'a', VersionStage: 'x', MoveToVersionId: token(1) }),
      ),
  ],
  [
    'PutResourcePolicy',
    (client) => client.send(new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: policy })),
  ],
  ['DeleteResourcePolicy', (client) => client.send(new DeleteResourcePolicyCommand({ SecretId: 'a' }))],
  ['DeleteSecret', (client) => client.send(new DeleteSecretCommand({ SecretId: 'a' }))],
  [
    'DeleteSecret by force',
    (client) => client.send(new DeleteSecretCommand({ SecretId: 'a', ForceDeleteWithoutRecovery: true })),
  ],
  ['RestoreSecret', (client) => client.send(new RestoreSecretCommand({ SecretId: 'a' }))],
  ['TagResource', (client) => client.send(new TagResourceCommand({ SecretId: 'a', Tags: [{ Key: 'k' }] }))],
  ['UntagResource', (client) => client.send(new UntagResourceCommand({ SecretId: 'a', TagKeys: ['k'] }))],
  [
    'ReplicateSecretToRegions',
    (client) =>
      client.send(
        new ReplicateSecretToRegionsCommand({ SecretId: 'a', AddReplicaRegions: [{ Region: 'eu-west-2' }] }),
      ),
  ],
])('%s is not for a replica', async (_operation, send) => {
  const { away, replicate } = await started()
  await replicate()
  expect(await refusal(send(away))).toEqual({
    name: 'InvalidParameterException',
    message: "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    status: 400,
  })
})

test('only the key of a replica may be changed', async () => {
  const { home, away, replicate } = await started()
  await replicate({ AddReplicaRegions: [{ Region: 'eu-west-1', KmsKeyId: 'alias/theirs' }] })
  expect((await away.send(new DescribeSecretCommand({ SecretId: 'a' }))).KmsKeyId).toBe('alias/theirs')
  await away.send(new UpdateSecretCommand({ SecretId: 'a', KmsKeyId: 'alias/other' }))
  expect((await away.send(new DescribeSecretCommand({ SecretId: 'a' }))).KmsKeyId).toBe('alias/other')
  expect((await home.send(new DescribeSecretCommand({ SecretId: 'a' }))).KmsKeyId).toBeUndefined()
})

test('a read of a replica counts in its Region', async () => {
  const { home, away, replicate } = await started()
  await replicate()
  await away.send(new GetSecretValueCommand({ SecretId: 'a' }))
  const { LastAccessedDate, ReplicationStatus } = await home.send(
    new DescribeSecretCommand({ SecretId: 'a' }),
  )
  const today = new Date()
  today.setUTCHours(0, 0, 0, 0)
  expect(LastAccessedDate).toBeUndefined()
  expect(ReplicationStatus).toEqual([{ ...inSync, LastAccessedDate: today }])
  expect((await away.send(new DescribeSecretCommand({ SecretId: 'a' }))).LastAccessedDate).toEqual(today)
  const { Versions } = await home.send(new ListSecretVersionIdsCommand({ SecretId: 'a' }))
  expect(Versions?.map((version) => version.LastAccessedDate)).toEqual([undefined])
})

test('a secret with replicas cannot be deleted', async () => {
  const { home, arn, replicate } = await started()
  await replicate({ AddReplicaRegions: [{ Region: 'eu-west-1' }, { Region: 'us-west-2' }] })
  for (const force of [false, true]) {
    const command = new DeleteSecretCommand({ SecretId: 'a', ForceDeleteWithoutRecovery: force })
    expect(await refusal(home.send(command))).toEqual({
      name: 'InvalidParameterException',
      message: `You can't delete secret ${arn} that still has replica regions [eu-west-1, us-west-2].`,
      status: 400,
    })
  }
})

test('where the name is taken the replication fails, and the secret there stays', async () => {
  const { home, away, replicate } = await started()
  const { ARN: other } = await away.send(new CreateSecretCommand({ Name: 'a', SecretString: 'theirs' }))
  expect((await replicate()).ReplicationStatus).toEqual([failed])
  expect((await home.send(new DescribeSecretCommand({ SecretId: 'a' }))).ReplicationStatus).toEqual([failed])
  expect((await away.send(new DescribeSecretCommand({ SecretId: 'a' }))).ARN).toBe(other)
  await away.send(new PutSecretValueCommand({ SecretId: 'a', SecretString: 'still theirs' }))
  await away.send(new DeleteSecretCommand({ SecretId: 'a', ForceDeleteWithoutRecovery: true }))
  expect((await replicate()).ReplicationStatus).toEqual([inSync])
})

test('with force the replica takes the place of what is there', async () => {
  const { away, arn, replicate } = await started()
  await away.send(new CreateSecretCommand({ Name: 'a', SecretString: 'theirs' }))
  expect((await replicate({ ForceOverwriteReplicaSecret: true })).ReplicationStatus).toEqual([inSync])
  const { ARN, SecretString } = await away.send(new GetSecretValueCommand({ SecretId: 'a' }))
  expect({ ARN, SecretString }).toEqual({ ARN: arn.replace('us-east-1', 'eu-west-1'), SecretString: 'x' })
})

test('to replicate where a replica is changes nothing', async () => {
  const { replicate } = await started()
  await replicate()
  expect((await replicate()).ReplicationStatus).toEqual([inSync])
})

test('the own Region is no place for a replica', async () => {
  const { replicate } = await started()
  for (const AddReplicaRegions of [[{ Region: 'us-east-1' }], [{ KmsKeyId: 'alias/b' }]]) {
    expect(await refusal(replicate({ AddReplicaRegions }))).toEqual({
      name: 'InvalidParameterException',
      message: 'Invalid replica region.',
      status: 400,
    })
  }
})

test('a secret can be made with its replicas, and its name is taken there', async () => {
  const sandbox = await startAwsSandbox()
  const input = { Name: 'b', SecretString: 'x', AddReplicaRegions: [{ Region: 'eu-west-1' }] }
  const made = await sandbox.secretsManager().send(new CreateSecretCommand(input))
  expect(made.ReplicationStatus).toEqual([inSync])
  const away = sandbox.secretsManager({ region: 'eu-west-1' })
  expect(await refusal(away.send(new CreateSecretCommand({ Name: 'b' })))).toEqual({
    name: 'ResourceExistsException',
    message: 'The operation failed because the secret b already exists.',
    status: 400,
  })
})

test('the state shows a replica in its Region', async () => {
  const { sandbox, arn, replicate } = await started()
  await replicate()
  const regions = sandbox.aws.state()['123456789012'] ?? {}
  expect(Object.keys(regions)).toEqual(['us-east-1', 'eu-west-1'])
  const [primary] = regions['us-east-1']?.secrets ?? []
  expect(regions['eu-west-1']?.secrets).toEqual([{ ...primary, arn: arn.replace('us-east-1', 'eu-west-1') }])
})
