import { expect, test } from 'vitest'
import { isMoreThanReading, readTokenScope, type TokenScope } from '../../src/registries/token-scope.ts'
import { credentialOf, worldAnswering } from './docker-hub-sandbox.ts'

const never = new AbortController().signal

function session(claims: unknown): string {
  return JSON.stringify({ access_token: `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s` })
}

test.each<[string, number, string, TokenScope]>([
  ['the scope of a session', 200, session({ scope: 'repo:admin' }), { state: 'known', scope: 'repo:admin' }],
  [
    'no scope in a session without',
    200,
    session({}),
    { state: 'unknown', why: 'Docker Hub’s API does not tell it' },
  ],
  [
    'no scope that is no text',
    200,
    session({ scope: ['repo:read'] }),
    { state: 'unknown', why: 'Docker Hub’s API does not tell it' },
  ],
  [
    'no scope in an opaque session',
    200,
    '{"access_token":"x"}',
    { state: 'unknown', why: 'Docker Hub’s API does not tell it' },
  ],
  ['no scope in a page', 200, '<html>', { state: 'unknown', why: 'Docker Hub’s API does not tell it' }],
  [
    'no scope in a refusal',
    401,
    '{"detail":"Require secondary authentication on MFA enabled account"}',
    { state: 'unknown', why: 'Docker Hub’s API answered 401' },
  ],
  ['no scope behind a redirect', 302, '', { state: 'unknown', why: 'Docker Hub’s API answered 302' }],
])('reads %s', async (_, status, body, expected) => {
  const world = worldAnswering(() => new Response(body, { status }))
  expect(await readTokenScope(credentialOf(), 'https://hub.example', never, world)).toEqual(expected)
})

test('follows no redirect, which could carry the token to another host', async () => {
  const asked: unknown[] = []
  const world = worldAnswering((url, { method, redirect, body }) => {
    asked.push([method, url.href, redirect, JSON.parse(body as string)])
    return new Response('{}')
  })
  await readTokenScope(credentialOf('mona', 'dckr_pat_x'), 'https://hub.example', never, world)
  expect(asked).toEqual([
    ['POST', 'https://hub.example/v2/auth/token', 'manual', { identifier: 'mona', secret: 'dckr_pat_x' }],
  ])
})

test.each([
  ['repo:public_read', false],
  ['repo:read', false],
  ['repo:write', true],
  ['repo:admin', true],
  ['repo:read repo:write', true],
  ['repo:read,repo:admin', true],
  ['scope-image-pull', false],
])('knows whether %s is more than reading', (scope, more) => {
  expect(isMoreThanReading(scope)).toBe(more)
})
