import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { refusal, startAwsSandbox } from './aws-sandbox.ts'
import { sendRaw } from './raw-http.ts'

const unknown = { status: 400, body: { __type: 'UnknownOperationException' } }
const json = { 'content-type': 'application/x-amz-json-1.1' }
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

test.each<
  [
    title: string,
    request: { method?: string; path?: string; headers: Record<string, string>; body?: string },
    expected: object,
  ]
>([
  [
    'a service that is not here',
    { headers: { ...json, 'x-amz-target': 'DynamoDB_20120810.ListTables' } },
    unknown,
  ],
  [
    'an operation that Secrets Manager does not have',
    { headers: { ...json, 'x-amz-target': 'secretsmanager.ListSecret' } },
    unknown,
  ],
  [
    'an operation named like something every object has',
    { headers: { ...json, 'x-amz-target': 'secretsmanager.constructor' } },
    unknown,
  ],
  ['no target', { headers: json }, unknown],
  [
    'another path',
    { path: '/secrets', headers: { ...json, 'x-amz-target': 'secretsmanager.ListSecrets' } },
    unknown,
  ],
  [
    'another method',
    { method: 'PUT', headers: { ...json, 'x-amz-target': 'secretsmanager.ListSecrets' } },
    unknown,
  ],
  [
    'a form of another version',
    { headers: form, body: 'Action=GetCallerIdentity&Version=1999-01-01' },
    unknown,
  ],
  [
    'an operation of ECR that is not done',
    { headers: { ...json, 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.PutImage' } },
    {
      status: 501,
      body: {
        __type: 'SandboxNotImplemented',
        message: 'the sandbox does not do ecr PutImage; AWS does',
      },
    },
  ],
])(
  'answers a request for %s',
  async (_title, { method = 'POST', path = '/', headers, body = '{}' }, expected) => {
    const { url } = await startAwsSandbox()
    const answer = await sendRaw(url, { method, path, headers, body })
    expect({ status: answer.status, body: JSON.parse(answer.body) as unknown }).toMatchObject(expected)
  },
)

test('says loudly what Secrets Manager does and it does not', async () => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(sandbox.secretsManager().send(new RotateSecretCommand({ SecretId: 'a' })))).toEqual({
    name: 'SandboxNotImplemented',
    message: 'the sandbox does not do secretsmanager RotateSecret; AWS does',
    status: 501,
  })
})

test('logs service, operation and whether it changes something', async () => {
  const sandbox = await startAwsSandbox()
  await sandbox.secretsManager().send(new CreateSecretCommand({ Name: 'a' }))
  await sandbox.secretsManager().send(new DescribeSecretCommand({ SecretId: 'a' }))
  await sendRaw(sandbox.url, { method: 'POST', path: '/', headers: json, body: '' })
  const logged = sandbox.log.entries().map(({ service, operation, status, mutating }) => ({
    service,
    operation,
    status,
    mutating,
  }))
  expect(logged).toEqual([
    { service: 'secretsmanager', operation: 'CreateSecret', status: 200, mutating: true },
    { service: 'secretsmanager', operation: 'DescribeSecret', status: 200, mutating: false },
    { service: 'secretsmanager', operation: 'POST /', status: 400, mutating: false },
  ])
})

test.each<[fault: object, expected: object]>([
  [{ kind: 'throttle' }, { name: 'ThrottlingException', message: 'Rate exceeded', status: 400 }],
  [
    { kind: 'deny' },
    {
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: secretsmanager:DescribeSecret ' +
        'on resource: a because no identity-based policy allows the secretsmanager:DescribeSecret action',
      status: 400,
    },
  ],
  [
    { kind: 'error' },
    { name: 'InternalServiceError', message: 'An error occurred on the server side.', status: 500 },
  ],
  [
    { kind: 'error', status: 503 },
    { name: 'InternalServiceError', message: 'An error occurred on the server side.', status: 503 },
  ],
  [
    { kind: 'expired-token' },
    {
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
      status: 400,
    },
  ],
  [
    { kind: 'secret-lag' },
    {
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
      status: 400,
    },
  ],
])('a fault of %j is refused as Secrets Manager does, once', async (fault, expected) => {
  const sandbox = await startAwsSandbox()
  await sandbox.secretsManager().send(new CreateSecretCommand({ Name: 'a' }))
  sandbox.faults.add({ service: 'secretsmanager', operation: '*', times: 1, fault: { kind: '', ...fault } })
  const call = () => sandbox.secretsManager().send(new DescribeSecretCommand({ SecretId: 'a' }))
  expect(await refusal(call())).toEqual(expected)
  expect((await call()).Name).toBe('a')
})

test('a lag leaves alone what names no secret', async () => {
  const sandbox = await startAwsSandbox()
  sandbox.faults.add({
    service: 'secretsmanager',
    operation: '*',
    times: 'always',
    fault: { kind: 'secret-lag' },
  })
  await sandbox.secretsManager().send(new CreateSecretCommand({ Name: 'a' }))
  const { SecretList } = await sandbox.secretsManager().send(new ListSecretsCommand({}))
  expect(SecretList?.map(({ Name }) => Name)).toEqual(['a'])
})

test('a lost answer has taken effect', async () => {
  const sandbox = await startAwsSandbox()
  sandbox.faults.add({
    service: 'secretsmanager',
    operation: 'CreateSecret',
    times: 1,
    fault: { kind: 'lost' },
  })
  await expect(sandbox.secretsManager().send(new CreateSecretCommand({ Name: 'a' }))).rejects.toThrow()
  expect((await sandbox.secretsManager().send(new DescribeSecretCommand({ SecretId: 'a' }))).Name).toBe('a')
})

test('the state shows everything, opened', async () => {
  const sandbox = await startAwsSandbox()
  const first = '00000000-0000-4000-8000-000000000001'
  const second = '00000000-0000-4000-8000-000000000002'
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 'secretsmanager:DeleteSecret', Resource: '*' }],
  }
  const here = sandbox.secretsManager()
  const there = sandbox.secretsManager({ region: 'eu-west-1' })
  const { ARN: arn } = await here.send(
    new CreateSecretCommand({
      Name: 'a/b',
      ClientRequestToken: first,
      SecretString: 'one',
      Description: 'text',
      Tags: [{ Key: 'k', Value: 'v' }],
    }),
  )
  await here.send(
    new PutSecretValueCommand({
      SecretId: 'a/b',
      ClientRequestToken: second,
      SecretBinary: Buffer.from([0, 255]),
    }),
  )
  const { PutResourcePolicyCommand, DeleteSecretCommand } = await import('@aws-sdk/client-secrets-manager')
  await here.send(new PutResourcePolicyCommand({ SecretId: 'a/b', ResourcePolicy: JSON.stringify(policy) }))
  const key = 'alias/mine'
  const { ARN: otherArn } = await there.send(new CreateSecretCommand({ Name: 'c', KmsKeyId: key }))
  const { DeletionDate: gone } = await there.send(new DeleteSecretCommand({ SecretId: 'c' }))
  const empty = { rules: [], templates: [], repositories: [] }
  expect(sandbox.aws.state()).toEqual({
    '123456789012': {
      'us-east-1': {
        ...empty,
        secrets: [
          {
            name: 'a/b',
            arn,
            description: 'text',
            kmsKeyId: null,
            tags: { k: 'v' },
            policy,
            deletedDate: null,
            versions: [
              { id: first, labels: ['AWSPREVIOUS'], secretString: 'one' },
              { id: second, labels: ['AWSCURRENT'], secretBinary: 'AP8=' },
            ],
          },
        ],
      },
      'eu-west-1': {
        ...empty,
        secrets: [
          {
            name: 'c',
            arn: otherArn,
            description: null,
            kmsKeyId: key,
            tags: {},
            policy: null,
            deletedDate: gone?.toISOString(),
            versions: [],
          },
        ],
      },
    },
  })
})

test('a reset leaves nothing but the seeded account', async () => {
  const sandbox = await startAwsSandbox()
  await sandbox.secretsManager().send(new CreateSecretCommand({ Name: 'a', SecretString: 'x' }))
  sandbox.aws.seeds['/aws/identities']?.({
    ...sandbox.aws.seededIdentity,
    secretAccessKey: 'changed',
    arn: 'arn:aws:iam::999999999999:user/other',
    policy: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
  })
  sandbox.aws.reset()
  expect(sandbox.aws.state()).toEqual({
    '123456789012': { 'us-east-1': { secrets: [], rules: [], templates: [], repositories: [] } },
  })
  expect(
    await refusal(sandbox.secretsManager().send(new GetSecretValueCommand({ SecretId: 'a' }))),
  ).toMatchObject({
    name: 'ResourceNotFoundException',
  })
})
