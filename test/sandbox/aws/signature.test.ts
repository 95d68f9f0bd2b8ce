import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { startAwsSandbox } from './aws-sandbox.ts'
import { captureSecretsManager, captureSts, type RawAnswer, type RawRequest, sendRaw } from './raw-http.ts'

const notFound = {
  status: 400,
  body: {
    __type: 'ResourceNotFoundException',
    Message: "Secrets Manager can't find the specified secret.",
  },
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

function refused(code: string, message: unknown) {
  return { status: 400, body: { __type: code, Message: message } }
}

function opened({ status, body }: RawAnswer): { status: number; body: unknown } {
  return { status, body: JSON.parse(body) }
}

async function describe(): Promise<{ url: string; request: RawRequest }> {
  const { url, aws } = await startAwsSandbox()
  const request = await captureSecretsManager({ endpoint: url, credentials: aws.seededIdentity }, (client) =>
    client.send(new DescribeSecretCommand({ SecretId: 'nothing' })),
  )
  return { url, request }
}

test('takes what the SDK signs', async () => {
  const { url, request } = await describe()
  expect(opened(await sendRaw(url, request))).toEqual(notFound)
})

const edit = (request: RawRequest, headers: Record<string, string | undefined>): RawRequest => ({
  ...request,
  headers: Object.fromEntries(
    Object.entries({ ...request.headers, ...headers }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  ),
})

const authorization = (request: RawRequest, change: (header: string) => string): RawRequest =>
  edit(request, { authorization: change(request.headers['authorization'] ?? '') })

test.each<[title: string, spoil: (request: RawRequest) => RawRequest, code: string, message: unknown]>([
  [
    'no Authorization',
    (request) => edit(request, { authorization: undefined }),
    'MissingAuthenticationTokenException',
    'Missing Authentication Token',
  ],
  [
    'another scheme',
    (request) => edit(request, { authorization: 'Bearer abc' }),
    'IncompleteSignatureException',
    'The request signature does not conform to AWS standards.',
  ],
  [
    'no signature',
    (request) => authorization(request, (header) => header.replace(/, Signature=.*/, '')),
    'IncompleteSignatureException',
    "Authorization header requires 'Credential' of five parts, 'SignedHeaders' and 'Signature' parameters.",
  ],
  [
    'a scope of four parts',
    (request) => authorization(request, (header) => header.replace('/us-east-1/', '/')),
    'IncompleteSignatureException',
    "Authorization header requires 'Credential' of five parts, 'SignedHeaders' and 'Signature' parameters.",
  ],
  [
    'another terminator',
    (request) => authorization(request, (header) => header.replace('aws4_request', 'aws5_request')),
    'InvalidSignatureException',
    "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
  ],
  [
    'an unknown key',
    (request) =>
      authorization(request, (header) => header.replace('AKIASANDBOX000000001', 'AKIASANDBOX000000009')),
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ],
  [
    'a session token that the key does not have',
    (request) => edit(request, { 'x-amz-security-token': 'x' }),
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ],
  [
    'a signature for another service',
    (request) => authorization(request, (header) => header.replace('/secretsmanager/', '/sts/')),
    'InvalidSignatureException',
    "Credential should be scoped to correct service: 'secretsmanager'.",
  ],
  [
    'something that is no Region',
    (request) => authorization(request, (header) => header.replace('/us-east-1/', '/nowhere/')),
    'InvalidSignatureException',
    'Credential should be scoped to a valid region.',
  ],
  [
    'another Region than was signed',
    (request) => authorization(request, (header) => header.replace('/us-east-1/', '/us-west-2/')),
    'InvalidSignatureException',
    mismatch,
  ],
  [
    'another signature',
    (request) =>
      authorization(request, (header) => header.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
    'InvalidSignatureException',
    mismatch,
  ],
  [
    'another target',
    (request) => edit(request, { 'x-amz-target': 'secretsmanager.GetSecretValue' }),
    'InvalidSignatureException',
    mismatch,
  ],
  [
    'another body',
    (request) => ({ ...request, body: request.body.replace('nothing', 'another') }),
    'InvalidSignatureException',
    mismatch,
  ],
  [
    'another body hash',
    (request) => edit(request, { 'x-amz-content-sha256': '0'.repeat(64) }),
    'InvalidSignatureException',
    mismatch,
  ],
  [
    'a query that was not signed',
    (request) => ({ ...request, path: '/?a=b' }),
    'InvalidSignatureException',
    mismatch,
  ],
  [
    'a query that cannot be read',
    (request) => ({ ...request, path: '/?a=%zz' }),
    'InvalidSignatureException',
    mismatch,
  ],
  [
    'a host that is not signed',
    (request) => authorization(request, (header) => header.replace(/;host(?=[;,])/, '')),
    'InvalidSignatureException',
    "'host' must be a 'SignedHeader' in the AWS Authorization.",
  ],
  [
    'a target that is not signed',
    (request) => authorization(request, (header) => header.replace(';x-amz-target', '')),
    'InvalidSignatureException',
    "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
  ],
  [
    'no date',
    (request) =>
      authorization(edit(request, { 'x-amz-date': undefined }), (header) =>
        header.replace(';x-amz-date', ''),
      ),
    'IncompleteSignatureException',
    "Authorization header requires existence of either a valid 'X-Amz-Date' or a valid 'Date' header.",
  ],
  [
    'a date of another day than the scope',
    (request) => authorization(request, (header) => header.replace(/\/\d{8}\//, '/20200101/')),
    'InvalidSignatureException',
    expect.stringMatching(
      /^Date in Credential scope does not match YYYYMMDD .*: '20200101' != '\d{8}', from '\d{8}T\d{6}Z'\.$/,
    ),
  ],
])('refuses %s', async (_title, spoil, code, message) => {
  const { url, request } = await describe()
  expect(opened(await sendRaw(url, spoil(request)))).toEqual(refused(code, message))
})

test.each<[minutes: number, message: unknown]>([
  [
    -16,
    expect.stringMatching(
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
    ),
  ],
  [
    16,
    expect.stringMatching(
      /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$/,
    ),
  ],
])('refuses a signature %d minutes off', async (minutes, message) => {
  const { url, aws } = await startAwsSandbox()
  const request = await captureSecretsManager(
    { endpoint: url, credentials: aws.seededIdentity, systemClockOffset: minutes * 60_000 },
    (client) => client.send(new DescribeSecretCommand({ SecretId: 'nothing' })),
  )
  expect(opened(await sendRaw(url, request))).toEqual(refused('InvalidSignatureException', message))
})

test.each([-14, 14])('takes a signature %d minutes off', async (minutes) => {
  const { url, aws } = await startAwsSandbox()
  const request = await captureSecretsManager(
    { endpoint: url, credentials: aws.seededIdentity, systemClockOffset: minutes * 60_000 },
    (client) => client.send(new DescribeSecretCommand({ SecretId: 'nothing' })),
  )
  expect(opened(await sendRaw(url, request))).toEqual(notFound)
})

test("the sandbox's own clock does not count for signatures", async () => {
  const { url, aws, clock } = await startAwsSandbox()
  clock.advance(40 * 24 * 3_600_000)
  const request = await captureSecretsManager({ endpoint: url, credentials: aws.seededIdentity }, (client) =>
    client.send(new DescribeSecretCommand({ SecretId: 'nothing' })),
  )
  expect(opened(await sendRaw(url, request))).toEqual(notFound)
})

test('temporary credentials need their session token', async () => {
  const { url, aws } = await startAwsSandbox()
  const credentials = {
    accessKeyId: 'ASIASANDBOX000000002',
    secretAccessKey: 'another-secret',
    sessionToken: 'a/session+token==',
  }
  aws.seeds['/aws/identities']?.({
    ...credentials,
    arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/ci',
    policy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
  })
  const send = async (sessionToken: string) => {
    const request = await captureSecretsManager(
      { endpoint: url, credentials: { ...credentials, sessionToken } },
      (client) => client.send(new DescribeSecretCommand({ SecretId: 'nothing' })),
    )
    return opened(await sendRaw(url, request))
  }
  const invalid = refused(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  )
  expect(await send(credentials.sessionToken)).toEqual(notFound)
  expect(await send('another')).toEqual(invalid)
  expect(await send('')).toEqual(invalid)
})

test.each<
  [title: string, spoil: (request: RawRequest) => RawRequest, status: number, code: string, message: string]
>([
  [
    'no Authorization',
    (request) => edit(request, { authorization: undefined }),
    403,
    'MissingAuthenticationToken',
    'Missing Authentication Token',
  ],
  [
    'an unknown key',
    (request) =>
      authorization(request, (header) => header.replace('AKIASANDBOX000000001', 'AKIASANDBOX000000009')),
    403,
    'InvalidClientTokenId',
    'The security token included in the request is invalid.',
  ],
  [
    'another signature',
    (request) =>
      authorization(request, (header) => header.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
    403,
    'SignatureDoesNotMatch',
    mismatch,
  ],
  [
    'another scheme',
    (request) => edit(request, { authorization: 'Basic abc' }),
    400,
    'IncompleteSignature',
    'The request signature does not conform to AWS standards.',
  ],
])('STS refuses %s in its own words', async (_title, spoil, status, code, message) => {
  const { url, aws } = await startAwsSandbox()
  const request = await captureSts({ endpoint: url, credentials: aws.seededIdentity }, (client) =>
    client.send(new GetCallerIdentityCommand({})),
  )
  const answer = await sendRaw(url, spoil(request))
  expect({ ...answer, headers: answer.headers['content-type'] }).toEqual({
    status,
    headers: 'text/xml',
    body: expect.stringContaining(
      `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`,
    ) as unknown,
  })
})

test('STS takes a signature for any Region', async () => {
  const { url, aws } = await startAwsSandbox()
  const request = await captureSts(
    { endpoint: url, credentials: aws.seededIdentity, region: 'ap-southeast-2' },
    (client) => client.send(new GetCallerIdentityCommand({})),
  )
  expect((await sendRaw(url, request)).status).toBe(200)
})
