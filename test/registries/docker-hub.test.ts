import { expect, test } from 'vitest'
import { PullthroughError } from '../../src/errors.ts'
import { dockerHubUrls, proveDockerHub } from '../../src/registries/docker-hub.ts'
import type { Fault } from '../../src/sandbox/fault.ts'
import type { ServiceName } from '../../src/sandbox/service-name.ts'
import { tracesOf } from '../traces.ts'
import {
  credentialOf,
  rejectionOf,
  seededToken,
  startDockerHub,
  worldAnswering,
  worldOf,
} from './docker-hub-sandbox.ts'

test('knows Docker Hub’s addresses, and takes others from the environment', () => {
  expect(dockerHubUrls({ DOCKER_AUTH_URL: '' })).toEqual({
    auth: 'https://auth.docker.io',
    registry: 'https://registry-1.docker.io',
    hub: 'https://hub.docker.com',
  })
  expect(
    dockerHubUrls({
      DOCKER_AUTH_URL: 'http://127.0.0.1:1/',
      DOCKER_REGISTRY_URL: 'http://localhost:2',
      DOCKER_HUB_URL: 'https://hub.example/mirror/',
    }),
  ).toEqual({ auth: 'http://127.0.0.1:1', registry: 'http://localhost:2', hub: 'https://hub.example/mirror' })
})

test.each(['DOCKER_AUTH_URL', 'DOCKER_REGISTRY_URL', 'DOCKER_HUB_URL'])(
  'sends nothing over plain http to %s',
  (name) => {
    expect(() => dockerHubUrls({ [name]: 'http://docker.example' })).toThrow(
      expect.objectContaining({
        code: 'ERR_USAGE',
        message: `${name} would send credentials over plain http: http://docker.example`,
      }),
    )
  },
)

test('proves a credential without counting a pull', async () => {
  const { prove, requests, pulls } = await startDockerHub()
  const { limits, ...proof } = await prove()
  expect(proof).toEqual({
    summary: 'Docker Hub accepts sandbox (scope repo:public_read)',
    warnings: [],
  })
  expect(await limits()).toBe('Docker Hub lets sandbox pull 200 images in 6 h, and 200 are left')
  expect(requests().sort()).toEqual([
    'docker-auth GET /token 200',
    'docker-hub POST /v2/auth/token 200',
    'docker-registry HEAD /v2/{name}/manifests/{reference} 200',
  ])
  expect(pulls()).toBe(0)
})

test.each([
  [{ plan: 'pro' }, 'Docker Hub sets no pull limit for mona'],
  [{ plan: 'personal', pullsLeft: 7 }, 'Docker Hub lets mona pull 200 images in 6 h, and only 7 are left'],
  [
    { plan: 'personal', pullsLeft: 0 },
    'Docker Hub lets mona pull 200 images in 6 h, and none is left now: pulls of new images fail with 429',
  ],
])('tells the pull limit of an account %j', async (account, text) => {
  const { prove, seed } = await startDockerHub()
  seed({ username: 'mona', token: 'dckr_pat_mona', ...account })
  const { limits } = await prove(credentialOf('mona', 'dckr_pat_mona'))
  expect(await limits()).toBe(text)
})

test.each([
  ['repo:read', []],
  [
    'repo:write',
    [
      'the Docker Hub token may do more than pull: its scope is repo:write, and ECR needs repo:public_read, or repo:read for private images',
    ],
  ],
  [
    'repo:admin',
    [
      'the Docker Hub token may do more than pull: its scope is repo:admin, and ECR needs repo:public_read, or repo:read for private images',
    ],
  ],
])('warns of a token with the scope %s as it deserves', async (scope, warnings) => {
  const { prove, seed } = await startDockerHub()
  seed({ username: 'mona', token: 'dckr_pat_mona', scope })
  expect(await prove(credentialOf('mona', 'dckr_pat_mona'))).toMatchObject({
    summary: `Docker Hub accepts mona (scope ${scope})`,
    warnings,
  })
})

test('warns of what looks like a password', async () => {
  const { prove, seed } = await startDockerHub()
  seed({ username: 'mona', token: 'hunter2-hunter2' })
  expect(await prove(credentialOf('mona', 'hunter2-hunter2'))).toMatchObject({
    warnings: [
      'the Docker Hub token looks like a password: a personal access token with read access is safer',
    ],
  })
})

test.each([
  ['expired', /the token has expired/],
  ['revoked', /incorrect username or password/],
  ['disabled', /incorrect username or password/],
])('refuses a token that is %s', async (state, message) => {
  const { prove, seed, requests } = await startDockerHub()
  seed({ username: 'sandbox', token: seededToken, state })
  await expect(prove()).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_REFUSED',
    message: expect.stringMatching(message) as string,
  })
  // Neither tried again, nor followed by a question about limits.
  expect(requests().filter((request) => !request.startsWith('docker-hub'))).toEqual([
    'docker-auth GET /token 401',
  ])
})

test('refuses a password where the account must use a token', async () => {
  const { prove, fail } = await startDockerHub()
  fail('docker-auth', { kind: 'pat-required' })
  await expect(prove()).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_REFUSED',
    message:
      'Docker Hub refuses the login of sandbox: the account takes no password here, since SSO or two-factor authentication is enforced',
  })
})

test('sends any character of a token as it is', async () => {
  const token = 'p:ä"\\ $(true) 密码'
  const { prove, seed } = await startDockerHub()
  seed({ username: 'mona', token })
  expect((await prove(credentialOf('mona', token))).summary).toBe(
    'Docker Hub accepts mona (scope repo:public_read)',
  )
})

const outage =
  'check the network and https://www.dockerstatus.com, and run it again; in an outage, pullthrough sync --skip-proof writes without this login'

test.each<[string, Fault, string, RegExp, number]>([
  [
    'denies',
    { kind: 'deny' },
    'ERR_UNEXPECTED_ANSWER',
    /answered the login with 403 \(application\/json\)$/,
    1,
  ],
  [
    'fails',
    { kind: 'error', status: 500 },
    'ERR_UNEXPECTED_ANSWER',
    /answered the login with 500 \(application\/json\)$/,
    3,
  ],
  [
    'is bad',
    { kind: 'error', status: 400 },
    'ERR_UNEXPECTED_ANSWER',
    /answered the login with 400 \(application\/json\)$/,
    1,
  ],
  [
    'answers 502 in HTML',
    { kind: 'html', status: 502 },
    'ERR_UNEXPECTED_ANSWER',
    /answered the login with 502 \(text\/html\)$/,
    3,
  ],
  [
    'answers 403 in HTML',
    { kind: 'html', status: 403 },
    'ERR_UNEXPECTED_ANSWER',
    /answered the login with 403 \(text\/html\)$/,
    1,
  ],
  [
    'cuts the connection',
    { kind: 'reset' },
    'ERR_UNREACHABLE',
    /^no answer from Docker Hub \(http:.*\): connection (reset|closed)$/,
    3,
  ],
  [
    'loses its answer',
    { kind: 'lost' },
    'ERR_UNREACHABLE',
    /^no answer from Docker Hub \(http:.*\): connection (reset|closed)$/,
    3,
  ],
  [
    'hangs',
    { kind: 'hang' },
    'ERR_UNREACHABLE',
    /^no answer from Docker Hub \(http:.*\): timed out after 1 s$/,
    3,
  ],
])(
  'tells when the login %s, and does not call the credential bad',
  async (_, fault, code, message, attempts) => {
    const { prove, fail, requests } = await startDockerHub(patience(fault))
    fail('docker-auth', fault, 'always')
    const error = await rejectionOf(prove())
    // To write without the login is no answer to a strange answer, only to none.
    const hint = attempts === 3 ? outage : 'check DOCKER_AUTH_URL and any proxy'
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string, hint })
    expect(tracesOf(error)).not.toContain(seededToken)
    expect(requests().filter((request) => request.startsWith('docker-auth'))).toHaveLength(attempts)
  },
)

test('tells of a credential that no login can carry', async () => {
  const { prove } = await startDockerHub()
  const token = 'CANARY'.repeat(5000)
  const error = await rejectionOf(prove(credentialOf('sandbox', token)))
  expect(error).toMatchObject({
    code: 'ERR_CREDENTIAL_REFUSED',
    message: 'Docker Hub refuses the login of sandbox: the credential is too large for a login (431)',
    hint: 'check what the source holds: Docker Hub’s own tokens have 36 characters',
  })
  expect(tracesOf(error)).not.toContain('CANARY')
})

test('does not call a mistake of ours silence of Docker Hub’s', async () => {
  const mistake = new TypeError('x is not a function')
  const world = worldOf({ fetch: () => Promise.reject(mistake) })
  await expect(proveDockerHub(credentialOf(), dockerHubUrls({}), world)).rejects.toBe(mistake)
})

test('tells when Docker Hub limits logins', async () => {
  const { prove, fail, requests } = await startDockerHub()
  fail('docker-auth', { kind: 'throttle' }, 'always')
  await expect(prove()).rejects.toMatchObject({
    code: 'ERR_RATE_LIMITED',
    message: 'Docker Hub refuses more logins for now',
    hint: 'run it again in a few minutes',
  })
  expect(requests().filter((request) => request.startsWith('docker-auth'))).toHaveLength(1)
})

test.each<[string, Record<string, string>, string]>([
  ['seconds', { 'retry-after': '90', date: 'Mon, 23 Nov 2026 09:00:00 GMT' }, '2026-11-23T09:01:30Z'],
  ['seconds, without a date', { 'retry-after': '90' }, '2026-11-23T10:01:30Z'],
  ['a Unix time', { 'retry-after': '1795428000' }, '2026-11-23T10:00:00Z'],
  ['a Unix time in the old header', { 'x-retry-after': '1795428000' }, '2026-11-23T10:00:00Z'],
])('reads when the limit ends from %s', async (_, headers, moment) => {
  const world = worldAnswering(() => new Response('Too Many Requests', { status: 429, headers }))
  await expect(proveDockerHub(credentialOf(), dockerHubUrls({}), world)).rejects.toMatchObject({
    code: 'ERR_RATE_LIMITED',
    message: `Docker Hub refuses more logins until ${moment}`,
    hint: `run it again after ${moment}`,
  })
})

const jwt = (claims: unknown) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`

test.each<[string, Response, string, string]>([
  [
    'a page in place of a token',
    new Response('<html>'),
    'ERR_UNEXPECTED_ANSWER',
    'answered the login with 200 (text/plain)',
  ],
  [
    'JSON without a token',
    Response.json({}),
    'ERR_UNEXPECTED_ANSWER',
    'answered the login with 200 (application/json)',
  ],
  [
    'an empty token',
    Response.json({ token: '' }),
    'ERR_UNEXPECTED_ANSWER',
    'answered the login with 200 (application/json)',
  ],
  ...['dckr_jti_CANARY\nx', 'dckr_jti_CANARY x', 'dckr_jti_CANARYü', '\u0000'].map(
    (token): [string, Response, string, string] => [
      `a token that no header can carry, ${JSON.stringify(token)}`,
      Response.json({ token }),
      'ERR_UNEXPECTED_ANSWER',
      'answered the login with 200 (application/json)',
    ],
  ),
  [
    'a redirect',
    new Response(null, { status: 302 }),
    'ERR_UNEXPECTED_ANSWER',
    'answered the login with 302 (no content type)',
  ],
  [
    'an anonymous token',
    Response.json({ token: jwt({ sub: '' }) }),
    'ERR_CREDENTIAL_REFUSED',
    'took the login of sandbox for an anonymous one',
  ],
])('does not take %s for a proof', async (_, answer, code, text) => {
  const world = worldAnswering((url) => (url.hostname === 'auth.docker.io' ? answer : new Response('{}')))
  const error = await rejectionOf(proveDockerHub(credentialOf(), dockerHubUrls({}), world))
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) as string })
  expect(tracesOf(error)).not.toContain('CANARY')
})

test.each([
  ['an opaque token', { token: 'opaque' }],
  ['a token under its other name', { access_token: jwt({ sub: 'x' }) }],
])('takes %s for a proof', async (_, body) => {
  const world = worldAnswering((url) => Response.json(url.hostname === 'auth.docker.io' ? body : {}))
  expect((await proveDockerHub(credentialOf(), dockerHubUrls({}), world)).summary).toBe(
    'Docker Hub accepts sandbox (scope unknown: Docker Hub’s API does not tell it)',
  )
})

test.each<[ServiceName, Fault]>(
  (['docker-hub', 'docker-registry'] as const).flatMap((service) =>
    [
      { kind: 'throttle' },
      { kind: 'deny' },
      { kind: 'error', status: 503 },
      { kind: 'html', status: 502 },
      { kind: 'reset' },
      { kind: 'lost' },
      { kind: 'hang' },
    ].map((fault): [ServiceName, Fault] => [service, fault]),
  ),
)('proves the credential though %s has the fault %j', async (service, fault) => {
  const { prove, fail } = await startDockerHub(patience(fault))
  fail(service, fault, 'always')
  const { limits, ...proof } = await prove()
  expect(proof.warnings).toEqual([])
  expect(proof.summary).toMatch(
    service === 'docker-hub'
      ? /^Docker Hub accepts sandbox \(scope unknown: /
      : /^Docker Hub accepts sandbox \(scope repo:public_read\)$/,
  )
  expect(await limits()).toMatch(
    service === 'docker-hub' ? /and 200 are left$/ : /^the pull limit of sandbox is unknown: /,
  )
  expect(tracesOf(proof, await limits())).not.toContain(seededToken)
})

/** Only what hangs is to meet the time-out, however busy the machine is. */
function patience({ kind }: Fault) {
  return { timeoutMs: kind === 'hang' ? 1000 : 10_000 }
}

test('waits neither for the pull limit nor long for the scope', async () => {
  // Far longer than this test may take.
  const { prove, fail } = await startDockerHub({ timeoutMs: 600_000 })
  fail('docker-registry', { kind: 'hang' }, 'always')
  fail('docker-hub', { kind: 'hang' }, 'always')
  expect((await prove()).summary).toBe(
    'Docker Hub accepts sandbox (scope unknown: Docker Hub’s API was too slow to tell)',
  )
})

test('proves the credential where one login is lost', async () => {
  const { prove, fail, requests } = await startDockerHub()
  fail('docker-auth', { kind: 'reset' })
  expect((await prove()).summary).toBe('Docker Hub accepts sandbox (scope repo:public_read)')
  expect(requests().filter((request) => request.startsWith('docker-auth'))).toHaveLength(2)
})

test('stops at once when the user interrupts, and asks no more', async () => {
  const interruption = new AbortController()
  const { prove, fail, requests } = await startDockerHub({ signal: interruption.signal })
  fail('docker-auth', { kind: 'hang' }, 'always')
  const proving = prove()
  interruption.abort()
  await expect(proving).rejects.toMatchObject({ code: 'ERR_INTERRUPTED', message: 'interrupted' })
  expect(requests().length).toBeLessThanOrEqual(2)
})

test('shows nothing of the credential, whatever Docker Hub answers', async () => {
  for (const status of [200, 302, 400, 401, 403, 404, 429, 501]) {
    // A debugging proxy at its worst: it answers with what it got.
    const echo = worldAnswering((_, init) => {
      const text = JSON.stringify({ headers: [...new Headers(init.headers)], body: init.body })
      return new Response(JSON.stringify({ details: text, token: { text } }), {
        status,
        headers: { 'content-type': 'application/json' },
      })
    })
    const error = await rejectionOf(proveDockerHub(credentialOf(), dockerHubUrls({}), echo))
    expect(error).toBeInstanceOf(PullthroughError)
    expect(tracesOf(error)).not.toContain(seededToken)
    expect(tracesOf(error)).not.toContain(Buffer.from(`sandbox:${seededToken}`).toString('base64'))
  }
})

test('sends the credential to nobody but the two services that check it', async () => {
  const seen: string[] = []
  const { urls } = await startDockerHub()
  const world = worldOf({
    fetch: (input, init) => {
      const sent = `${JSON.stringify([...new Headers(init?.headers)])} ${JSON.stringify(init?.body)}`
      const basic = Buffer.from(`sandbox:${seededToken}`).toString('base64')
      if (sent.includes(seededToken) || sent.includes(basic)) seen.push(new URL(input).origin)
      return fetch(input, init)
    },
  })
  await (await proveDockerHub(credentialOf(), urls, world)).limits()
  expect(seen.sort()).toEqual([urls.auth, urls.hub].sort())
})
