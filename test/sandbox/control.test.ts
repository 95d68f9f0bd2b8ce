import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox()
})

afterEach(() => sandbox.close())

interface Answered {
  readonly status: number
  readonly body: unknown
}

async function call(method: string, path: string, body?: unknown): Promise<Answered> {
  const response = await fetch(sandbox.control + path, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const done = { status: 200, body: {} }
const env = (name: string) => sandbox.env[name] ?? ''

/** One harmless request of each service that listens. */
const services = {
  sts: () =>
    aws(
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Action=GetCallerIdentity&Version=2011-06-15',
    ),
  secretsmanager: () => aws({ 'x-amz-target': 'secretsmanager.ListSecrets' }, '{}'),
  ecr: () => aws({ 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeRepositories' }, '{}'),
  'ecr-registry': () => fetch(`http://${env('PULLTHROUGH_ECR_REGISTRY')}/v2/`),
  iam: () =>
    aws({ 'content-type': 'application/x-www-form-urlencoded' }, 'Action=ListRoles&Version=2010-05-08'),
  github: () =>
    fetch(`${env('GITHUB_API_URL')}/repos/acme/widgets`, {
      headers: { authorization: `Bearer ${env('GH_TOKEN')}` },
    }),
  'docker-auth': () => fetch(`${env('DOCKER_AUTH_URL')}/token?service=registry.docker.io`),
  'docker-registry': () => fetch(`${env('DOCKER_REGISTRY_URL')}/v2/`),
  'docker-hub': () => fetch(`${env('DOCKER_HUB_URL')}/v2/auth/token`, { method: 'POST', body: '{}' }),
} as const

type Served = keyof typeof services
const served = Object.keys(services) as Served[]

function aws(headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(env('AWS_ENDPOINT_URL'), { method: 'POST', headers, body })
}

async function loggedRequests(): Promise<readonly Record<string, unknown>[]> {
  const { body } = await call('GET', '/requests')
  return body as Record<string, unknown>[]
}

describe('a sandbox', () => {
  test('listens on loopback alone and says where', () => {
    const urls = Object.entries({ control: sandbox.control, ...sandbox.env }).filter(([, value]) =>
      value.startsWith('http'),
    )
    expect(urls.map(([name]) => name).sort()).toEqual([
      'AWS_ENDPOINT_URL',
      'DOCKER_AUTH_URL',
      'DOCKER_HUB_URL',
      'DOCKER_REGISTRY_URL',
      'GITHUB_API_URL',
      'PULLTHROUGH_GH_PROXY',
      'control',
    ])
    for (const [, url] of urls) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(env('PULLTHROUGH_GH_PROXY')).toBe(env('GITHUB_API_URL'))
    expect(Object.keys(sandbox.env)).not.toContain('HTTP_PROXY')
  })

  test('lets the registry point to the token server', async () => {
    const { headers } = await services['docker-registry']()
    expect(headers.get('www-authenticate')).toBe(
      `Bearer realm="${env('DOCKER_AUTH_URL')}/token",service="registry.docker.io"`,
    )
  })

  test('does not start on a port that is taken, and leaves the others free', async () => {
    const port = Number(new URL(sandbox.control).port)
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('is gone after it was closed', async () => {
    const other = await startSandbox()
    await other.close()
    await expect(fetch(`${other.control}/state`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  })
})

describe('GET /state', () => {
  const account = {
    username: 'sandbox',
    token: 'dckr_pat_sandbox_0123456789abcdefghi',
    scope: 'repo:public_read',
    plan: 'personal',
    state: 'active',
    logins: 0,
    pulls: 0,
  }
  const fresh = {
    aws: { '123456789012': { 'us-east-1': { secrets: [], rules: [], templates: [], repositories: [] } } },
    github: { 'acme/widgets': { secrets: {}, variables: {} } },
    dockerHub: { accounts: [account], anonymousPulls: 0 },
  }

  test('shows everything, opened', async () => {
    expect(await call('GET', '/state')).toEqual({ status: 200, body: fresh })
  })

  test('is as it was after POST /reset, faults, log and clock included', async () => {
    await createVariable()
    await call('POST', '/docker-hub/accounts', { username: 'other', token: 'x' })
    await call('POST', '/github/repositories', { fullName: 'acme/other' })
    await call('POST', '/faults', { service: '*', operation: '*', times: 'always', fault: { kind: 'error' } })
    await call('POST', '/clock', { now: '2030-01-01T00:00:00Z' })
    expect(await call('POST', '/reset')).toEqual(done)
    expect((await call('GET', '/state')).body).toEqual(fresh)
    expect(await loggedRequests()).toEqual([])
    const { status, headers } = await services.github()
    expect(status).toBe(200)
    expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(60_000)
  })
})

function createVariable(): Promise<Response> {
  return fetch(`${env('GITHUB_API_URL')}/repos/acme/widgets/actions/variables`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env('GH_TOKEN')}` },
    body: '{"name":"A","value":"x"}',
  })
}

describe('GET /requests', () => {
  test('tells every request in order, with what it was and how it went', async () => {
    await services.github()
    await services['docker-auth']()
    await createVariable()
    const entries = await loggedRequests()
    expect(entries).toEqual([
      entry('github', 'GET /repos/{owner}/{repo}', 200, false),
      entry('docker-auth', 'GET /token', 200, false),
      entry('github', 'POST /repos/{owner}/{repo}/actions/variables', 201, true),
    ])
  })

  function entry(service: string, operation: string, status: number, mutating: boolean) {
    return {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      ms: expect.any(Number) as number,
      service,
      operation,
      status,
      mutating,
    }
  }

  test.each(served)('knows a request of %s', async (service) => {
    await services[service]()
    expect(await loggedRequests()).toMatchObject([{ service, mutating: false }])
  })

  test('forgets them on DELETE', async () => {
    await services.github()
    expect(await call('DELETE', '/requests')).toEqual(done)
    expect(await loggedRequests()).toEqual([])
  })
})

/** Let the next request of a service meet a fault. */
function fault(service: string, kind: string, rest: object = {}): Promise<Answered> {
  return call('POST', '/faults', { service, operation: '*', times: 1, fault: { kind, ...rest } })
}

describe.each(served)('a fault of %s', (service) => {
  const request = services[service]

  test.each(['throttle', 'deny', 'error'])('%s is answered in its own words', async (kind) => {
    expect(await fault(service, kind)).toEqual(done)
    const response = await request()
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.headers.get('content-type')).not.toContain('html')
    expect(await loggedRequests()).toMatchObject([{ service, status: response.status }])
  })

  test('error has the status that was asked for', async () => {
    await fault(service, 'error', { status: 503 })
    expect((await request()).status).toBe(503)
  })

  test('html is a page of somebody else', async () => {
    await fault(service, 'html', { status: 502 })
    const response = await request()
    expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html'])
    expect(await response.text()).toContain('<html>')
  })

  test.each(['reset', 'lost'])('%s cuts the connection', async (kind) => {
    await fault(service, kind)
    await expect(request()).rejects.toThrow('fetch failed')
    expect(await loggedRequests()).toMatchObject([{ service, status: 0 }])
  })

  test('delay answers late', async () => {
    await fault(service, 'delay', { ms: 60 })
    await request()
    const [entry] = await loggedRequests()
    expect(entry?.['ms']).toBeGreaterThanOrEqual(59)
  })
})

describe('POST /faults', () => {
  test('hang gives no answer at all', async () => {
    await fault('github', 'hang')
    const signal = AbortSignal.timeout(100)
    const response = fetch(`${env('GITHUB_API_URL')}/`, { signal })
    await expect(response).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(await loggedRequests()).toMatchObject([{ service: 'github', status: 0 }])
  })

  test('reset comes before the effect, lost after it', async () => {
    const variables = async () => {
      const { body } = await call('GET', '/state')
      return (body as { github: Record<string, { variables: object }> }).github['acme/widgets']?.variables
    }
    await fault('github', 'reset')
    await expect(createVariable()).rejects.toThrow('fetch failed')
    expect(await variables()).toEqual({})
    await fault('github', 'lost')
    await expect(createVariable()).rejects.toThrow('fetch failed')
    expect(await variables()).toMatchObject({ A: { value: 'x' } })
  })

  test('is used up after its times, and skips first if asked', async () => {
    await call('POST', '/faults', {
      service: '*',
      operation: '*',
      times: 2,
      skip: 1,
      fault: { kind: 'error' },
    })
    const statuses = []
    for (let index = 0; index < 4; index += 1) statuses.push((await services.github()).status)
    expect(statuses).toEqual([200, 500, 500, 200])
  })

  test('waits for its operation', async () => {
    const operation = 'POST /repos/{owner}/{repo}/actions/variables'
    await call('POST', '/faults', { service: 'github', operation, times: 'always', fault: { kind: 'sso' } })
    expect((await services.github()).status).toBe(200)
    expect((await createVariable()).status).toBe(403)
    expect((await createVariable()).status).toBe(403)
  })

  test('ends with DELETE /faults', async () => {
    await call('POST', '/faults', { service: '*', operation: '*', times: 'always', fault: { kind: 'error' } })
    expect(await call('DELETE', '/faults')).toEqual(done)
    expect((await services.github()).status).toBe(200)
  })

  test.each<[string, readonly string[]]>([
    ['github', ['primary-limit', 'secondary-limit', 'sso', 'retired-version', 'secret-lag', 'rotated-key']],
    ['docker-auth', ['pat-required']],
    ['docker-registry', ['pull-limit']],
  ])('knows the kinds that only %s has', async (service, kinds) => {
    for (const kind of kinds) {
      expect(await fault(service, kind)).toEqual(done)
      expect((await fault('iam', kind)).status).toBe(400)
    }
  })

  const valid = { service: 'github', operation: '*', times: 1, fault: { kind: 'error' } }

  test.each<[unknown, RegExp]>([
    ['{', /^the body must be JSON$/],
    [[], /^the body must be a JSON object$/],
    [{ ...valid, service: 'gitlab' }, /^"service" must be "\*" or one of sts, /],
    [{ ...valid, operation: '' }, /^"operation" must be a name or "\*"$/],
    [{ ...valid, times: 0 }, /^"times" must be a positive integer or "always"$/],
    [{ ...valid, skip: -1 }, /^"skip" must be/],
    [{ ...valid, fault: 'error' }, /^"fault" must have a "kind"$/],
    [{ ...valid, fault: { kind: 'pull-limit' } }, /^"kind" must be one of throttle, .*, rotated-key$/],
    [{ ...valid, fault: { kind: 'delay' } }, /^a delay needs "ms"$/],
    [{ ...valid, service: 'ecr', fault: { kind: 'reads-as' } }, /^reads-as needs "role", the ARN of a role$/],
    [
      { ...valid, fault: { kind: 'error', status: 200 } },
      /^"status" must be an HTTP status from 400 to 599$/,
    ],
  ])('refuses %j', async (body, reason) => {
    expect(await call('POST', '/faults', body)).toEqual({
      status: 400,
      body: { error: expect.stringMatching(reason) as string },
    })
  })
})

describe('POST /clock', () => {
  const dateOf = async () => (await services.github()).headers.get('date')

  test('sets the time that the services go by', async () => {
    const { status, body } = await call('POST', '/clock', { now: '2027-02-03T04:05:06.000Z' })
    expect([status, body]).toEqual([200, { now: expect.stringMatching(/^2027-02-03T04:0/) as string }])
    expect(await dateOf()).toMatch(/^Wed, 03 Feb 2027 04:0/)
  })

  test('advances it', async () => {
    await call('POST', '/clock', { now: '2027-02-03T04:05:06.000Z' })
    await call('POST', '/clock', { advanceMs: 86_400_000 })
    expect(await dateOf()).toMatch(/^Thu, 04 Feb 2027 04:0/)
  })

  test.each([{}, { now: 'tomorrow' }, { advanceMs: '5' }, { advanceMs: 5, now: '2027-02-03T04:05:06Z' }, []])(
    'refuses %j',
    async (body) => {
      expect(await call('POST', '/clock', body)).toEqual({
        status: 400,
        body: { error: 'the body must be {"advanceMs":N} or {"now":"an ISO 8601 moment"}' },
      })
    },
  )
})

describe('what tests add', () => {
  test('an account can log in at once', async () => {
    const account = {
      username: 'other',
      token: 'dckr_pat_x',
      scope: 'repo:write',
      plan: 'pro',
      state: 'active',
    }
    expect(await call('POST', '/docker-hub/accounts', account)).toEqual(done)
    const response = await fetch(`${env('DOCKER_AUTH_URL')}/token?service=registry.docker.io`, {
      headers: { authorization: `Basic ${Buffer.from('other:dckr_pat_x').toString('base64')}` },
    })
    expect(response.status).toBe(200)
    expect((await call('GET', '/state')).body).toMatchObject({
      dockerHub: { accounts: [{ username: 'sandbox' }, { ...account, logins: 1, pulls: 0 }] },
    })
  })

  test('a repository and a token for it work at once', async () => {
    await call('POST', '/github/repositories', { fullName: 'acme/other', private: true })
    expect(
      await call('POST', '/github/tokens', { token: 'ghp_x', kind: 'classic', scopes: ['repo'] }),
    ).toEqual(done)
    const url = `${env('GITHUB_API_URL')}/repos/acme/other/actions/secrets`
    expect((await fetch(url, { headers: { authorization: 'token ghp_x' } })).status).toBe(200)
    expect((await fetch(url, { headers: { authorization: `token ${env('GH_TOKEN')}` } })).status).toBe(404)
  })

  test('an AWS identity is taken', async () => {
    const identity = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'x'.repeat(40),
      arn: 'arn:aws:iam::123456789012:user/other',
      policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
    }
    expect(await call('POST', '/aws/identities', identity)).toEqual(done)
  })

  test("a repository and ECR's role are taken", async () => {
    const repository = { repositoryName: 'docker-hub/library/debian', imageTags: ['12'] }
    expect(await call('POST', '/aws/repositories', repository)).toEqual(done)
    expect(sandbox.state().aws['123456789012']?.['us-east-1']?.repositories).toMatchObject([
      { repositoryName: 'docker-hub/library/debian', images: [{ imageTags: ['12'] }] },
    ])
    expect(await call('POST', '/aws/service-linked-roles', { present: false })).toEqual(done)
  })

  test.each([
    ['/docker-hub/accounts', { username: 'X' }, /^"username" must be a Docker ID/],
    ['/docker-hub/images', { repository: 'a/b' }, /^"tags" must be a list of tags$/],
    ['/github/repositories', { fullName: 'x' }, /^"fullName" must be OWNER\/NAME$/],
    ['/github/tokens', { token: 'x' }, /^"kind" must be/],
    ['/github/tokens', 'not JSON', /^the body must be JSON$/],
    ['/aws/identities', {}, /accessKeyId/],
    ['/aws/repositories', {}, /^"repositoryName" must be the name of a repository$/],
    ['/aws/service-linked-roles', {}, /^"present" must be true or false$/],
  ])('POST %s refuses %j with the reason', async (path, body, reason) => {
    expect(await call('POST', path, body)).toEqual({
      status: 400,
      body: { error: expect.stringMatching(reason) as string },
    })
  })
})

test.each([
  ['GET', '/nonsense'],
  ['POST', '/state'],
  ['PUT', '/faults'],
])('there is no %s %s, and the answer says what there is', async (method, path) => {
  const { status, body } = await call(method, path)
  expect(status).toBe(404)
  expect(body).toEqual({
    error: `there is no control call ${method} ${path}`,
    calls: [
      'GET /state',
      'GET /requests',
      'DELETE /requests',
      'POST /faults',
      'DELETE /faults',
      'POST /clock',
      'POST /reset',
      'POST /aws/identities',
      'POST /aws/repositories',
      'POST /aws/service-linked-roles',
      'POST /github/repositories',
      'POST /github/tokens',
      'POST /docker-hub/accounts',
      'POST /docker-hub/images',
    ],
  })
})
