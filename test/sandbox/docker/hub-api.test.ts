import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  claimsOf,
  type Received,
  receive,
  type RunningDockerHub,
  seeded,
  startDockerHub,
} from './running-docker-hub.ts'

let running: RunningDockerHub

beforeEach(async () => {
  running = await startDockerHub()
})

afterEach(() => running.close())

const now = Date.parse('2026-11-23T10:00:00Z') / 1000

function post(path: string, body: unknown): Promise<Received> {
  return receive(running.hubUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

const login = { identifier: seeded.username, secret: seeded.password }

async function session(): Promise<string> {
  const { body } = await post('/v2/auth/token', login)
  return (body as { access_token: string }).access_token
}

describe('logging in', () => {
  test('gives a token for ten minutes that tells its scope and whose it is', async () => {
    running.account({ username: 'sandbox', token: seeded.password, scope: 'repo:admin' })
    const { status, body } = await post('/v2/auth/token', login)
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as string
    expect([status, Object.keys(body as object)]).toEqual([200, ['access_token']])
    expect(claimsOf((body as { access_token: string }).access_token)).toEqual({
      aud: 'https://hub.docker.com',
      exp: now + 600,
      'https://hub.docker.com': {
        email: 'sandbox@example.com',
        roles: [],
        session_id: uuid,
        source: expect.stringMatching(/^docker_pat\|[0-9a-f-]{36}$/) as string,
        username: 'sandbox',
        uuid,
      },
      iat: now,
      iss: 'https://api.docker.com/',
      jti: uuid,
      scope: 'repo:admin',
      sub: uuid,
    })
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ logins: 1, pulls: 0 }] })
  })

  test.each(['/v2/users/login', '/v2/users/login/'])('works the old way, at %s', async (path) => {
    const { status, body } = await post(path, { username: seeded.username, password: seeded.password })
    expect([status, Object.keys(body as object)]).toEqual([200, ['token']])
  })

  test.each([
    ['a wrong secret', { ...login, secret: 'wrong' }],
    ['an e-mail address', { ...login, identifier: 'sandbox@example.com' }],
  ])('fails with 401 for %s', async (_, body) => {
    expect(await post('/v2/auth/token', body)).toMatchObject({
      status: 401,
      body: { detail: 'Incorrect authentication credentials' },
    })
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ logins: 0 }] })
  })

  test.each(['expired', 'revoked', 'disabled'])('fails with 401 for a token that is %s', async (state) => {
    running.account({ username: 'sandbox', token: seeded.password, state })
    expect(await post('/v2/auth/token', login)).toMatchObject({
      status: 401,
      body: { detail: 'Incorrect authentication credentials' },
    })
  })

  test.each<[unknown, readonly string[]]>([
    [{ identifier: 'sandbox' }, ['secret']],
    [{ identifier: '', secret: 7 }, ['identifier', 'secret']],
    ['{', []],
    [[], []],
  ])('fails with 400 for %j', async (body, fields) => {
    const received = await post('/v2/auth/token', body)
    expect(received.status).toBe(400)
    expect(Object.keys((received.body as { fields: object }).fields)).toEqual(fields)
  })
})

describe('managing tokens', () => {
  const ask = (method: string, path: string, authorization?: string) =>
    receive(running.hubUrl + path, { method, ...(authorization && { headers: { authorization } }) })

  test.each([
    ['GET', '/v2/access-tokens'],
    ['GET', '/v2/access-tokens?page_size=1'],
    ['POST', '/v2/access-tokens'],
    ['PATCH', '/v2/access-tokens/a7a5ef25-8889-43a0-8cc7-f2a94268e861'],
    ['DELETE', '/v2/access-tokens/a7a5ef25-8889-43a0-8cc7-f2a94268e861'],
  ])('is forbidden to a session made with a token: %s %s', async (method, path) => {
    for (const scheme of ['Bearer', 'JWT']) {
      expect(await ask(method, path, `${scheme} ${await session()}`)).toMatchObject({
        status: 403,
        body: { message: 'token issued from personal access token is not allowed', errinfo: {} },
      })
    }
  })

  test('is 401 without a session, with the token itself, and with a session that is over', async () => {
    const over = `Bearer ${await session()}`
    running.clock.advance(601_000)
    for (const authorization of [
      undefined,
      `Bearer ${seeded.password}`,
      over,
      await running.bearer(seeded),
    ]) {
      expect(await ask('GET', '/v2/access-tokens', authorization)).toMatchObject({
        status: 401,
        body: { message: 'unauthorized', errinfo: {} },
      })
    }
  })
})

describe('the API’s own limit', () => {
  test('is told with every answer', async () => {
    const { headers } = await post('/v2/auth/token', login)
    expect(headers).toMatchObject({
      'x-ratelimit-limit': '180',
      'x-ratelimit-remaining': '179',
      'x-ratelimit-reset': String(now + 60),
      date: 'Mon, 23 Nov 2026 10:00:00 GMT',
    })
  })

  test('refuses what is too much for a minute', async () => {
    for (let count = 0; count < 180; count += 1) await post('/v2/auth/token', {})
    running.clock.advance(20_000)
    expect(await post('/v2/auth/token', login)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '40', 'x-ratelimit-remaining': '0' },
      body: { detail: 'Rate limit exceeded', error: false },
    })
    running.clock.advance(40_000)
    expect((await post('/v2/auth/token', login)).status).toBe(200)
  })
})

describe('faults', () => {
  test.each([
    [{ kind: 'throttle' }, 429, { detail: 'Rate limit exceeded', error: false }],
    [{ kind: 'deny' }, 403, { message: 'forbidden', errinfo: {} }],
    [{ kind: 'error' }, 500, { message: 'internal server error', errinfo: {} }],
    [{ kind: 'error', status: 502 }, 502, { message: 'bad gateway', errinfo: {} }],
  ])('%j', async (fault, status, body) => {
    running.fault('docker-hub', fault)
    const received = await post('/v2/auth/token', login)
    expect([received.status, received.body]).toEqual([status, body])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ logins: 0 }] })
  })

  test('a throttle says when to come back', async () => {
    running.fault('docker-hub', { kind: 'throttle', retryAfter: 5 })
    expect((await post('/v2/auth/token', login)).headers['retry-after']).toBe('5')
  })
})

test('what is not built answers 501', async () => {
  const received = await receive(`${running.hubUrl}/v2/namespaces/sandbox/repositories`)
  expect(received).toMatchObject({
    status: 501,
    body: { message: 'the sandbox does not answer GET /v2/namespaces/sandbox/repositories' },
  })
})

test('the log tells logins from writes', async () => {
  await post('/v2/auth/token', login)
  await post('/v2/users/login/', {})
  await receive(`${running.hubUrl}/v2/access-tokens/x`, { method: 'PATCH' })
  expect(running.log.entries().map(({ operation, mutating }) => [operation, mutating])).toEqual([
    ['POST /v2/auth/token', false],
    ['POST /v2/users/login', false],
    ['PATCH /v2/access-tokens/{uuid}', true],
  ])
})
