import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { type AwsSandbox, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { signAgain } from '../sign-again.ts'
import { token } from './tokens.ts'

/** Any JSON at all, signed as a real request is. */
async function send(
  sandbox: AwsSandbox,
  operation: string,
  body: string,
): Promise<{ status: number; body: unknown }> {
  const request = { method: 'POST', path: '/', headers: {}, body }
  const target = { 'x-amz-target': `secretsmanager.${operation}` }
  const answer = await signAgain(sandbox, request, { headers: target })
  return { status: answer.status, body: JSON.parse(answer.body) }
}

const tokenMissing = {
  status: 400,
  body: {
    __type: 'InvalidRequestException',
    Message: 'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  },
}

test.each<[operation: string, body: object]>([
  ['CreateSecret', { Name: 'b', SecretString: 'x' }],
  ['PutSecretValue', { SecretId: 'a', SecretString: 'x' }],
  ['UpdateSecret', { SecretId: 'a', SecretString: 'x' }],
])('%s needs a token of whoever speaks HTTP', async (operation, body) => {
  const sandbox = await startAwsSandbox()
  await sandbox.secretsManager().send(new CreateSecretCommand({ Name: 'a' }))
  expect(await send(sandbox, operation, JSON.stringify(body))).toEqual(tokenMissing)
})

test.each<[title: string, body: string]>([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['a number for a text', '{"SecretId":5}'],
  ['an object for a list', '{"SecretId":"a","Tags":{}}'],
  ['a text for a member of a list', '{"SecretId":"a","Tags":["k"]}'],
])('refuses %s', async (_title, body) => {
  const sandbox = await startAwsSandbox()
  expect(await send(sandbox, 'TagResource', body)).toEqual({
    status: 400,
    body: {
      __type: 'SerializationException',
      Message: 'The request could not be read: its JSON is not of the expected form.',
    },
  })
})

test.each<[operation: string, body: object]>([
  ['CreateSecret', { Name: 'b', SecretBinary: '***', ClientRequestToken: token(1) }],
  ['DeleteSecret', { SecretId: 'a', RecoveryWindowInDays: '7' }],
  ['DeleteSecret', { SecretId: 'a', RecoveryWindowInDays: 7.5 }],
  ['DeleteSecret', { SecretId: 'a', ForceDeleteWithoutRecovery: 'true' }],
])('%s refuses %j', async (operation, body) => {
  const sandbox = await startAwsSandbox()
  expect(await send(sandbox, operation, JSON.stringify(body))).toMatchObject({
    status: 400,
    body: { __type: 'SerializationException' },
  })
})

test('null is the same as absent, and unknown members do not matter', async () => {
  const sandbox = await startAwsSandbox()
  const body = { Name: 'b', Description: null, ClientRequestToken: token(1), NewMember: { any: 'thing' } }
  expect((await send(sandbox, 'CreateSecret', JSON.stringify(body))).status).toBe(200)
})

test('an answer is what the JSON protocol says', async () => {
  const sandbox = await startAwsSandbox()
  const made = await send(
    sandbox,
    'CreateSecret',
    JSON.stringify({ Name: 'b', SecretString: 'x', ClientRequestToken: token(1) }),
  )
  expect(made).toEqual({
    status: 200,
    body: { ARN: expect.any(String) as unknown, Name: 'b', VersionId: token(1) },
  })
  const { body } = await send(sandbox, 'DescribeSecret', '{"SecretId":"b"}')
  expect(body).toEqual({
    ARN: expect.any(String) as unknown,
    Name: 'b',
    CreatedDate: expect.closeTo(Date.now() / 1000, -2) as unknown,
    LastChangedDate: expect.closeTo(Date.now() / 1000, -2) as unknown,
    VersionIdsToStages: { [token(1)]: ['AWSCURRENT'] },
  })
  expect(await send(sandbox, 'TagResource', '{"SecretId":"b","Tags":[{"Key":"k","Value":"v"}]}')).toEqual({
    status: 200,
    body: {},
  })
})

test.each<[operation: string, body: object, message: string]>([
  [
    'DescribeSecret',
    {},
    "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: Member must not be null",
  ],
  [
    'DescribeSecret',
    { SecretId: '' },
    "1 validation error detected: Value '' at 'secretId' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'PutSecretValue',
    { SecretId: 'a', ClientRequestToken: 'short', SecretString: '', VersionStages: [] },
    "3 validation errors detected: Value 'short' at 'clientRequestToken' failed to satisfy constraint: Member must have length greater than or equal to 32; " +
      "Value at 'secretString' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
      "Value '[]' at 'versionStages' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'TagResource',
    { SecretId: 'a', Tags: [{ Key: 'ok' }, { Key: '' }] },
    "1 validation error detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'ReplicateSecretToRegions',
    { SecretId: 'a', AddReplicaRegions: [{ Region: 'Europe' }] },
    "1 validation error detected: Value 'Europe' at 'addReplicaRegions.1.member.region' failed to satisfy constraint: Member must satisfy regular expression pattern: ^([a-z]+-)+\\d+$",
  ],
  [
    'ListSecrets',
    { MaxResults: 101, SortOrder: 'up' },
    "2 validation errors detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100; " +
      "Value 'up' at 'sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [asc, desc]",
  ],
])('%s with %j breaks a constraint', async (operation, body, message) => {
  const sandbox = await startAwsSandbox()
  expect(await send(sandbox, operation, JSON.stringify(body))).toEqual({
    status: 400,
    body: { __type: 'ValidationException', Message: message },
  })
})

test('a value may have 65536 bytes, and a refusal does not repeat it', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  await client.send(new CreateSecretCommand({ Name: 'a', SecretString: 'x'.repeat(65_536) }))
  await client.send(new PutSecretValueCommand({ SecretId: 'a', SecretBinary: new Uint8Array(65_536) }))
  const tooLong = (member: string) => ({
    name: 'ValidationException',
    message: `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to 65536`,
    status: 400,
  })
  const put = (value: { SecretString?: string; SecretBinary?: Uint8Array }) =>
    refusal(client.send(new PutSecretValueCommand({ SecretId: 'a', ...value })))
  expect(await put({ SecretString: 'x'.repeat(65_537) })).toEqual(tooLong('secretString'))
  expect(await put({ SecretString: 'é'.repeat(32_769) })).toEqual(tooLong('secretString'))
  expect(await put({ SecretBinary: new Uint8Array(65_537) })).toEqual(tooLong('secretBinary'))
})

test('a value is needed, and of one kind', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  await client.send(new CreateSecretCommand({ Name: 'a' }))
  expect(await refusal(client.send(new PutSecretValueCommand({ SecretId: 'a' })))).toEqual({
    name: 'InvalidRequestException',
    message: 'You must provide either SecretString or SecretBinary.',
    status: 400,
  })
  const both = { SecretId: 'a', SecretString: 'x', SecretBinary: Uint8Array.of(1) }
  const twoKinds = {
    name: 'InvalidParameterException',
    message: "You can't specify both a binary secret value and a string secret value in the same secret.",
    status: 400,
  }
  expect(await refusal(client.send(new PutSecretValueCommand(both)))).toEqual(twoKinds)
  expect(await refusal(client.send(new UpdateSecretCommand(both)))).toEqual(twoKinds)
})

test('what is not done yet is said, not ignored', async () => {
  const sandbox = await startAwsSandbox()
  const client = sandbox.secretsManager()
  const primary = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:a-abcdef'
  const replica = { Name: 'b', ClientRequestToken: token(1), CrossAccountPrimaryARN: primary }
  expect(await send(sandbox, 'CreateSecret', JSON.stringify(replica))).toMatchObject({ status: 501 })
  const put = { SecretId: 'a', SecretString: 'x', RotationToken: token(1) }
  expect(await refusal(client.send(new PutSecretValueCommand(put)))).toMatchObject({ status: 501 })
  expect(await refusal(client.send(new UpdateSecretCommand({ SecretId: 'a', Type: 'x' })))).toMatchObject({
    status: 501,
  })
})
