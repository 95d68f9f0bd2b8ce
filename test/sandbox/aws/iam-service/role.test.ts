import { CreateServiceLinkedRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'

const linkedName = 'AWSServiceRoleForECRPullThroughCache'
const linkedArn = `arn:aws:iam::123456789012:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/${linkedName}`
const service = 'pullthroughcache.ecr.amazonaws.com'

const everything = { Effect: 'Allow', Action: '*', Resource: '*' }

let keys = 0

/** An identity of its own, and how to sign as it. */
function identity(sandbox: AwsSandbox, arn: string, ...statements: readonly object[]) {
  keys += 1
  const credentials = { accessKeyId: `AKIATEST${String(keys).padStart(8, '0')}`, secretAccessKey: 'key' }
  const policy = { Version: '2012-10-17', Statement: statements.length > 0 ? statements : [everything] }
  sandbox.aws.seeds['/aws/identities']?.({ ...credentials, arn, policy })
  return sandbox.iam({ credentials })
}

const getRole = (name: string) => new GetRoleCommand({ RoleName: name })
const createLinked = (more: object = {}) =>
  new CreateServiceLinkedRoleCommand({ AWSServiceName: service, ...more })

const linkedRole = {
  Path: `/aws-service-role/${service}/`,
  RoleName: linkedName,
  RoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}$/) as string,
  Arn: linkedArn,
  CreateDate: new Date('2026-01-01T00:00:00Z'),
  AssumeRolePolicyDocument:
    '%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22pullthroughcache.ecr.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D',
  MaxSessionDuration: 3600,
}

test('the service-linked role is there once it was made, in that account alone, until the sandbox starts over', async () => {
  const sandbox = await startAwsSandbox()
  const notFound = {
    name: 'NoSuchEntityException',
    message: `The role with name ${linkedName} cannot be found.`,
    status: 404,
  }
  expect(await refusal(sandbox.iam().send(getRole(linkedName)))).toEqual(notFound)
  expect(await members(sandbox.iam().send(createLinked()))).toEqual({ Role: linkedRole })
  expect(await members(sandbox.iam().send(getRole(linkedName)))).toEqual({ Role: linkedRole })

  const elsewhere = identity(sandbox, 'arn:aws:iam::111122223333:user/ana')
  expect(await refusal(elsewhere.send(getRole(linkedName)))).toEqual(notFound)
  sandbox.aws.reset()
  expect(await refusal(sandbox.iam().send(getRole(linkedName)))).toEqual(notFound)
})

test('somebody who signs as the service-linked role does not make it', async () => {
  const sandbox = await startAwsSandbox()
  const client = identity(sandbox, linkedArn)
  expect(await refusal(client.send(getRole(linkedName)))).toMatchObject({ name: 'NoSuchEntityException' })
})

test('making it again, with a suffix, or for another service is refused', async () => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(sandbox.iam().send(createLinked({ CustomSuffix: 'two' })))).toEqual({
    name: 'InvalidInputException',
    message: `Custom suffix is not allowed for ${service}`,
    status: 400,
  })
  await sandbox.iam().send(createLinked())
  expect(await refusal(sandbox.iam().send(createLinked()))).toEqual({
    name: 'InvalidInputException',
    message: `Service role name ${linkedName} has been taken in this account, please try a different suffix.`,
    status: 400,
  })
  expect(await refusal(sandbox.iam().send(createLinked({ AWSServiceName: 'ecs.amazonaws.com' })))).toEqual({
    name: 'SandboxNotImplemented',
    message: 'the sandbox does not do iam CreateServiceLinkedRole for ecs.amazonaws.com; AWS does',
    status: 501,
  })
  expect(await refusal(sandbox.iam().send(createLinked({ Description: 'cache' })))).toMatchObject({
    message: 'the sandbox does not do iam CreateServiceLinkedRole with Description; AWS does',
    status: 501,
  })
  expect(sandbox.log.entries().map(({ operation, mutating }) => [operation, mutating])).toEqual(
    Array.from({ length: 5 }, () => ['CreateServiceLinkedRole', true]),
  )
})

test.each([
  ['arn:aws:iam::123456789012:role/teams/build/Deploy', '/teams/build/'],
  ['arn:aws:iam::123456789012:role/Deploy', '/'],
  ['arn:aws:sts::123456789012:assumed-role/Deploy/ci', '/'],
])('the role of %s has the path %s', async (arn, path) => {
  const sandbox = await startAwsSandbox()
  const client = identity(sandbox, arn)
  const { Role } = await client.send(getRole('Deploy'))
  expect(Role).toEqual({
    Path: path,
    RoleName: 'Deploy',
    RoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}$/) as string,
    Arn: `arn:aws:iam::123456789012:role${path}Deploy`,
    CreateDate: new Date('2026-01-01T00:00:00Z'),
    AssumeRolePolicyDocument: expect.any(String) as string,
    MaxSessionDuration: 3600,
  })
  expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'sts:AssumeRole' },
    ],
  })
  expect(sandbox.log.entries().map(({ operation, mutating }) => [operation, mutating])).toEqual([
    ['GetRole', false],
  ])
})

test('a user is no role', async () => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(sandbox.iam().send(getRole('sandbox')))).toEqual({
    name: 'NoSuchEntityException',
    message: 'The role with name sandbox cannot be found.',
    status: 404,
  })
})

test('who may not ask learns nothing of whether the role is there', async () => {
  const sandbox = await startAwsSandbox()
  const nobody = identity(sandbox, 'arn:aws:iam::123456789012:role/Nobody', {
    Effect: 'Allow',
    Action: 'iam:ListRoles',
    Resource: '*',
  })
  const denied = (name: string) => ({
    name: 'AccessDenied',
    message: `User: arn:aws:sts::123456789012:assumed-role/Nobody/sandbox is not authorized to perform: iam:GetRole on resource: role ${name} because no identity-based policy allows the iam:GetRole action`,
    status: 403,
  })
  expect(await refusal(nobody.send(getRole('Nobody')))).toEqual(denied('Nobody'))
  expect(await refusal(nobody.send(getRole('Missing')))).toEqual(denied('Missing'))
})

test('a Deny is named, and a policy for one path does not cover another', async () => {
  const sandbox = await startAwsSandbox()
  const arn = 'arn:aws:iam::123456789012:role/teams/Deploy'
  const denied = identity(sandbox, arn, everything, { Effect: 'Deny', Action: 'iam:GetRole', Resource: arn })
  expect(await refusal(denied.send(getRole('Deploy')))).toMatchObject({
    message: expect.stringMatching(
      /role Deploy with an explicit deny in an identity-based policy$/,
    ) as string,
  })
  const narrow = { Effect: 'Allow', Action: 'iam:GetRole', Resource: 'arn:aws:iam::*:role/teams/*' }
  const ana = identity(sandbox, 'arn:aws:iam::123456789012:user/ana', narrow)
  expect((await ana.send(getRole('Deploy'))).Role?.Arn).toBe(arn)
  expect(await refusal(ana.send(getRole('Other')))).toMatchObject({ name: 'AccessDenied', status: 403 })
})

test('making the service-linked role needs its permission, which may name the service', async () => {
  const sandbox = await startAwsSandbox()
  const allow = (name: string) => ({
    Effect: 'Allow',
    Action: 'iam:CreateServiceLinkedRole',
    Resource: `arn:aws:iam::*:role/aws-service-role/${service}/*`,
    Condition: { StringLike: { 'iam:AWSServiceName': name } },
  })
  const other = identity(sandbox, 'arn:aws:iam::123456789012:user/eve', allow('ecs.amazonaws.com'))
  expect(await refusal(other.send(createLinked()))).toEqual({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::123456789012:user/eve is not authorized to perform: iam:CreateServiceLinkedRole on resource: ${linkedArn} because no identity-based policy allows the iam:CreateServiceLinkedRole action`,
    status: 403,
  })
  const ana = identity(sandbox, 'arn:aws:iam::123456789012:user/ana', allow(service))
  expect((await ana.send(createLinked())).Role?.RoleName).toBe(linkedName)
})

test.each<[input: object, message: string]>([
  [
    { RoleName: undefined },
    "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null",
  ],
  [
    { RoleName: 'x'.repeat(65) },
    `1 validation error detected: Value '${'x'.repeat(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  ],
  [
    { RoleName: 'arn:aws:iam::1:role/x' },
    "1 validation error detected: Value 'arn:aws:iam::1:role/x' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\w+=,.@-]+$",
  ],
])('GetRole refuses %j', async (input, message) => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(sandbox.iam().send(new GetRoleCommand(input as { RoleName: string })))).toEqual({
    name: 'ValidationError',
    message,
    status: 400,
  })
})
