import {
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { token } from './tokens.ts'

const arn = expect.stringMatching(
  /^arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache\/docker-hub-[A-Za-z0-9]{6}$/,
) as unknown
const name = 'ecr-pullthroughcache/docker-hub'

test('makes a first version with AWSCURRENT', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  const created = await members(
    client.send(
      new CreateSecretCommand({
        Name: name,
        ClientRequestToken: token(1),
        SecretString: '{"username":"a","accessToken":"b"}',
        Description: 'for ECR',
        Tags: [{ Key: 'owner', Value: 'pullthrough' }],
      }),
    ),
  )
  expect(created).toEqual({ ARN: arn, Name: name, VersionId: token(1) })
  const described = await members(client.send(new DescribeSecretCommand({ SecretId: name })))
  expect(described).toEqual({
    ARN: created.ARN,
    Name: name,
    Description: 'for ECR',
    Tags: [{ Key: 'owner', Value: 'pullthrough' }],
    VersionIdsToStages: { [token(1)]: ['AWSCURRENT'] },
    CreatedDate: expect.any(Date) as unknown,
    LastChangedDate: expect.any(Date) as unknown,
  })
})

test('makes no version without a value', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  const created = await members(client.send(new CreateSecretCommand({ Name: name })))
  expect(created).toEqual({ ARN: arn, Name: name })
  const described = await members(client.send(new DescribeSecretCommand({ SecretId: name })))
  expect(Object.keys(described).sort()).toEqual(['ARN', 'CreatedDate', 'LastChangedDate', 'Name'])
  expect(await refusal(client.send(new GetSecretValueCommand({ SecretId: name })))).toEqual({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    status: 400,
  })
})

test('keeps a binary value', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  const bytes = Uint8Array.from([0, 1, 254, 255])
  await client.send(new CreateSecretCommand({ Name: name, SecretBinary: bytes }))
  const { SecretBinary, SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }))
  expect({ SecretBinary: [...(SecretBinary ?? [])], SecretString }).toEqual({
    SecretBinary: [0, 1, 254, 255],
    SecretString: undefined,
  })
})

const exists = {
  name: 'ResourceExistsException',
  message: `The operation failed because the secret ${name} already exists.`,
  status: 400,
}

test.each<[title: string, again: Partial<CreateSecretCommandInput>, expected: object]>([
  ['another token', { ClientRequestToken: token(2) }, exists],
  ['a token of the SDK', { ClientRequestToken: undefined }, exists],
  ['another token and another value', { ClientRequestToken: token(2), SecretString: 'two' }, exists],
  [
    'the same token and another value',
    { SecretString: 'two' },
    {
      name: 'ResourceExistsException',
      message: expect.stringMatching(
        /^You can't use ClientRequestToken 00000000-0000-4000-8000-000000000001 because that value is already in use for a version of secret arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache\/docker-hub-\w{6}\.$/,
      ) as unknown,
      status: 400,
    },
  ],
])('refuses a name that is taken: %s', async (_title, again, expected) => {
  const client = (await startAwsSandbox()).secretsManager()
  const first = { Name: name, ClientRequestToken: token(1), SecretString: 'one' }
  await client.send(new CreateSecretCommand(first))
  expect(await refusal(client.send(new CreateSecretCommand({ ...first, ...again })))).toEqual(expected)
})

test('answers the same call again as the first time', async () => {
  const sandbox = await startAwsSandbox()
  const client = sandbox.secretsManager()
  const call = { Name: name, ClientRequestToken: token(1), SecretString: 'one' }
  const first = await members(client.send(new CreateSecretCommand(call)))
  const second = await members(client.send(new CreateSecretCommand(call)))
  expect(second).toEqual(first)
  expect(sandbox.aws.state()['123456789012']?.['us-east-1']?.secrets).toHaveLength(1)
})

test('refuses a name that is scheduled for deletion, until it is gone', async () => {
  const sandbox = await startAwsSandbox()
  const client = sandbox.secretsManager()
  const { ARN: first } = await client.send(new CreateSecretCommand({ Name: name, SecretString: 'one' }))
  await client.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 7 }))
  const again = () => client.send(new CreateSecretCommand({ Name: name, SecretString: 'two' }))
  const scheduled = {
    name: 'InvalidRequestException',
    message:
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    status: 400,
  }
  expect(await refusal(again())).toEqual(scheduled)
  sandbox.clock.advance(7 * 24 * 3_600_000 - 60_000)
  expect(await refusal(again())).toEqual(scheduled)
  sandbox.clock.advance(2 * 60_000)
  const { ARN: second } = await again()
  expect(second).toEqual(arn)
  expect(second).not.toBe(first)
})

test('a secret in another Region or account is another secret', async () => {
  const sandbox = await startAwsSandbox()
  const credentials = { accessKeyId: 'AKIASANDBOX000000002', secretAccessKey: 'another-secret' }
  sandbox.aws.seeds['/aws/identities']?.({
    ...credentials,
    arn: 'arn:aws:iam::999999999999:user/other',
    policy: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
  })
  const places = [
    {},
    { region: 'eu-west-1' },
    { credentials },
    { region: 'cn-north-1' },
    { region: 'us-gov-west-1' },
  ]
  for (const place of places) {
    await sandbox.secretsManager(place).send(new CreateSecretCommand({ Name: 'a' }))
  }
  const places_ = Object.entries(sandbox.aws.state()).map(([account, regions]) => [
    account,
    Object.entries(regions).map(([region, { secrets }]) => [region, secrets[0]?.arn.replace(/.{6}$/, '')]),
  ])
  expect(places_).toEqual([
    [
      '123456789012',
      [
        ['us-east-1', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:a-'],
        ['eu-west-1', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-'],
        ['cn-north-1', 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a-'],
        ['us-gov-west-1', 'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:a-'],
      ],
    ],
    ['999999999999', [['us-east-1', 'arn:aws:secretsmanager:us-east-1:999999999999:secret:a-']]],
  ])
})

const invalidName = {
  name: 'ValidationException',
  message:
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  status: 400,
}

function invalid(message: string) {
  return { name: 'InvalidParameterException', message, status: 400 }
}

test.each<[title: string, input: CreateSecretCommandInput, expected: object]>([
  ['a space in the name', { Name: 'Inv Name' }, invalidName],
  ['a star in the name', { Name: 'Inv*Name' }, invalidName],
  ['an exclamation mark, which only AWS may use', { Name: 'rds!a' }, invalidName],
  [
    'a string and bytes',
    { Name: 'a', SecretString: 'x', SecretBinary: Uint8Array.of(1) },
    invalid("You can't specify both a binary secret value and a string secret value in the same secret."),
  ],
  [
    'a key that cannot be one',
    { Name: 'a', KmsKeyId: 'my key' },
    invalid('The KmsKeyId is not the ID, the alias or the ARN of a KMS key.'),
  ],
  [
    'a tag twice',
    { Name: 'a', Tags: [{ Key: 'k' }, { Key: 'k' }] },
    invalid('A tag key must not be used twice.'),
  ],
  [
    'a tag of AWS',
    { Name: 'a', Tags: [{ Key: 'AWS:k' }] },
    invalid('Tag keys that start with aws: are reserved.'),
  ],
  ['a tag without a key', { Name: 'a', Tags: [{ Value: 'v' }] }, invalid('A tag must have a key.')],
  [
    'a tag with a character that tags do not have',
    { Name: 'a', Tags: [{ Key: 'k', Value: '<v>' }] },
    invalid('Tags consist of letters, numbers, spaces and the characters _ . : / = + - @.'),
  ],
  [
    '51 tags',
    { Name: 'a', Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) },
    invalid('A secret can have at most 50 tags.'),
  ],
  [
    'a replica at home',
    { Name: 'a', AddReplicaRegions: [{ Region: 'us-east-1' }] },
    invalid('Invalid replica region.'),
  ],
  [
    'a secret of another company',
    { Name: 'a', Type: 'Salesforce' },
    {
      name: 'SandboxNotImplemented',
      message: 'the sandbox does not do secrets of other companies (Type of CreateSecret); AWS does',
      status: 501,
    },
  ],
])('refuses %s, and makes nothing', async (_title, input, expected) => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(sandbox.secretsManager().send(new CreateSecretCommand(input)))).toEqual(expected)
  expect(sandbox.aws.state()['123456789012']?.['us-east-1']?.secrets).toEqual([])
})

test.each(['a', 'Valid/_+=.@-Name', 'a'.repeat(512)])('takes the name %s', async (valid) => {
  const client = (await startAwsSandbox()).secretsManager()
  expect((await client.send(new CreateSecretCommand({ Name: valid }))).Name).toBe(valid)
})

test.each<[keyId: string, shown: string | undefined]>([
  ['', undefined],
  ['alias/aws/secretsmanager', undefined],
  ['arn:aws:kms:us-east-1:123456789012:alias/aws/secretsmanager', undefined],
  ['alias/mine', 'alias/mine'],
  ['1234abcd-12ab-34cd-56ef-1234567890ab', '1234abcd-12ab-34cd-56ef-1234567890ab'],
  [
    'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  ],
])('the key %j is shown as %j', async (keyId, shown) => {
  const client = (await startAwsSandbox()).secretsManager()
  await client.send(new CreateSecretCommand({ Name: 'a', KmsKeyId: keyId }))
  expect((await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).KmsKeyId).toBe(shown)
})
