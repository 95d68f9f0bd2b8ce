import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { refusal, startAwsSandbox } from './aws-sandbox.ts'
import { captureSts, sendRaw } from './raw-http.ts'

test('answers in the XML of the query protocol', async () => {
  const { url, aws } = await startAwsSandbox()
  const request = await captureSts({ endpoint: url, credentials: aws.seededIdentity }, (client) =>
    client.send(new GetCallerIdentityCommand({})),
  )
  const { status, headers, body } = await sendRaw(url, request)
  const requestId = headers['x-amzn-requestid'] ?? ''
  expect({ status, type: headers['content-type'], dated: 'date' in headers }).toEqual({
    status: 200,
    type: 'text/xml',
    dated: true,
  })
  expect(body).toMatch(
    /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user\/sandbox<\/Arn><UserId>AIDA[A-Z0-9]{17}<\/UserId><Account>123456789012<\/Account><\/GetCallerIdentityResult><ResponseMetadata><RequestId>/,
  )
  expect(body).toContain(`<RequestId>${requestId}</RequestId>`)
})

test.each<[arn: string, expected: object]>([
  [
    'arn:aws:iam::111122223333:user/teams/ana',
    {
      Arn: 'arn:aws:iam::111122223333:user/teams/ana',
      UserId: expect.stringMatching(/^AIDA[A-Z0-9]{17}$/) as unknown,
      Account: '111122223333',
    },
  ],
  [
    'arn:aws:iam::111122223333:role/path/Deploy',
    {
      Arn: 'arn:aws:sts::111122223333:assumed-role/Deploy/sandbox',
      UserId: expect.stringMatching(/^AROA[A-Z0-9]{17}:sandbox$/) as unknown,
      Account: '111122223333',
    },
  ],
  [
    'arn:aws:sts::111122223333:assumed-role/Deploy/ci',
    {
      Arn: 'arn:aws:sts::111122223333:assumed-role/Deploy/ci',
      UserId: expect.stringMatching(/^AROA[A-Z0-9]{17}:ci$/) as unknown,
      Account: '111122223333',
    },
  ],
  [
    'arn:aws:iam::111122223333:root',
    { Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333', Account: '111122223333' },
  ],
])('says who %s is, whatever its policy denies', async (arn, expected) => {
  const sandbox = await startAwsSandbox()
  const credentials = { accessKeyId: 'AKIASANDBOX000000002', secretAccessKey: 'another-secret' }
  sandbox.aws.seeds['/aws/identities']?.({
    ...credentials,
    arn,
    policy: { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } },
  })
  const { $metadata, ...identity } = await sandbox.sts({ credentials }).send(new GetCallerIdentityCommand({}))
  expect($metadata.httpStatusCode).toBe(200)
  expect(identity).toEqual(expected)
})

test('says loudly what it does not do', async () => {
  const sandbox = await startAwsSandbox()
  const command = new AssumeRoleCommand({
    RoleArn: 'arn:aws:iam::123456789012:role/Deploy',
    RoleSessionName: 'a',
  })
  expect(await refusal(sandbox.sts().send(command))).toEqual({
    name: 'SandboxNotImplemented',
    message: 'the sandbox does not do sts AssumeRole; AWS does',
    status: 501,
  })
})

test('refuses an operation that STS does not have', async () => {
  const { url } = await startAwsSandbox()
  const { status, body } = await sendRaw(url, {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: 'Action=GetCallerIdentities&Version=2011-06-15',
  })
  expect(status).toBe(400)
  expect(body).toContain(
    '<Code>InvalidAction</Code><Message>Could not find operation GetCallerIdentities for version 2011-06-15</Message>',
  )
})

test.each<[fault: object, expected: object]>([
  [{ kind: 'throttle' }, { name: 'Throttling', message: 'Rate exceeded', status: 400 }],
  [
    { kind: 'deny' },
    {
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: sts:GetCallerIdentity',
      status: 403,
    },
  ],
  [
    { kind: 'error' },
    { name: 'InternalFailure', message: 'An error occurred on the server side.', status: 500 },
  ],
  [
    { kind: 'error', status: 503 },
    { name: 'InternalFailure', message: 'An error occurred on the server side.', status: 503 },
  ],
  [
    { kind: 'expired-token' },
    {
      name: 'ExpiredToken',
      message: 'The security token included in the request is expired',
      status: 403,
    },
  ],
])('a fault of %j is refused as STS does', async (fault, expected) => {
  const sandbox = await startAwsSandbox()
  sandbox.faults.add({ service: 'sts', operation: '*', times: 1, fault: { kind: '', ...fault } })
  const call = () => sandbox.sts().send(new GetCallerIdentityCommand({}))
  expect(await refusal(call())).toEqual(expected)
  expect((await call()).Account).toBe('123456789012')
})
