import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { repo, type RunningGitHub, seal, secretsPath, startGitHub, variablesPath } from './running-github.ts'

let running: RunningGitHub

beforeEach(async () => {
  running = await startGitHub()
})

afterEach(() => running.close())

describe('the request', () => {
  test('without a User-Agent is turned away at the edge', async () => {
    const received = await running.send('GET', '/rate_limit', { headers: { 'user-agent': undefined } })
    expect(received.status).toBe(403)
    expect(received.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(received.body).toContain('Please make sure your request has a User-Agent header')
    expect(received.headers['x-ratelimit-limit']).toBeUndefined()
  })

  test.each([undefined, '2022-11-28', '2026-03-10'])('may ask for API version %s', async (version) => {
    const received = await running.send('GET', secretsPath, { headers: { 'x-github-api-version': version } })
    expect(received.status).toBe(200)
    expect(received.headers['x-github-api-version-selected']).toBe(version ?? '2022-11-28')
  })

  test.each(['v3', '1999-01-01', '2030-01-01'])('is refused for asking for version %s', async (version) => {
    const received = await running.send('GET', secretsPath, { headers: { 'x-github-api-version': version } })
    expect(received).toMatchObject({
      status: 400,
      body: {
        message: 'Bad Request',
        errors: `The version you specified in the "X-GitHub-API-Version" request header, "${version}", is not a supported version. The following versions are currently supported: "2026-03-10" (most recent) and "2022-11-28".`,
        status: '400',
      },
    })
  })

  test('gets an id, a date by the sandbox’s clock, and the limits with every answer', async () => {
    for (const path of [secretsPath, '/repos/acme/nope', '/nonsense']) {
      const { headers } = await running.send('GET', path)
      expect(headers).toMatchObject({
        date: 'Mon, 23 Nov 2026 10:00:00 GMT',
        'x-github-media-type': 'github.v3; format=json',
        'x-ratelimit-limit': '5000',
        'x-ratelimit-resource': 'core',
      })
      expect(headers['x-github-request-id']).toMatch(/^[0-9A-F]{16}$/)
    }
  })

  test('by HEAD gets the headers alone', async () => {
    const received = await running.send('HEAD', secretsPath)
    expect([received.status, received.body]).toEqual([200, ''])
    expect(received.headers['x-ratelimit-limit']).toBe('5000')
  })
})

describe('the address', () => {
  test('may be whole, as a proxy is asked, for api.github.localhost', async () => {
    const received = await running.send('GET', 'http://api.github.localhost/repos/acme/widgets')
    expect(received).toMatchObject({
      status: 200,
      body: { url: 'http://api.github.localhost/repos/acme/widgets' },
    })
  })

  test('may be below /api/v3, as on GitHub Enterprise Server', async () => {
    const received = await running.send('GET', '/api/v3/repos/acme/widgets')
    expect(received).toMatchObject({ status: 200, body: { url: `${running.url}/api/v3/repos/acme/widgets` } })
    expect((await running.send('GET', '/api/v3')).status).toBe(200)
    expect(running.log.entries().map(({ operation }) => operation)).toEqual([
      'GET /repos/{owner}/{repo}',
      'GET /',
    ])
  })

  test.each(['http://example.com/repos/acme/widgets', 'https://api.github.com/user'])(
    'of another host is not passed on: %s',
    async (target) => {
      expect((await running.send('GET', target)).status).toBe(502)
    },
  )

  test.each(['/repos/acme/widgets/', '//repos/acme/widgets/x', '/repos/acme/%zz', '/nonsense', '/repos'])(
    'that leads nowhere is 404 or 501, never served: %s',
    async (path) => {
      expect([404, 501]).toContain((await running.send('GET', path)).status)
    },
  )
})

describe('a route that is not built', () => {
  test.each([
    ['GET', '/repos/acme/widgets/issues'],
    ['GET', '/orgs/acme/actions/secrets'],
    ['PUT', '/repos/acme/widgets/environments/prod/secrets/TOKEN'],
    ['POST', secretsPath],
  ])('answers 501 and says which: %s %s', async (method, path) => {
    expect(await running.send(method, path)).toMatchObject({
      status: 501,
      body: { message: `the sandbox does not answer ${method} ${path}`, status: '501' },
    })
  })

  test.each(['/nonsense', '/repos/acme/widgets/nonsense', '/api/v9/user'])(
    'answers 404 where GitHub has none either: %s',
    async (path) => {
      expect(await running.send('GET', path)).toMatchObject({
        status: 404,
        body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
      })
    },
  )
})

describe('pages', () => {
  async function fill(count: number): Promise<void> {
    const key = (await running.send('GET', `${secretsPath}/public-key`)).body as {
      key_id: string
      key: string
    }
    const body = JSON.stringify({ key_id: key.key_id, encrypted_value: seal('x', key.key) })
    for (let index = 0; index < count; index += 1) {
      const name = `NAME_${String(index).padStart(2, '0')}`
      await running.send('PUT', `${secretsPath}/${name}`, { body })
      await running.send('POST', variablesPath, { body: JSON.stringify({ name, value: 'x' }) })
    }
  }

  test.each([
    [secretsPath, 'secrets', '', 30],
    [secretsPath, 'secrets', '?per_page=35', 35],
    [secretsPath, 'secrets', '?per_page=1000', 40],
    [secretsPath, 'secrets', '?per_page=0', 30],
    [secretsPath, 'secrets', '?per_page=many', 30],
    [secretsPath, 'secrets', '?page=2', 10],
    [secretsPath, 'secrets', '?page=3', 0],
    [variablesPath, 'variables', '', 10],
    [variablesPath, 'variables', '?per_page=100', 30],
    [variablesPath, 'variables', '?per_page=30&page=2', 10],
  ])('%s has %s%s: %i entries', async (path, member, query, count) => {
    await fill(40)
    const body = (await running.send('GET', path + query)).body as Record<string, unknown>
    expect(body['total_count']).toBe(40)
    expect(body[member]).toHaveLength(count)
  })

  test('are linked, by the repository’s id', async () => {
    await fill(3)
    const { body } = await running.send('GET', '/repos/acme/widgets')
    const { id } = body as { id: number }
    const at = `${running.url}/repositories/${id}/actions/secrets?per_page=1&page=`
    const link = async (query: string) => (await running.send('GET', secretsPath + query)).headers['link']
    expect(await link('?per_page=1')).toBe(`<${at}2>; rel="next", <${at}3>; rel="last"`)
    expect(await link('?per_page=1&page=2')).toBe(
      `<${at}1>; rel="prev", <${at}3>; rel="next", <${at}3>; rel="last", <${at}1>; rel="first"`,
    )
    expect(await link('?per_page=1&page=3')).toBe(`<${at}2>; rel="prev", <${at}1>; rel="first"`)
    expect(await link('?per_page=3')).toBeUndefined()
  })

  test('are followed through their links', async () => {
    await fill(5)
    const names: string[] = []
    let next: string | undefined = `${secretsPath}?per_page=2`
    while (next !== undefined) {
      const received = await running.send('GET', next)
      const { secrets } = received.body as { secrets: { name: string }[] }
      names.push(...secrets.map(({ name }) => name))
      const link: string = [received.headers['link'] ?? ''].flat().join()
      const [, target] = /<([^>]+)>; rel="next"/.exec(link) ?? []
      next = target?.slice(running.url.length)
    }
    expect(names).toEqual(['NAME_00', 'NAME_01', 'NAME_02', 'NAME_03', 'NAME_04'])
  })
})

describe('the primary rate limit', () => {
  const rate = async (headers = {}) => {
    const { body } = await running.send('GET', '/rate_limit', { headers })
    return (
      body as { resources: { core: { limit: number; used: number; remaining: number; reset: number } } }
    ).resources.core
  }

  test('counts requests, but not those for itself', async () => {
    const reset = Date.parse('2026-11-23T11:00:00Z') / 1000
    await running.send('GET', secretsPath)
    expect(await rate()).toEqual({ limit: 5000, used: 1, remaining: 4999, reset })
    expect(await rate()).toEqual({ limit: 5000, used: 1, remaining: 4999, reset })
  })

  test('is 60 an hour for nobody, then 403 until the hour is over', async () => {
    const headers = { authorization: undefined }
    for (let index = 0; index < 60; index += 1) await running.send('GET', '/', { headers })
    const refused = await running.send('GET', '/', { headers })
    expect(refused.status).toBe(403)
    expect(refused.headers['x-ratelimit-remaining']).toBe('0')
    expect(refused.body).toMatchObject({ status: '403' })
    expect(await rate(headers)).toMatchObject({ limit: 60, used: 60, remaining: 0 })
    expect((await running.send('GET', '/')).status).toBe(200)

    running.clock.advance(3_600_000)
    expect((await running.send('GET', '/', { headers })).status).toBe(200)
  })

  test('has no top-level rate in the newer version', async () => {
    const of = async (version: string) =>
      Object.keys(
        (await running.send('GET', '/rate_limit', { headers: { 'x-github-api-version': version } }))
          .body as object,
      )
    expect(await of('2022-11-28')).toEqual(['resources', 'rate'])
    expect(await of('2026-03-10')).toEqual(['resources'])
  })
})

describe('what gh asks besides', () => {
  test('the login of gh auth status is answered', async () => {
    const body = JSON.stringify({ query: 'query UserCurrent{viewer{login}}' })
    for (const path of ['/graphql', '/api/graphql']) {
      expect(await running.send('POST', path, { body })).toMatchObject({
        status: 200,
        body: { data: { viewer: { login: 'sandbox' } } },
      })
    }
    expect(running.log.entries().map(({ mutating }) => mutating)).toEqual([false, false])
  })

  test('another GraphQL query is 501', async () => {
    const body = JSON.stringify({ query: 'query { viewer { login email } }' })
    expect((await running.send('POST', '/graphql', { body })).status).toBe(501)
  })
})

test('the log names operations by their templates and knows which ones write', async () => {
  await running.octokit().request('GET /repos/{owner}/{repo}/actions/secrets', repo)
  await running.send('PUT', `${secretsPath}/TOKEN`)
  await running.send('GET', '/repositories/1/actions/variables/NAME')
  expect(
    running.log.entries().map(({ operation, status, mutating }) => [operation, status, mutating]),
  ).toEqual([
    ['GET /repos/{owner}/{repo}/actions/secrets', 200, false],
    ['PUT /repos/{owner}/{repo}/actions/secrets/{name}', 422, true],
    ['GET /repositories/{id}/actions/variables/{name}', 404, false],
  ])
})
