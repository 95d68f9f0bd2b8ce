import { expect, test } from 'vitest'
import { account, createDockerHubRule, signAs } from '../ecr/ecr-world.ts'
import { debian, errorOf, hours, repositoryUnknown, startPullSandbox } from './pull-world.ts'

const hostOf = (id: string, region = 'us-east-1') => ({ host: `${id}.dkr.ecr.${region}.amazonaws.com` })
const challengeOf = (id: string, region: string, end = '') =>
  `Basic realm="https://${id}.dkr.ecr.${region}.amazonaws.com${end}/",service="ecr.amazonaws.com"`
const basic = (login: string) => Buffer.from(login).toString('base64')

test('lets in whoever has the password of an authorization token', async () => {
  const { registry } = await startPullSandbox()
  const { status, headers, body } = await registry('/v2/')
  expect([status, headers['docker-distribution-api-version'], body.toString()]).toEqual([
    200,
    'registry/2.0',
    '{}',
  ])
})

test.each([
  ['nobody', {}, challengeOf(account, 'us-east-1')],
  ['nobody, of a host', hostOf('999999999999', 'eu-west-1'), challengeOf('999999999999', 'eu-west-1')],
  [
    'nobody, of a host in China',
    { host: '999999999999.dkr.ecr.cn-north-1.amazonaws.com.cn' },
    challengeOf('999999999999', 'cn-north-1', '.cn'),
  ],
  ['another user', { authorization: `Basic ${basic(':')}` }, challengeOf(account, 'us-east-1')],
  ['a bearer', { authorization: 'Bearer a' }, challengeOf(account, 'us-east-1')],
])('challenges %s', async (_, headers, challenge) => {
  const { registry } = await startPullSandbox()
  for (const path of ['/v2/', `${debian}/manifests/12`, '/v2/_catalog']) {
    const answer = await registry(path, { token: null, headers })
    expect([answer.status, answer.headers['www-authenticate'], answer.body.toString()]).toEqual([
      401,
      challenge,
      'Not Authorized\n',
    ])
  }
})

test('refuses a password that it did not give out, and one of another Region', async () => {
  const { registry, token } = await startPullSandbox()
  const invalid = [400, 'DENIED', 'Your Authorization Token is invalid.']
  expect(errorOf(await registry('/v2/', { token: basic('AWS:guessed') }))).toEqual(invalid)
  const elsewhere = await token({ region: 'eu-west-1' })
  expect((await registry('/v2/', { token: elsewhere })).status).toBe(200)
  expect(errorOf(await registry('/v2/', { token: elsewhere, headers: hostOf(account) }))).toEqual(invalid)
})

test('lets a password expire after 12 hours', async () => {
  const { registry, token, clock } = await startPullSandbox()
  const old = await token()
  clock.advance(hours(12) - 60_000)
  expect((await registry('/v2/', { token: old })).status).toBe(200)
  clock.advance(60_000)
  expect(errorOf(await registry('/v2/', { token: old }))).toEqual([
    403,
    'DENIED',
    'Your authorization token has expired. Reauthenticate and try again.',
  ])
})

test('has a registry for each account and Region: that of the password, or the one that is named', async () => {
  const sandbox = await startPullSandbox()
  const { registry, token } = sandbox
  const theirs = '999999999999'
  const other = signAs(
    sandbox,
    { Effect: 'Allow', Action: '*', Resource: '*' },
    {
      arn: `arn:aws:iam::${theirs}:user/other`,
      credentials: { accessKeyId: 'AKIAOTHER0000000001', secretAccessKey: 'other' },
    },
  )
  expect((await registry(`${debian}/manifests/12`)).status).toBe(200)

  const their = await token(other)
  const name = 'docker-hub/library/debian'
  const manifest = `${debian}/manifests/12`
  expect(errorOf(await registry(manifest, { token: their }))).toEqual(repositoryUnknown(name, theirs))
  expect(errorOf(await registry(manifest, { token: their, headers: hostOf(account) }))).toEqual([
    403,
    'DENIED',
    `User: arn:aws:iam::${theirs}:user/other is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:${account}:repository/${name} because no resource-based policy allows the ecr:BatchGetImage action`,
  ])
  const elsewhere = await token({ region: 'eu-west-1' })
  expect(errorOf(await registry(manifest, { token: elsewhere }))).toEqual(repositoryUnknown(name))
  await createDockerHubRule(sandbox, { region: 'eu-west-1' })
  const europe = { token: elsewhere, headers: hostOf(account, 'eu-west-1') }
  expect((await registry(manifest, europe)).status).toBe(200)
})

test('asks for what the owner of a password may do now', async () => {
  const sandbox = await startPullSandbox()
  const somebody = signAs(sandbox, { Effect: 'Allow', Action: '*', Resource: '*' })
  const token = await sandbox.token(somebody)
  const pull = () => sandbox.registry(`${debian}/manifests/12`, { token })
  expect((await pull()).status).toBe(200)
  signAs(sandbox, { Effect: 'Deny', Action: 'ecr:BatchGetImage', Resource: '*' })
  expect(errorOf(await pull())).toEqual([
    403,
    'DENIED',
    expect.stringMatching(/not authorized to perform: ecr:BatchGetImage .* with an explicit deny/),
  ])
  sandbox.aws.reset()
  expect((await pull()).status).toBe(400)
})

test.each([
  ['POST', '/v2/docker-hub/a/blobs/uploads/'],
  ['PATCH', '/v2/docker-hub/a/blobs/uploads/1'],
  ['PUT', '/v2/docker-hub/a/manifests/1'],
  ['DELETE', '/v2/docker-hub/a/manifests/1'],
  ['GET', '/v2/_catalog'],
  ['GET', '/v2/docker-hub/a/referrers/sha256:0'],
  ['GET', '/'],
])('says loudly that it does not answer %s %s', async (method, path) => {
  const { registry } = await startPullSandbox()
  expect(errorOf(await registry(path, { method }))).toEqual([
    501,
    'UNSUPPORTED',
    `the sandbox does not do ${method} ${path}; AWS does`,
  ])
})

test.each<[fault: object, status: number, body: string]>([
  [{ kind: 'throttle' }, 429, '{"errors":[{"code":"TOOMANYREQUESTS","message":"Rate exceeded"}]}'],
  [
    { kind: 'deny' },
    403,
    '{"errors":[{"code":"DENIED","message":"User is not authorized to perform this action"}]}',
  ],
  [
    { kind: 'expired-token' },
    403,
    '{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}',
  ],
  [{ kind: 'error', status: 503 }, 503, '{"errors":[{"code":"UNAVAILABLE","message":"An error occurred"}]}'],
  [{ kind: 'error' }, 500, '{"errors":[{"code":"UNKNOWN","message":"An error occurred"}]}'],
  [
    { kind: 'html', status: 502 },
    502,
    '<html><head><title>502</title></head><body><h1>502</h1></body></html>\n',
  ],
])('has the fault %j', async (fault, status, body) => {
  const { registry, faults } = await startPullSandbox()
  const operation = 'GET /v2/{name}/manifests/{reference}'
  faults.add({ service: 'ecr-registry', operation, times: 1, fault: fault as { kind: string } })
  expect((await registry('/v2/')).status).toBe(200)
  const answer = await registry(`${debian}/manifests/12`)
  expect([answer.status, answer.body.toString()]).toEqual([status, body])
  expect((await registry(`${debian}/manifests/12`)).status).toBe(200)
})
