import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commonFaults } from '../../../src/sandbox/fault.ts'
import { type RunningGitHub, secretsPath, startGitHub } from './running-github.ts'

let running: RunningGitHub

beforeEach(async () => {
  running = await startGitHub()
})

afterEach(() => running.close())

const now = Date.parse('2026-11-23T10:00:00Z') / 1000

describe('a fault in GitHub’s own words', () => {
  test.each([
    [{ kind: 'throttle' }, 429, /secondary rate limit/, { 'retry-after': '1' }],
    [{ kind: 'throttle', retryAfter: 7 }, 429, /secondary rate limit/, { 'retry-after': '7' }],
    [{ kind: 'secondary-limit' }, 403, /secondary rate limit/, { 'retry-after': '60' }],
    [
      { kind: 'secondary-limit', status: 429, retryAfter: 2 },
      429,
      /secondary rate limit/,
      { 'retry-after': '2' },
    ],
    [
      { kind: 'primary-limit' },
      403,
      /^API rate limit exceeded/,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-used': '5000', 'x-ratelimit-reset': String(now + 60) },
    ],
    [
      { kind: 'primary-limit', resetSeconds: 5 },
      403,
      /^API rate limit exceeded/,
      { 'x-ratelimit-reset': String(now + 5) },
    ],
    [
      { kind: 'deny' },
      403,
      /^Resource not accessible by personal access token$/,
      { 'x-accepted-github-permissions': 'secrets=read' },
    ],
    [
      { kind: 'sso' },
      403,
      /^Resource protected by organization SAML enforcement/,
      { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=AAAAAAAA' },
    ],
    [{ kind: 'retired-version' }, 410, /no longer supported/, {}],
    [{ kind: 'error' }, 500, /^Server Error$/, {}],
    [{ kind: 'error', status: 503 }, 503, /^Service Unavailable$/, {}],
  ])('%j', async (fault, status, message, headers) => {
    running.fault(fault)
    const received = await running.send('GET', secretsPath)
    expect(received).toMatchObject({ status, headers, body: { status: String(status) } })
    expect((received.body as { message: string }).message).toMatch(message)
    expect(received.headers).toHaveProperty('x-ratelimit-limit', '5000')
    expect((await running.send('GET', secretsPath)).status).toBe(200)
  })

  test.each([
    ['app', {}, 'Resource not accessible by integration'],
    ['classic', { scopes: ['repo'] }, 'Must have admin rights to Repository.'],
  ])('denies an %s token in its terms', async (kind, seed, message) => {
    running.gitHub.seeds['/github/tokens']?.({ token: 'x', kind, ...seed })
    running.fault({ kind: 'deny' })
    const received = await running.send('GET', secretsPath, { headers: { authorization: 'token x' } })
    expect(received).toMatchObject({ status: 403, body: { message } })
  })
})

test('a secondary limit may not say when to come back', async () => {
  running.fault({ kind: 'secondary-limit', retryAfter: null })
  const { status, headers } = await running.send('GET', secretsPath)
  expect([status, headers['retry-after']]).toEqual([403, undefined])
})

test('a refused write changes nothing', async () => {
  for (const kind of commonFaults.filter((kind) => !['lost', 'delay', 'hang', 'reset'].includes(kind))) {
    running.fault({ kind })
    const received = await running.send('POST', '/repos/acme/widgets/actions/variables', {
      body: '{"name":"A","value":"x"}',
    })
    expect(received.status).toBeGreaterThanOrEqual(400)
  }
  expect(running.gitHub.state()).toEqual({ 'acme/widgets': { secrets: {}, variables: {} } })
})

test('a lost write was done', async () => {
  running.fault({ kind: 'lost' })
  const lost = running.send('POST', '/repos/acme/widgets/actions/variables', {
    body: '{"name":"A","value":"x"}',
  })
  await expect(lost).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(running.gitHub.state()).toMatchObject({ 'acme/widgets': { variables: { A: { value: 'x' } } } })
})

test('a fault for one operation leaves the others alone', async () => {
  running.fault({ kind: 'error' }, 'PUT /repos/{owner}/{repo}/actions/secrets/{name}')
  expect((await running.send('GET', secretsPath)).status).toBe(200)
  expect((await running.send('PUT', `${secretsPath}/TOKEN`)).status).toBe(500)
})
