import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  ValidateResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { type AwsSandbox, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { token } from './tokens.ts'

const everything = { Effect: 'Allow', Action: '*', Resource: '*' }

function clientOf(sandbox: AwsSandbox, arn: string, ...statements: readonly object[]): SecretsManagerClient {
  const credentials = { accessKeyId: 'AKIASANDBOX000000002', secretAccessKey: 'another-secret' }
  sandbox.aws.seeds['/aws/identities']?.({
    ...credentials,
    arn,
    policy: { Version: '2012-10-17', Statement: statements },
  })
  return sandbox.secretsManager({ credentials })
}

const ana = 'arn:aws:iam::123456789012:user/ana'

/** The outcome of a call in one word. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  const said = await refusal(call)
  return typeof said === 'object' && said !== null && 'name' in said ? said.name : 'done'
}

const denied = 'AccessDeniedException'

test.each<
  [
    title: string,
    condition: object,
    call: (client: SecretsManagerClient) => Promise<unknown>,
    expected: string,
  ]
>([
  ['aws:username', { StringEquals: { 'aws:username': 'ana' } }, describe, 'done'],
  ['aws:PrincipalArn', { ArnEquals: { 'aws:PrincipalArn': ana } }, describe, 'done'],
  ['aws:PrincipalAccount', { StringEquals: { 'aws:PrincipalAccount': '123456789012' } }, describe, 'done'],
  ['aws:PrincipalType', { StringEquals: { 'aws:PrincipalType': 'User' } }, describe, 'done'],
  ['aws:PrincipalIsAWSService', { Bool: { 'aws:PrincipalIsAWSService': 'false' } }, describe, 'done'],
  ['aws:userid', { StringLike: { 'aws:userid': 'AIDA*' } }, describe, 'done'],
  [
    'aws:ResourceAccount',
    { StringEquals: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } },
    describe,
    'done',
  ],
  ['aws:RequestedRegion', { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }, describe, 'done'],
  [
    'aws:RequestedRegion elsewhere',
    { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
    describe,
    denied,
  ],
  ['aws:SecureTransport', { Bool: { 'aws:SecureTransport': 'true' } }, describe, 'done'],
  ['aws:SourceIp', { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }, describe, 'done'],
  ['aws:CurrentTime', { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, describe, denied],
  ['aws:ResourceTag', { StringEquals: { 'aws:ResourceTag/team': 'blue' } }, describe, 'done'],
  ['another aws:ResourceTag', { StringEquals: { 'aws:ResourceTag/team': 'red' } }, describe, denied],
  [
    'secretsmanager:ResourceTag',
    { StringEquals: { 'secretsmanager:ResourceTag/team': 'blue' } },
    describe,
    'done',
  ],
  ['secretsmanager:SecretId', { StringEquals: { 'secretsmanager:SecretId': 'a' } }, describe, 'done'],
  [
    'secretsmanager:SecretPrimaryRegion',
    { StringEquals: { 'secretsmanager:SecretPrimaryRegion': 'us-east-1' } },
    describe,
    'done',
  ],
  [
    'secretsmanager:VersionStage',
    { 'ForAnyValue:StringEquals': { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
    read({ VersionStage: 'AWSCURRENT' }),
    'done',
  ],
  [
    'secretsmanager:VersionStage not sent',
    { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
    read({}),
    denied,
  ],
  [
    'secretsmanager:VersionId',
    { StringEquals: { 'secretsmanager:VersionId': token(1) } },
    read({ VersionId: token(1) }),
    'done',
  ],
  [
    'secretsmanager:VersionStage of a move',
    { StringEquals: { 'secretsmanager:VersionStage': 'mine' } },
    (client) =>
      client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: 'a',
          VersionStage: 'mine',
          MoveToVersionId: token(1),
        }),
      ),
    'done',
  ],
  ['secretsmanager:Name', { StringLike: { 'secretsmanager:Name': 'new/*' } }, create({}), 'done'],
  ['another secretsmanager:Name', { StringLike: { 'secretsmanager:Name': 'old/*' } }, create({}), denied],
  ['secretsmanager:KmsKeyId not sent', { Null: { 'secretsmanager:KmsKeyId': 'true' } }, create({}), 'done'],
  [
    'secretsmanager:KmsKeyId',
    { Null: { 'secretsmanager:KmsKeyId': 'true' } },
    create({ KmsKeyId: 'alias/mine' }),
    denied,
  ],
  [
    'secretsmanager:KmsKeyArn',
    { ArnLike: { 'secretsmanager:KmsKeyArn': 'arn:aws:kms:*:*:key/*' } },
    create({ KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab' }),
    'done',
  ],
  [
    'secretsmanager:Description',
    { StringEquals: { 'secretsmanager:Description': 'd' } },
    create({ Description: 'd' }),
    'done',
  ],
  [
    'aws:RequestTag',
    { StringEquals: { 'aws:RequestTag/team': 'blue' } },
    create({ Tags: [{ Key: 'team', Value: 'blue' }] }),
    'done',
  ],
  ['aws:RequestTag not sent', { StringEquals: { 'aws:RequestTag/team': 'blue' } }, create({}), denied],
  [
    'aws:TagKeys',
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } },
    create({
      Tags: [
        { Key: 'team', Value: '' },
        { Key: 'x', Value: '' },
      ],
    }),
    denied,
  ],
  [
    'aws:TagKeys of UntagResource',
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } },
    (client) => client.send(new UntagResourceCommand({ SecretId: 'a', TagKeys: ['team'] })),
    'done',
  ],
  [
    'secretsmanager:AddReplicaRegions not sent',
    { Null: { 'secretsmanager:AddReplicaRegions': 'true' } },
    create({}),
    'done',
  ],
  [
    'secretsmanager:AddReplicaRegions',
    { 'ForAllValues:StringLike': { 'secretsmanager:AddReplicaRegions': 'us-*' } },
    create({ AddReplicaRegions: [{ Region: 'eu-west-1' }] }),
    denied,
  ],
  [
    'secretsmanager:ForceOverwriteReplicaSecret',
    { BoolIfExists: { 'secretsmanager:ForceOverwriteReplicaSecret': 'false' } },
    create({ ForceOverwriteReplicaSecret: true }),
    denied,
  ],
  [
    'secretsmanager:BlockPublicPolicy',
    { Bool: { 'secretsmanager:BlockPublicPolicy': 'true' } },
    putPolicy(true),
    'done',
  ],
  [
    'secretsmanager:BlockPublicPolicy not sent',
    { Bool: { 'secretsmanager:BlockPublicPolicy': 'true' } },
    putPolicy(undefined),
    denied,
  ],
  [
    'secretsmanager:RecoveryWindowInDays',
    { NumericGreaterThanEquals: { 'secretsmanager:RecoveryWindowInDays': '14' } },
    (client) => client.send(new DeleteSecretCommand({ SecretId: 'a', RecoveryWindowInDays: 7 })),
    denied,
  ],
  [
    'secretsmanager:ForceDeleteWithoutRecovery',
    { Bool: { 'secretsmanager:ForceDeleteWithoutRecovery': 'true' } },
    (client) => client.send(new DeleteSecretCommand({ SecretId: 'a', ForceDeleteWithoutRecovery: true })),
    'done',
  ],
])('a policy may ask for %s', async (_title, condition, call, expected) => {
  const sandbox = await startAwsSandbox()
  await sandbox.secretsManager().send(
    new CreateSecretCommand({
      Name: 'a',
      ClientRequestToken: token(1),
      SecretString: 'x',
      Tags: [{ Key: 'team', Value: 'blue' }],
    }),
  )
  expect(await outcome(call(clientOf(sandbox, ana, { ...everything, Condition: condition })))).toBe(expected)
})

function describe(client: SecretsManagerClient): Promise<unknown> {
  return client.send(new DescribeSecretCommand({ SecretId: 'a' }))
}

function read(select: { VersionId?: string; VersionStage?: string }) {
  return (client: SecretsManagerClient) =>
    client.send(new GetSecretValueCommand({ SecretId: 'a', ...select }))
}

function create(input: Partial<ConstructorParameters<typeof CreateSecretCommand>[0]>) {
  return (client: SecretsManagerClient) => client.send(new CreateSecretCommand({ Name: 'new/one', ...input }))
}

function putPolicy(BlockPublicPolicy: boolean | undefined) {
  const ResourcePolicy = JSON.stringify({
    Statement: { ...everything, Principal: { AWS: '123456789012' } },
  })
  return (client: SecretsManagerClient) =>
    client.send(new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy, BlockPublicPolicy }))
}

test.each<[action: string, call: (client: SecretsManagerClient) => Promise<unknown>]>([
  ['TagResource', create({ Tags: [{ Key: 'k', Value: 'v' }] })],
  ['ReplicateSecretToRegions', create({ AddReplicaRegions: [{ Region: 'eu-west-1' }] })],
])('CreateSecret needs %s too where it does the same', async (action, call) => {
  const sandbox = await startAwsSandbox()
  const client = clientOf(sandbox, ana, {
    Effect: 'Allow',
    NotAction: `secretsmanager:${action}`,
    Resource: '*',
  })
  expect(await outcome(call(client))).toBe(denied)
  expect(await outcome(create({})(client))).toBe('done')
})

test('ValidateResourcePolicy needs PutResourcePolicy too', async () => {
  const sandbox = await startAwsSandbox()
  const ResourcePolicy = JSON.stringify({ Statement: { ...everything, Principal: { AWS: '123456789012' } } })
  const validate = new ValidateResourcePolicyCommand({ ResourcePolicy })
  const only = { Effect: 'Allow', Action: 'secretsmanager:ValidateResourcePolicy', Resource: '*' }
  expect(await outcome(clientOf(sandbox, ana, only).send(validate))).toBe(denied)
  const both = {
    ...only,
    Action: ['secretsmanager:ValidateResourcePolicy', 'secretsmanager:PutResourcePolicy'],
  }
  expect(await outcome(clientOf(sandbox, ana, both).send(validate))).toBe('done')
})

test('a permission for one secret is by the ARN it will have', async () => {
  const sandbox = await startAwsSandbox()
  const Resource =
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub-??????'
  const client = clientOf(sandbox, ana, { Effect: 'Allow', Action: 'secretsmanager:*', Resource })
  const name = 'ecr-pullthroughcache/docker-hub'
  expect(await outcome(client.send(new CreateSecretCommand({ Name: `${name}2` })))).toBe(denied)
  expect(await outcome(client.send(new CreateSecretCommand({ Name: name })))).toBe('done')
  expect(await outcome(client.send(new DescribeSecretCommand({ SecretId: name })))).toBe('done')
})

test('to list is a permission for everything, and its refusal names nothing', async () => {
  const sandbox = await startAwsSandbox()
  const client = clientOf(sandbox, ana, { ...everything, Resource: 'arn:aws:secretsmanager:*:*:secret:*' })
  expect(await refusal(client.send(new ListSecretsCommand({})))).toEqual({
    name: denied,
    message:
      `User: ${ana} is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy ` +
      `allows the secretsmanager:ListSecrets action`,
    status: 400,
  })
})

test('a Deny in the identity policy is said to be one', async () => {
  const sandbox = await startAwsSandbox()
  const client = clientOf(sandbox, ana, everything, {
    ...everything,
    Effect: 'Deny',
    Action: 'secretsmanager:Describe*',
  })
  expect(await refusal(client.send(new DescribeSecretCommand({ SecretId: 'a' })))).toEqual({
    name: denied,
    message: `User: ${ana} is not authorized to perform: secretsmanager:DescribeSecret on resource: a with an explicit deny in an identity-based policy`,
    status: 400,
  })
})

test('a tag that would cost its author the permission is not put', async () => {
  const sandbox = await startAwsSandbox()
  await sandbox
    .secretsManager()
    .send(new CreateSecretCommand({ Name: 'a', Tags: [{ Key: 'team', Value: 'blue' }] }))
  const client = clientOf(sandbox, ana, {
    ...everything,
    Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } },
  })
  const tag = (Value: string) =>
    client.send(new TagResourceCommand({ SecretId: 'a', Tags: [{ Key: 'team', Value }] }))
  expect(await outcome(tag('red'))).toBe(denied)
  expect(await outcome(client.send(new UntagResourceCommand({ SecretId: 'a', TagKeys: ['team'] })))).toBe(
    denied,
  )
  expect(await outcome(tag('blue'))).toBe('done')
  expect((await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).Tags).toEqual([
    { Key: 'team', Value: 'blue' },
  ])
})

const stranger = 'arn:aws:iam::999999999999:user/eve'

test('another account reads by both policies, and never with the default key', async () => {
  const sandbox = await startAwsSandbox()
  const owner = sandbox.secretsManager()
  const { ARN: SecretId } = await owner.send(new CreateSecretCommand({ Name: 'a', SecretString: 'x' }))
  const client = clientOf(sandbox, stranger, everything)
  const reading = () => client.send(new GetSecretValueCommand({ SecretId }))
  expect(await refusal(reading())).toMatchObject({
    name: denied,
    message: expect.stringMatching(
      /because no resource-based policy allows the secretsmanager:GetSecretValue action$/,
    ) as unknown,
  })
  const ResourcePolicy = JSON.stringify({ Statement: { ...everything, Principal: { AWS: stranger } } })
  await owner.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }))
  const defaultKey = {
    name: 'InvalidRequestException',
    message:
      "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
    status: 400,
  }
  expect(await refusal(reading())).toEqual(defaultKey)
  expect(await refusal(client.send(new PutSecretValueCommand({ SecretId, SecretString: 'y' })))).toEqual(
    defaultKey,
  )
  expect(await refusal(client.send(new UpdateSecretCommand({ SecretId, SecretString: 'y' })))).toEqual(
    defaultKey,
  )
  expect((await client.send(new DescribeSecretCommand({ SecretId }))).Name).toBe('a')
  await owner.send(new UpdateSecretCommand({ SecretId, KmsKeyId: 'alias/mine' }))
  expect((await reading()).SecretString).toBe('x')
  expect(await outcome(client.send(new GetSecretValueCommand({ SecretId: 'a' })))).toBe(
    'ResourceNotFoundException',
  )
})
