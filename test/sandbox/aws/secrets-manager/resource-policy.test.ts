import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  ValidateResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { signAgain } from '../sign-again.ts'

const account = '123456789012'
const cacheRole = `arn:aws:iam::${account}:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache`

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

const allowEcr = {
  Sid: 'AllowEcr',
  Effect: 'Allow',
  Principal: { Service: 'ecr.amazonaws.com' },
  Action: 'secretsmanager:GetSecretValue',
  Resource: '*',
  Condition: { StringEquals: { 'aws:SourceAccount': account } },
}
const denyOthers = {
  Sid: 'DenyOthers',
  Effect: 'Deny',
  Principal: '*',
  Action: 'secretsmanager:GetSecretValue',
  Resource: '*',
  Condition: { ArnNotEquals: { 'aws:PrincipalArn': [cacheRole, `arn:aws:iam::${account}:role/Reader`] } },
}

async function started() {
  const sandbox = await startAwsSandbox()
  const client = sandbox.secretsManager()
  const { ARN: arn = '' } = await client.send(new CreateSecretCommand({ Name: 'a', SecretString: 'x' }))
  return { sandbox, client, arn }
}

test('a secret has no policy, then the one it was given, letter by letter, then none', async () => {
  const { client, arn } = await started()
  const get = () => members(client.send(new GetResourcePolicyCommand({ SecretId: 'a' })))
  expect(await get()).toEqual({ ARN: arn, Name: 'a' })
  const text = ` ${policy(allowEcr, denyOthers)}\n`
  const put = await members(
    client.send(
      new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: text, BlockPublicPolicy: true }),
    ),
  )
  expect(put).toEqual({ ARN: arn, Name: 'a' })
  expect(await get()).toEqual({ ARN: arn, Name: 'a', ResourcePolicy: text })
  expect(await members(client.send(new DeleteResourcePolicyCommand({ SecretId: 'a' })))).toEqual({
    ARN: arn,
    Name: 'a',
  })
  expect(await get()).toEqual({ ARN: arn, Name: 'a' })
})

test("pullthrough's policy keeps everybody from reading but those it lists", async () => {
  const { sandbox, client } = await started()
  await client.send(
    new PutResourcePolicyCommand({
      SecretId: 'a',
      ResourcePolicy: policy(allowEcr, denyOthers),
      BlockPublicPolicy: true,
    }),
  )
  const credentials = { accessKeyId: 'AKIASANDBOX000000002', secretAccessKey: 'another-secret' }
  sandbox.aws.seeds['/aws/identities']?.({
    ...credentials,
    arn: `arn:aws:sts::${account}:assumed-role/Reader/ci`,
    policy: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' },
    },
  })
  const read = new GetSecretValueCommand({ SecretId: 'a' })
  expect(await refusal(client.send(read))).toEqual({
    name: 'AccessDeniedException',
    message:
      'User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: secretsmanager:GetSecretValue ' +
      'on resource: a with an explicit deny in a resource-based policy',
    status: 400,
  })
  expect((await sandbox.secretsManager({ credentials }).send(read)).SecretString).toBe('x')
})

test('everybody may be let in, but not with BlockPublicPolicy', async () => {
  const { client } = await started()
  const everyone = policy({ ...allowEcr, Principal: '*', Condition: undefined })
  const blocked = new PutResourcePolicyCommand({
    SecretId: 'a',
    ResourcePolicy: everyone,
    BlockPublicPolicy: true,
  })
  expect(await refusal(client.send(blocked))).toEqual({
    name: 'PublicPolicyException',
    message:
      'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
    status: 400,
  })
  expect((await client.send(new GetResourcePolicyCommand({ SecretId: 'a' }))).ResourcePolicy).toBeUndefined()
  await client.send(new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: everyone }))
  expect((await client.send(new GetResourcePolicyCommand({ SecretId: 'a' }))).ResourcePolicy).toBe(everyone)
})

test.each<[reason: string, text: string]>([
  ['it is not JSON', '{'],
  ['the document must be a JSON object', '[]'],
  ['Version must be 2012-10-17 or 2008-10-17', JSON.stringify({ Version: '2019-10-19', Statement: [] })],
  ['statement 1 must have either Principal or NotPrincipal', policy({ ...allowEcr, Principal: undefined })],
  ['"s3:GetObject" is not an action of Secrets Manager', policy({ ...allowEcr, Action: ['s3:GetObject'] })],
  ['"arn:aws:s3:::bucket" is not this secret', policy({ ...allowEcr, Resource: 'arn:aws:s3:::bucket' })],
])('refuses a policy: %s', async (reason, text) => {
  const { client } = await started()
  const malformed = {
    name: 'MalformedPolicyDocumentException',
    message: `This policy has invalid syntax. (sandbox: ${reason})`,
    status: 400,
  }
  expect(
    await refusal(client.send(new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: text }))),
  ).toEqual(malformed)
  expect(
    await refusal(client.send(new ValidateResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: text }))),
  ).toEqual(malformed)
})

test('a policy may name the secret by its ARN, or by a pattern that covers it', async () => {
  const { client, arn } = await started()
  for (const resource of [arn, arn.replace(/.{6}$/, '??????')]) {
    const text = policy({ ...allowEcr, Resource: resource })
    await client.send(new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: text }))
    expect((await client.send(new GetResourcePolicyCommand({ SecretId: 'a' }))).ResourcePolicy).toBe(text)
  }
})

const broad = {
  CheckName: 'BroadAccess',
  ErrorMessage: 'The resource policy allows broad access to the secret.',
}
const lockout = {
  CheckName: 'Lockout',
  ErrorMessage: 'The resource policy does not let the caller change it again.',
}

test.each<[title: string, text: string, expected: readonly object[]]>([
  ["pullthrough's policy", policy(allowEcr, denyOthers), []],
  ['an Allow for everyone', policy({ ...allowEcr, Principal: '*', Condition: undefined }), [broad]],
  ['a Deny of everything', policy({ ...denyOthers, Action: '*', Condition: undefined }), [lockout]],
])('validates %s, and puts nothing', async (_title, text, expected) => {
  const { client } = await started()
  for (const SecretId of ['a', undefined]) {
    const validated = await members(
      client.send(new ValidateResourcePolicyCommand({ SecretId, ResourcePolicy: text })),
    )
    expect(validated).toEqual({ PolicyValidationPassed: expected.length === 0, ValidationErrors: expected })
  }
  expect((await client.send(new GetResourcePolicyCommand({ SecretId: 'a' }))).ResourcePolicy).toBeUndefined()
})

test('a Deny that hits its author too is put: the service does not keep anybody from it', async () => {
  const { client } = await started()
  const text = policy({ ...denyOthers, Action: 'secretsmanager:*', Condition: undefined })
  await client.send(
    new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: text, BlockPublicPolicy: true }),
  )
  expect(await refusal(client.send(new DeleteResourcePolicyCommand({ SecretId: 'a' })))).toMatchObject({
    name: 'AccessDeniedException',
  })
})

test.each<[operation: string, input: object, code: string, message: string]>([
  [
    'PutResourcePolicy',
    { ResourcePolicy: policy(allowEcr) },
    'InvalidParameterException',
    'You can only attach and delete the policy that is named default.',
  ],
  [
    'DeleteResourcePolicy',
    {},
    'InvalidParameterException',
    'You can only attach and delete the policy that is named default.',
  ],
  [
    'GetResourcePolicy',
    {},
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified resource policy.",
  ],
])('%s knows the policy named default and no other', async (operation, input, code, message) => {
  const { sandbox, arn } = await started()
  const call = async (PolicyName: string) => {
    const request = {
      method: 'POST',
      path: '/',
      headers: {},
      body: JSON.stringify({ SecretId: 'a', PolicyName, ...input }),
    }
    const headers = { 'x-amz-target': `secretsmanager.${operation}` }
    const { status, body } = await signAgain(sandbox, request, { headers })
    return { status, body: JSON.parse(body) as unknown }
  }
  expect(await call('default')).toEqual({ status: 200, body: { ARN: arn, Name: 'a', PolicyName: 'default' } })
  expect(await call('mine')).toEqual({ status: 400, body: { __type: code, Message: message } })
})
