import { expect, test } from 'vitest'
import { describePullLimit, type PullLimit, readPullLimit } from '../../src/registries/pull-limit.ts'
import { Secret } from '../../src/secret.ts'
import { worldAnswering, worldOf } from './docker-hub-sandbox.ts'

const registry = 'https://registry.example'

test.each<[string, number, Record<string, string>, PullLimit]>([
  [
    'a limit',
    200,
    {
      'ratelimit-limit': '200;w=21600',
      'ratelimit-remaining': '76;w=21600',
      'docker-ratelimit-source': 'mona',
    },
    { state: 'limited', limit: 200, remaining: 76, windowSeconds: 21_600 },
  ],
  [
    'a limit in another case, with another window',
    200,
    { 'RateLimit-Limit': '100;w=3600', 'RateLimit-Remaining': '0;w=3600' },
    { state: 'limited', limit: 100, remaining: 0, windowSeconds: 3600 },
  ],
  [
    'a limit that is reached',
    429,
    { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' },
    { state: 'limited', limit: 100, remaining: 0, windowSeconds: 21_600 },
  ],
  ['no limit', 200, {}, { state: 'unlimited' }],
  ['a refusal', 401, {}, { state: 'unknown', why: 'Docker Hub’s registry answered 401' }],
  ['too many requests', 429, {}, { state: 'unknown', why: 'Docker Hub’s registry answered 429' }],
  [
    'a limit in another form',
    200,
    { 'ratelimit-limit': '200', 'ratelimit-remaining': '76' },
    { state: 'unknown', why: 'Docker Hub’s registry tells it in another form' },
  ],
])('reads %s', async (_, status, headers, expected) => {
  const world = worldAnswering(() => new Response(null, { status, headers }))
  expect(await readPullLimit(new Secret('token'), registry, world)).toEqual(expected)
})

test('asks without counting a pull', async () => {
  const asked: unknown[] = []
  const world = worldAnswering((url, init) => {
    asked.push([init.method, url.href, new Headers(init.headers).get('authorization')])
    return new Response(null)
  })
  await readPullLimit(new Secret('token'), registry, world)
  expect(asked).toEqual([
    ['HEAD', 'https://registry.example/v2/ratelimitpreview/test/manifests/latest', 'Bearer token'],
  ])
})

test('does not know a limit without an answer', async () => {
  const world = worldOf({
    fetch: () => Promise.reject(new TypeError('fetch failed', { cause: new Error('bad port') })),
  })
  expect(await readPullLimit(new Secret('token'), registry, world)).toEqual({
    state: 'unknown',
    why: 'no answer from Docker Hub (https://registry.example): bad port',
  })
})

test.each<[PullLimit, string]>([
  [{ state: 'unlimited' }, 'Docker Hub sets no pull limit for mona'],
  [
    { state: 'limited', limit: 200, remaining: 76, windowSeconds: 21_600 },
    'Docker Hub lets mona pull 200 images in 6 h, and 76 are left',
  ],
  [
    { state: 'limited', limit: 200, remaining: 20, windowSeconds: 3600 },
    'Docker Hub lets mona pull 200 images in 1 h, and only 20 are left',
  ],
  [
    { state: 'limited', limit: 200, remaining: 1, windowSeconds: 90 },
    'Docker Hub lets mona pull 200 images in 90 s, and only 1 is left',
  ],
  [
    { state: 'limited', limit: 100, remaining: 0, windowSeconds: 1800 },
    'Docker Hub lets mona pull 100 images in 30 min, and none is left now: pulls of new images fail with 429',
  ],
  [{ state: 'unknown', why: 'it rained' }, 'the pull limit of mona is unknown: it rained'],
])('says %j in words', (limit, text) => {
  expect(describePullLimit(limit, 'mona')).toBe(text)
})
