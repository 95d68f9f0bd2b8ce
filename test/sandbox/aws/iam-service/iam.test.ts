import * as iam from '@aws-sdk/client-iam'
import { GetRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { isIamOperation } from '../../../../src/sandbox/aws/iam-service/operation-names.ts'
import { refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { sendRaw } from '../raw-http.ts'

const linked = { RoleName: 'AWSServiceRoleForECRPullThroughCache' }

function form(body: string) {
  return {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
  }
}

test('says loudly what it does not do', async () => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(sandbox.iam().send(new ListRolesCommand({})))).toEqual({
    name: 'SandboxNotImplemented',
    message: 'the sandbox does not do iam ListRoles; AWS does',
    status: 501,
  })
})

test('knows every operation of IAM', () => {
  const commands = Object.keys(iam).filter((name) => /^[A-Z].*Command$/.test(name))
  expect(commands.length).toBeGreaterThan(150)
  const unknown = commands.filter((command) => !isIamOperation(command.replace(/Command$/, '')))
  expect(unknown).toEqual(['$Command'].filter((name) => commands.includes(name)))
})

test.each(['GetRoles', 'toString'])('refuses an operation that IAM does not have: %s', async (action) => {
  const { url } = await startAwsSandbox()
  const { status, headers, body } = await sendRaw(url, form(`Action=${action}&Version=2010-05-08`))
  expect([status, headers['content-type']]).toEqual([400, 'text/xml'])
  expect(body).toContain(
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>' +
      `<Code>InvalidAction</Code><Message>Could not find operation ${action} for version 2010-05-08</Message>`,
  )
})

test.each([
  ['unsigned', form('Action=GetRole&RoleName=a&Version=2010-05-08'), 403, 'MissingAuthenticationToken'],
  [
    'signed with an incomplete header',
    {
      ...form('Action=GetRole&RoleName=a&Version=2010-05-08'),
      headers: { ...form('').headers, authorization: 'AWS4-HMAC-SHA256 Credential=a' },
    },
    400,
    'IncompleteSignature',
  ],
])('refuses a request that is %s', async (_, request, status, code) => {
  const { url } = await startAwsSandbox()
  const answer = await sendRaw(url, request)
  expect(answer.status).toBe(status)
  expect(answer.body).toContain(`<Code>${code}</Code>`)
})

test('refuses a wrong key, and takes a signature for any Region', async () => {
  const sandbox = await startAwsSandbox()
  const wrong = { ...sandbox.aws.seededIdentity, secretAccessKey: 'wrong' }
  expect(await refusal(sandbox.iam({ credentials: wrong }).send(new GetRoleCommand(linked)))).toMatchObject({
    name: 'SignatureDoesNotMatch',
    status: 403,
  })
  const elsewhere = sandbox.iam({ region: 'eu-central-1' })
  expect(await refusal(elsewhere.send(new GetRoleCommand(linked)))).toMatchObject({
    name: 'NoSuchEntityException',
  })
})

test.each<[fault: object, expected: object]>([
  [{ kind: 'throttle' }, { name: 'Throttling', message: 'Rate exceeded', status: 400 }],
  [
    { kind: 'deny' },
    {
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: iam:GetRole because no identity-based policy allows the iam:GetRole action',
      status: 403,
    },
  ],
  [
    { kind: 'error' },
    { name: 'ServiceFailureException', message: 'An error occurred on the server side.', status: 500 },
  ],
  [
    { kind: 'error', status: 503 },
    { name: 'ServiceFailureException', message: 'An error occurred on the server side.', status: 503 },
  ],
  [
    { kind: 'expired-token' },
    { name: 'ExpiredToken', message: 'The security token included in the request is expired', status: 403 },
  ],
])('a fault of %j is refused as IAM does', async (fault, expected) => {
  const sandbox = await startAwsSandbox()
  sandbox.faults.add({ service: 'iam', operation: 'GetRole', times: 1, fault: { kind: '', ...fault } })
  const call = () => sandbox.iam().send(new GetRoleCommand(linked))
  expect(await refusal(call())).toEqual(expected)
  expect(await refusal(call())).toMatchObject({ name: 'NoSuchEntityException' })
  expect(sandbox.aws.ownFaults.iam).toEqual(['expired-token'])
})
