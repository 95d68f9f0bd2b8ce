import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test } from 'vitest'
import { noAnswerFrom, parseBaseUrl, timedFetch } from '../src/http.ts'
import type { World } from '../src/world.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function world(differing: Partial<World> = {}): World {
  return {
    env: {},
    cwd: '/',
    fetch: globalThis.fetch,
    now: () => new Date(),
    signal: new AbortController().signal,
    timeoutMs: 200,
    note: () => undefined,
    ...differing,
  }
}

describe('parseBaseUrl', () => {
  test.each([
    ['https://auth.docker.io', 'https://auth.docker.io'],
    ['https://ghe.example.com/api/v3/', 'https://ghe.example.com/api/v3'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://api.github.localhost', 'http://api.github.localhost'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('takes %s', (text, url) => {
    expect(parseBaseUrl('SOME_URL', text)).toBe(url)
  })

  test.each([
    ['docker.io', 'SOME_URL is not an http or https URL: docker.io'],
    ['ftp://docker.io', 'SOME_URL is not an http or https URL: ftp://docker.io'],
    ['http://docker.io', 'SOME_URL would send credentials over plain http: http://docker.io'],
    [
      'http://127.0.0.1.example.com',
      'SOME_URL would send credentials over plain http: http://127.0.0.1.example.com',
    ],
    [
      'http://localhost.example.com',
      'SOME_URL would send credentials over plain http: http://localhost.example.com',
    ],
    ['https://user:canary@docker.io', 'SOME_URL must not carry a user name or password'],
    ['ftp://user:canary@docker.io', 'SOME_URL must not carry a user name or password'],
  ])('refuses %s', (text, message) => {
    expect(() => parseBaseUrl('SOME_URL', text)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message }),
    )
  })
})

describe('timedFetch', () => {
  test('gives an answer as it is', async () => {
    const url = await serve((_request, response) => response.writeHead(201, { 'x-a': 'b' }).end('text'))
    const response = await timedFetch(world())(url)
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([201, 'b', 'text'])
  })

  test.each([204, 304])('takes a %d for an answer without a body', async (status) => {
    const url = await serve((_request, response) => response.writeHead(status).end())
    expect((await timedFetch(world())(url)).status).toBe(status)
  })

  test('gives up on a server that does not answer, even while garbage is collected', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const url = await serve(() => undefined)
    const given = timedFetch(world())(url)
    const collecting = setInterval(collect, 10)
    await expect(given).rejects.toMatchObject({ name: 'TimeoutError' })
    clearInterval(collecting)
  })

  test('gives up on a body that does not end', async () => {
    const url = await serve((_request, response) => void response.writeHead(200).write('begun'))
    await expect(timedFetch(world())(url)).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('gives up when the user interrupts, and does not begin after that', async () => {
    const interruption = new AbortController()
    const url = await serve(() => {
      interruption.abort()
    })
    const fetch = timedFetch(world({ signal: interruption.signal, timeoutMs: 60_000 }))
    await expect(fetch(url)).rejects.toMatchObject({ name: 'AbortError' })
    await expect(fetch(url)).rejects.toMatchObject({ name: 'AbortError' })
  })
})

test.each([
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'connection refused'],
  [Object.assign(new Error('x'), { name: 'TimeoutError', code: 'ECONNRESET' }), 'connection reset'],
  [Object.assign(new Error('x'), { name: 'TimeoutError' }), 'timed out after 0.2 s'],
  [
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) }),
    'host name not found',
  ],
  [new TypeError('fetch failed', { cause: new Error('something new') }), 'something new'],
])('says why there is no answer: %s', (error, why) => {
  expect(noAnswerFrom('GitHub', error, world())).toMatchObject({
    code: 'ERR_UNREACHABLE',
    message: `no answer from GitHub: ${why}`,
  })
})
