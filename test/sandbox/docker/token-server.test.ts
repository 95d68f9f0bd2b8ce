import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  basic,
  claimsOf,
  previewPull,
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
const accessOf = (body: unknown) => claimsOf((body as { token: string }).token)['access']

describe('a token for nobody', () => {
  test('lasts five minutes and says what may be pulled, and how much', async () => {
    const { status, body, headers } = await running.token()
    const token = (body as { token: string }).token
    expect([status, headers['content-type']]).toEqual([200, 'application/json'])
    expect(headers['date']).toBe('Mon, 23 Nov 2026 10:00:00 GMT')
    expect(body).toEqual({
      token,
      access_token: token,
      expires_in: 300,
      issued_at: expect.stringMatching(/^2026-11-23T10:00:00\.\d{9}Z$/) as string,
    })
    expect(claimsOf(token)).toEqual({
      access: [
        {
          type: 'repository',
          name: 'ratelimitpreview/test',
          actions: ['pull'],
          parameters: { pull_limit: '100', pull_limit_interval: '21600' },
        },
      ],
      aud: 'registry.docker.io',
      exp: now + 300,
      iat: now,
      iss: 'auth.docker.io',
      jti: expect.stringMatching(/^dckr_jti_.{27}=$/) as string,
      nbf: now - 300,
      sub: '',
    })
  })

  test.each<[string, readonly string[], unknown]>([
    ['nothing', [], []],
    ['one that does not exist', ['repository:acme/secret:pull'], []],
    ['more than pull', ['repository:ratelimitpreview/test:pull,push'], [['ratelimitpreview/test', ['pull']]]],
    ['a catalog', ['registry:catalog:*'], []],
    [
      'several',
      ['repository:acme/secret:pull', previewPull, 'repository(plugin):x/y:pull'],
      [['ratelimitpreview/test', ['pull']]],
    ],
    ['several in one', [`repository:acme/secret:pull ${previewPull}`], [['ratelimitpreview/test', ['pull']]]],
  ])('gives only what nobody has: asked for %s', async (_, scopes, expected) => {
    const { status, body } = await running.token({ scopes })
    const access = accessOf(body) as { name: string; actions: string[] }[]
    expect([status, access.map(({ name, actions }) => [name, actions])]).toEqual([200, expected])
  })

  test('counts as no login', async () => {
    await running.token()
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ logins: 0 }], anonymousPulls: 0 })
  })
})

describe('a token for a user', () => {
  test('names him and his limit, and counts as a login', async () => {
    const { body } = await running.token({ credentials: seeded })
    const claims = claimsOf((body as { token: string }).token)
    expect(claims['sub']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(claims['access']).toMatchObject([
      { actions: ['pull'], parameters: { pull_limit: '200', pull_limit_interval: '21600' } },
    ])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ username: 'sandbox', logins: 1 }] })
  })

  test.each(['pro', 'team', 'business'])('has no limit in it on the plan %s', async (plan) => {
    running.account({ username: 'paid', token: 'dckr_pat_x', plan })
    const { body } = await running.token({ credentials: { username: 'paid', password: 'dckr_pat_x' } })
    expect(accessOf(body)).toEqual([{ type: 'repository', name: 'ratelimitpreview/test', actions: ['pull'] }])
  })

  test('can be asked for with a form', async () => {
    const ask = (form: Record<string, string>) =>
      receive(`${running.authUrl}/token`, { method: 'POST', body: new URLSearchParams(form) })
    const form = {
      grant_type: 'password',
      service: 'registry.docker.io',
      client_id: 'test',
      scope: previewPull,
      ...seeded,
    }
    const granted = await ask(form)
    expect([granted.status, accessOf(granted.body)]).toMatchObject([200, [{ actions: ['pull'] }]])
    expect((await ask({ ...form, password: 'wrong' })).status).toBe(401)
    expect((await ask({ ...form, grant_type: 'refresh_token' })).status).toBe(501)
  })
})

const texts = {
  incorrect: 'incorrect username or password',
  expired: 'personal access token is expired',
  insufficient: 'access token has insufficient scopes',
}

describe('a login fails with 401', () => {
  test.each([
    ['a wrong token', { ...seeded, password: 'dckr_pat_wrong' }],
    ['another user', { ...seeded, username: 'somebody' }],
    ['an e-mail address', { ...seeded, username: 'sandbox@example.com' }],
    ['no token', { ...seeded, password: '' }],
    ['a trailing line feed', { ...seeded, password: `${seeded.password}\n` }],
  ])('for %s', async (_, credentials) => {
    expect(await running.token({ credentials })).toMatchObject({
      status: 401,
      body: { details: texts.incorrect },
    })
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ logins: 0 }] })
  })

  test.each([
    ['expired', texts.expired],
    ['revoked', texts.incorrect],
    ['disabled', texts.incorrect],
  ])('for a token that is %s, even for what everybody may pull', async (state, details) => {
    running.account({ username: 'sandbox', token: seeded.password, state })
    const { status, body } = await running.token({ credentials: seeded })
    expect([status, body]).toEqual([401, { details }])
    expect((await running.token()).status).toBe(200)

    running.account({ username: 'sandbox', token: seeded.password, state: 'active' })
    expect((await running.token({ credentials: seeded })).status).toBe(200)
  })

  test.each([
    ['Basic', 'not base64!'],
    ['Basic', Buffer.from('no colon').toString('base64')],
    ['Bearer', 'dckr_pat_x'],
  ])('for a header that is no login: %s %s', async (scheme, rest) => {
    const headers = { authorization: `${scheme} ${rest}` }
    const url = `${running.authUrl}/token?service=registry.docker.io`
    expect(await receive(url, { headers })).toMatchObject({ status: 401, body: { details: texts.incorrect } })
  })

  test('when the account must use a token and did not', async () => {
    running.fault('docker-auth', { kind: 'pat-required' })
    expect(await running.token({ credentials: { ...seeded, password: 'hunter2' } })).toMatchObject({
      status: 401,
      body: {
        details:
          'your account must log in with a Personal Access Token (PAT) - learn more at docs.docker.com/go/access-tokens',
      },
    })
  })
})

describe('more than the scope of the token', () => {
  const own = (actions: string) => `repository:sandbox/image:${actions}`

  test.each([
    ['cloud-sandboxes', 'pull', 401],
    ['repo:public_read', 'pull', 200],
    ['repo:public_read', 'pull,push', 401],
    ['repo:read', 'pull', 200],
    ['repo:read', 'push', 401],
    ['repo:write', 'pull,push', 200],
    ['repo:write', 'delete', 401],
    ['repo:write', '*', 401],
    ['repo:admin', 'pull,push,delete', 200],
    ['repo:admin', '*', 200],
  ])('is refused: %s asks for %s', async (scope, actions, status) => {
    running.account({ username: 'sandbox', token: seeded.password, scope })
    const received = await running.token({ credentials: seeded, scopes: [previewPull, own(actions)] })
    expect(received.status).toBe(status)
    if (status === 401) expect(received.body).toEqual({ details: texts.insufficient })
  })

  test('unlike what the user does not have, which is left out', async () => {
    running.account({ username: 'sandbox', token: seeded.password, scope: 'repo:write' })
    const scopes = ['repository:ratelimitpreview/test:pull,push', 'repository:other/image:push', own('push')]
    const { body } = await running.token({ credentials: seeded, scopes })
    const access = accessOf(body) as { name: string; actions: string[] }[]
    expect(access.map(({ name, actions }) => [name, actions])).toEqual([
      ['ratelimitpreview/test', ['pull']],
      ['sandbox/image', ['push']],
    ])
  })
})

describe('a request that is wrong', () => {
  test.each([
    ['', 'unknown service: '],
    ['registry.example.com', 'unknown service: registry.example.com'],
  ])('for the service %j', async (service, details) => {
    expect(await running.token({ service })).toMatchObject({ status: 400, body: { details } })
  })

  test.each(['ratelimitpreview/test', 'repository:x', 'repository:x:', 'Repository:x/y:pull'])(
    'for the scope %j',
    async (scope) => {
      expect(await running.token({ scopes: [scope] })).toMatchObject({
        status: 400,
        body: { details: `invalid scope: ${scope}` },
      })
    },
  )

  test('for another path or method', async () => {
    expect((await receive(`${running.authUrl}/v2/token`)).status).toBe(404)
    expect((await receive(`${running.authUrl}/token`, { method: 'DELETE' })).status).toBe(405)
  })
})

describe('faults', () => {
  test.each([
    [{ kind: 'throttle' }, 429, 'Too Many Requests\n'],
    [{ kind: 'deny' }, 403, { details: 'access denied' }],
    [{ kind: 'error' }, 500, { details: 'internal server error' }],
    [{ kind: 'error', status: 503 }, 503, { details: 'service unavailable' }],
  ])('%j', async (fault, status, body) => {
    running.fault('docker-auth', fault)
    const received = await running.token({ credentials: seeded })
    expect([received.status, received.body]).toEqual([status, body])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ logins: 0 }] })
  })
})

describe('accounts', () => {
  test('hold several tokens of one user, each with its own scope and state', async () => {
    const second = 'dckr_pat_second'
    running.account({ username: 'sandbox', token: second, scope: 'repo:read', plan: 'pro', state: 'active' })
    await running.token({ credentials: { username: 'sandbox', password: second } })
    running.account({ username: 'sandbox', token: seeded.password, state: 'revoked' })
    const counts = { pulls: 0 }
    expect(running.dockerHub.state()).toEqual({
      accounts: [
        {
          username: 'sandbox',
          token: seeded.password,
          scope: 'repo:public_read',
          plan: 'pro',
          state: 'revoked',
          logins: 0,
          ...counts,
        },
        {
          username: 'sandbox',
          token: second,
          scope: 'repo:read',
          plan: 'pro',
          state: 'active',
          logins: 1,
          ...counts,
        },
      ],
      anonymousPulls: 0,
    })
  })

  test.each<[unknown, string]>([
    [null, 'the body must be a JSON object'],
    [{ token: 'x' }, '"username" must be a Docker ID: lower-case letters, digits and separators'],
    [
      { username: 'a@b.c', token: 'x' },
      '"username" must be a Docker ID: lower-case letters, digits and separators',
    ],
    [{ username: 'sandbox' }, '"token" must be a string'],
    [
      { username: 'sandbox', token: 'x', scope: 'all' },
      '"scope" must be one of cloud-sandboxes, repo:public_read, repo:read, repo:write, repo:admin',
    ],
    [
      { username: 'sandbox', token: 'x', plan: 'free' },
      '"plan" must be one of personal, pro, team, business',
    ],
    [
      { username: 'sandbox', token: 'x', state: 'gone' },
      '"state" must be one of active, disabled, expired, revoked',
    ],
    [{ username: 'sandbox', token: 'x', pullsLeft: -1 }, '"pullsLeft" must be a whole number, not negative'],
  ])('refuse %j', (body, message) => {
    expect(() => {
      running.account(body)
    }).toThrow(new TypeError(message))
  })

  test('start over with the seeded one', async () => {
    await running.token({ credentials: seeded })
    running.account({ username: 'other', token: 'x' })
    running.dockerHub.reset()
    expect(running.dockerHub.state()).toEqual({
      accounts: [
        {
          username: 'sandbox',
          token: seeded.password,
          scope: 'repo:public_read',
          plan: 'personal',
          state: 'active',
          logins: 0,
          pulls: 0,
        },
      ],
      anonymousPulls: 0,
    })
  })
})

test('no login is a write', async () => {
  await running.token({ credentials: seeded })
  await receive(`${running.authUrl}/token`, { method: 'POST', headers: { authorization: basic(seeded) } })
  expect(
    running.log.entries().map(({ service, operation, mutating }) => [service, operation, mutating]),
  ).toEqual([
    ['docker-auth', 'GET /token', false],
    ['docker-auth', 'POST /token', false],
  ])
})
