import { expect, test } from 'vitest'
import { isMoreThanReading, type HubAccount, readHubAccount } from '../../src/registries/hub-account.ts'
import { credentialOf, worldAnswering } from './docker-hub-sandbox.ts'

const never = new AbortController().signal

function session(claims: unknown): string {
  return JSON.stringify({ access_token: `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s` })
}

const untold: HubAccount = {
  username: undefined,
  scope: { state: 'unknown', why: 'Docker Hub’s API does not tell it' },
}
const refused = (status: number): HubAccount => ({
  username: undefined,
  scope: { state: 'unknown', why: `Docker Hub’s API answered ${status}` },
})

test.each<[string, number, string, HubAccount]>([
  [
    'what a session claims',
    200,
    session({ scope: 'repo:admin', 'https://hub.docker.com': { username: 'mona', uuid: '1' } }),
    { username: 'mona', scope: { state: 'known', scope: 'repo:admin' } },
  ],
  [
    'the scope alone',
    200,
    session({ scope: 'repo:read', 'https://hub.docker.com': null }),
    { username: undefined, scope: { state: 'known', scope: 'repo:read' } },
  ],
  ['nothing in a session that claims nothing', 200, session({}), untold],
  ['no scope that is no text', 200, session({ scope: ['repo:read'] }), untold],
  ['nothing in an opaque session', 200, '{"access_token":"x"}', untold],
  ['nothing in a page', 200, '<html>', untold],
  [
    'nothing in a refusal',
    401,
    '{"detail":"Require secondary authentication on MFA enabled account"}',
    refused(401),
  ],
  ['nothing behind a redirect', 302, '', refused(302)],
])('reads %s', async (_, status, body, expected) => {
  const world = worldAnswering(() => new Response(body, { status }))
  expect(await readHubAccount(credentialOf(), 'https://hub.example', never, world)).toEqual(expected)
})

test('follows no redirect, which could carry the token to another host', async () => {
  const asked: unknown[] = []
  const world = worldAnswering((url, { method, redirect, body }) => {
    asked.push([method, url.href, redirect, JSON.parse(body as string)])
    return new Response('{}')
  })
  await readHubAccount(credentialOf('mona', 'dckr_pat_x'), 'https://hub.example', never, world)
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
