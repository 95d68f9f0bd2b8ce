import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Desired } from '../../src/destinations/destination.ts'
import { PullthroughError } from '../../src/errors.ts'
import type { Fault } from '../../src/sandbox/fault.ts'
import { Secret } from '../../src/secret.ts'
import { tracesOf } from '../traces.ts'
import {
  canary,
  desired,
  otherDesired,
  rejectionOf,
  startGitHub,
  syncOnce,
} from '../github/github-sandbox.ts'

const reads = [
  'GET /repos/{owner}/{repo}',
  'GET /repos/{owner}/{repo}/actions/secrets',
  'GET /repos/{owner}/{repo}/actions/secrets/public-key',
  'GET /repos/{owner}/{repo}/actions/variables/{name}',
] as const
const [readRepository, listSecrets, readKey, readVariable] = reads
const putSecret = 'PUT /repos/{owner}/{repo}/actions/secrets/{name}'
const createVariable = 'POST /repos/{owner}/{repo}/actions/variables'
const updateVariable = 'PATCH /repos/{owner}/{repo}/actions/variables/{name}'
const operations = [...reads, putSecret, createVariable, updateVariable]

function recordIn(held: Record<string, string>): unknown {
  return JSON.parse(held['DOCKER_HUB_CREDENTIALS_SYNC'] ?? 'null')
}

test('writes the pair and the record, and nothing the second time', async () => {
  const { destination, holds, requests, writes, clock, forgetRequests } = await startGitHub()
  clock.set(new Date('2026-11-23T10:00:00.500Z'))
  await syncOnce(destination)
  expect(holds()).toEqual({
    DOCKER_HUB_USERNAME: 'sandbox',
    DOCKER_HUB_TOKEN: canary,
    DOCKER_HUB_CREDENTIALS_SYNC: expect.any(String) as string,
  })
  expect(recordIn(holds())).toEqual({
    version: desired.version,
    updatedAt: {
      DOCKER_HUB_USERNAME: expect.stringMatching(/^2026-11-23T10:00:0\dZ$/) as string,
      DOCKER_HUB_TOKEN: expect.stringMatching(/^2026-11-23T10:00:0\dZ$/) as string,
    },
  })
  expect(requests().slice(4)).toEqual([
    `${putSecret} 201`,
    `${putSecret} 201`,
    `${readVariable} 404`,
    `${listSecrets} 200`,
    `${createVariable} 201`,
  ])
  expect(writes()).toBe(3)

  forgetRequests()
  const again = await syncOnce(destination)
  expect(again.map(({ change }) => change.action)).toEqual(['keep', 'keep', 'keep'])
  expect(requests().sort()).toEqual(
    [`${readRepository} 200`, `${listSecrets} 200`, `${readKey} 200`, `${readVariable} 200`].sort(),
  )
  expect(writes()).toBe(3)
})

test('replaces the pair when the credential changes, and goes back', async () => {
  const { destination, holds, writes } = await startGitHub()
  await syncOnce(destination)
  await syncOnce(destination, otherDesired)
  expect(holds()).toMatchObject({ DOCKER_HUB_TOKEN: `${canary}-2` })
  expect(recordIn(holds())).toMatchObject({ version: otherDesired.version })
  await syncOnce(destination)
  expect(holds()).toMatchObject({ DOCKER_HUB_TOKEN: canary })
  expect(writes()).toBe(9)
})

test('notices a secret that another hand wrote', async () => {
  const { destination, open, clock, holds } = await startGitHub()
  await syncOnce(destination)
  clock.advance(5000)
  // Another tool writes the token alone.
  const [, change] = open().plan(otherDesired, await open().observe())
  for (const call of change?.calls ?? []) await destination.perform(call, otherDesired)
  clock.advance(5000)
  const done = await syncOnce(destination)
  expect(done.map(({ change }) => [change.action, change.because])).toEqual([
    ['update', 'DOCKER_HUB_TOKEN changed at GitHub since the last sync, a half-written pair'],
    ['update', 'DOCKER_HUB_TOKEN changed at GitHub since the last sync, a half-written pair'],
    ['update', 'it records what was written'],
  ])
  expect(holds()).toMatchObject({ DOCKER_HUB_TOKEN: canary })
})

test('answers for a repository on GitHub Enterprise Server', async () => {
  const { open, url, holds } = await startGitHub()
  await syncOnce(open({ apiUrl: `${url}/api/v3` }))
  expect(holds()).toMatchObject({ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: canary })
})

test('follows a renamed repository, warns, and writes under the new name', async () => {
  const { open, seed, holds, requests } = await startGitHub()
  seed('/github/repositories', { fullName: 'acme/widgets', renamedTo: 'acme/gears' })
  seed('/github/tokens', {
    token: 'github_pat_all',
    kind: 'fine-grained',
    permissions: { secrets: 'write', variables: 'write' },
  })
  const destination = open({ token: new Secret('github_pat_all') })
  const done = await syncOnce(destination)
  expect(done[0]?.change.warnings).toEqual(['acme/widgets is now called acme/gears: use the new name'])
  expect(done.map(({ change }) => change.target)).toEqual([
    'acme/gears DOCKER_HUB_USERNAME',
    'acme/gears DOCKER_HUB_TOKEN',
    'acme/gears DOCKER_HUB_CREDENTIALS_SYNC',
  ])
  expect(holds('acme/gears')).toMatchObject({ DOCKER_HUB_TOKEN: canary })
  expect(requests().filter((request) => request.startsWith('PUT'))).toEqual([
    `${putSecret} 201`,
    `${putSecret} 201`,
  ])
  expect((await syncOnce(destination)).map(({ change }) => change.action)).toEqual(['keep', 'keep', 'keep'])
})

test('does not carry the token to another host', async () => {
  const seen: (string | undefined)[] = []
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response
      .writeHead(401, { 'content-type': 'application/json' })
      .end('{"message":"Requires authentication"}')
  })
  const here = createServer((_, response) => {
    response.writeHead(301, { location: `http://127.0.0.1:${portOf(elsewhere)}/repositories/1` }).end()
  })
  for (const server of [elsewhere, here]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.close()
    })
  }
  const { open } = await startGitHub()
  const destination = open({ apiUrl: `http://127.0.0.1:${portOf(here)}` })
  await expect(destination.observe()).rejects.toMatchObject({ code: 'ERR_UNAUTHENTICATED' })
  expect(seen).toEqual([undefined, undefined, undefined, undefined])
})

function portOf(server: ReturnType<typeof createServer>): number {
  return (server.address() as AddressInfo).port
}

test('refuses to write to an archived repository, without a request', async () => {
  const { destination, seed, writes } = await startGitHub()
  seed('/github/repositories', { fullName: 'acme/widgets', archived: true })
  await expect(syncOnce(destination)).rejects.toMatchObject({ code: 'ERR_STATE' })
  expect(writes()).toBe(0)
})

test('seals anew, once, when GitHub has replaced its key', async () => {
  const { destination, holds, fail, requests } = await startGitHub()
  fail(putSecret, { kind: 'rotated-key' })
  await syncOnce(destination)
  expect(holds()).toMatchObject({ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: canary })
  expect(requests().slice(4)).toEqual([
    `${putSecret} 422`,
    `${readKey} 200`,
    `${putSecret} 201`,
    `${putSecret} 422`,
    `${readKey} 200`,
    `${putSecret} 201`,
    `${readVariable} 404`,
    `${listSecrets} 200`,
    `${createVariable} 201`,
  ])
})

test('gives up after a second refusal of the box', async () => {
  const { destination, fail } = await startGitHub()
  fail(putSecret, { kind: 'rotated-key' }, 'always')
  await expect(syncOnce(destination)).rejects.toMatchObject({
    code: 'ERR_UNEXPECTED_ANSWER',
    message:
      'GitHub will not write DOCKER_HUB_USERNAME of acme/widgets: 422, Bad request - validation failed due to an improperly encrypted secret',
  })
})

test.each([
  ['new', false],
  ['changed', true],
])('waits until GitHub lists a pair that is %s', async (_, isThere) => {
  const { destination, fail, holds, writes, clock, requests } = await startGitHub()
  if (isThere) await syncOnce(destination, otherDesired)
  clock.advance(10_000)
  const changes = destination.plan(desired, await destination.observe())
  const seen = requests().length
  fail(listSecrets, { kind: 'secret-lag' }, 2)
  for (const call of changes.flatMap(({ calls }) => calls)) await destination.perform(call, desired)
  expect(
    requests()
      .slice(seen)
      .filter((request) => request === `${listSecrets} 200`),
  ).toHaveLength(3)
  expect(recordIn(holds())).toMatchObject({ version: desired.version })

  const before = writes()
  await syncOnce(destination)
  expect(writes()).toBe(before)
})

test('does not wait for ever, and says that the pair is written but not recorded', async () => {
  const { destination, fail, holds, mend } = await startGitHub()
  const calls = destination.plan(desired, await destination.observe()).flatMap((change) => change.calls)
  fail(listSecrets, { kind: 'secret-lag' }, 'always')
  const [username, token, record] = calls
  if (!username || !token || !record) throw new Error('nothing is planned')
  await destination.perform(username, desired)
  await destination.perform(token, desired)
  await expect(destination.perform(record, desired)).rejects.toMatchObject({
    code: 'ERR_UNEXPECTED_ANSWER',
    message:
      'GitHub does not list the new secrets yet; the pair is written but not recorded, so the next sync writes it again',
    hint: 'run it again in a minute',
  })
  mend()
  await syncOnce(destination)
  expect(recordIn(holds())).toMatchObject({ version: desired.version })
})

test.each([
  ['a repository that is not there', { repository: { owner: 'acme', name: 'nothing' } }, 'ERR_DENIED'],
  ['a token that GitHub does not know', { token: new Secret('ghp_unknown') }, 'ERR_UNAUTHENTICATED'],
])('tells of %s', async (_, options, code) => {
  const { destination } = await startGitHub(options)
  await expect(destination.observe()).rejects.toMatchObject({ code })
})

test.each<[string, Record<string, unknown>, string]>([
  [
    'a fine-grained token for another repository',
    { kind: 'fine-grained', permissions: { secrets: 'write' }, repositories: ['acme/other'] },
    'the token from GH_TOKEN may not see acme/widgets, or acme/widgets does not exist (GitHub answered 404 Not Found; needed permissions: metadata=read)',
  ],
  [
    'a fine-grained token without the permission',
    { kind: 'fine-grained', permissions: {} },
    'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403 Resource not accessible by personal access token; needed permissions: secrets=read)',
  ],
  [
    'the token of a workflow',
    { kind: 'app', permissions: { contents: 'write' } },
    'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403 Resource not accessible by integration; needed permissions: secrets=read)',
  ],
  [
    'a classic token without the scope',
    { kind: 'classic', scopes: ['gist'] },
    'the token from GH_TOKEN may not see acme/widgets, or acme/widgets does not exist (GitHub answered 404 Not Found; the token’s scopes: gist; needed scopes: repo)',
  ],
])('explains what %s lacks', async (_, token, message) => {
  const { seed, open, writes } = await startGitHub()
  seed('/github/tokens', { token: 'a-token', ...token })
  await expect(syncOnce(open({ token: new Secret('a-token') }))).rejects.toMatchObject({
    code: 'ERR_DENIED',
    message,
  })
  expect(writes()).toBe(0)
})

test('explains a token that may read secrets, but not write them', async () => {
  const { seed, open, holds } = await startGitHub()
  seed('/github/tokens', {
    token: 'a-token',
    kind: 'fine-grained',
    permissions: { secrets: 'read', variables: 'write' },
  })
  await expect(syncOnce(open({ token: new Secret('a-token') }))).rejects.toMatchObject({
    code: 'ERR_DENIED',
    message:
      'the token from GH_TOKEN may not write DOCKER_HUB_USERNAME of acme/widgets (GitHub answered 403 Resource not accessible by personal access token; needed permissions: secrets=write)',
  })
  expect(holds()).toEqual({})
})

test('without permission for variables, writes the pair on every sync and touches no variable', async () => {
  const { seed, open, holds, requests, writes, forgetRequests } = await startGitHub()
  seed('/github/tokens', { token: 'a-token', kind: 'fine-grained', permissions: { secrets: 'write' } })
  const destination = open({ token: new Secret('a-token') })
  await syncOnce(destination)
  forgetRequests()
  const done = await syncOnce(destination)
  expect(done.map(({ change }) => change.action)).toEqual(['update', 'update'])
  expect(holds()).toEqual({ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: canary })
  expect(requests().slice(4)).toEqual([`${putSecret} 204`, `${putSecret} 204`])
  expect(writes()).toBe(4)
})

test('with permission to read variables alone, says that the record was left out', async () => {
  const { seed, open, holds } = await startGitHub()
  seed('/github/tokens', {
    token: 'a-token',
    kind: 'fine-grained',
    permissions: { secrets: 'write', variables: 'read' },
  })
  const done = await syncOnce(open({ token: new Secret('a-token') }))
  expect(done.at(-1)?.skipped).toBe(
    'the token may not write DOCKER_HUB_CREDENTIALS_SYNC, so the next sync writes the pair again (it lacks "Variables: read and write")',
  )
  expect(holds()).toEqual({ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: canary })
})

test('records though the variable went while the sync was under way', async () => {
  const { destination, holds } = await startGitHub()
  const observed = await destination.observe()
  const changes = destination.plan(desired, { ...observed, record: { state: 'unreadable' } })
  for (const call of changes.flatMap(({ calls }) => calls)) await destination.perform(call, desired)
  expect(recordIn(holds())).toMatchObject({ version: desired.version })
})

/** A sync that is stopped before it records, while another writes the pair. */
async function race({ apartMs, other = otherDesired }: { apartMs: number; other?: Desired }) {
  const sandbox = await startGitHub()
  const { destination, open, clock } = sandbox
  await syncOnce(open())
  const older = { ...desired, version: '00000000-2222-8333-8444-555555555555' }
  const [username, token, record] = destination
    .plan(older, await destination.observe())
    .flatMap(({ calls }) => calls)
  if (!username || !token || !record) throw new Error('nothing is planned')
  await destination.perform(username, older)
  await destination.perform(token, older)
  clock.advance(apartMs)
  const rival = open()
  const rivals = rival.plan(other, await rival.observe()).flatMap(({ calls }) => calls)
  return {
    ...sandbox,
    older,
    /** Let the other run make so many of its calls. */
    rivalMakes: async (count: number) => {
      for (const call of rivals.splice(0, count)) await rival.perform(call, other)
    },
    record: () => destination.perform(record, older),
  }
}

const overtaken = {
  code: 'ERR_STATE',
  message:
    'another hand changed the pair of acme/widgets while this run was under way, so what it holds is unknown; the pair is written but not recorded, so the next sync writes it again',
  hint: 'run it again, and one run at a time',
}

test.each([
  ['the whole pair and has recorded it', 3, 3000],
  ['the whole pair', 2, 7000],
  ['the username alone', 1, 7000],
  ['the whole pair within a second, and has recorded it', 3, 0],
])('does not vouch for what another run wrote: %s', async (_, count, apartMs) => {
  const { rivalMakes, record, destination, older, holds } = await race({ apartMs })
  await rivalMakes(count)
  await expect(record()).rejects.toMatchObject(overtaken)
  expect(destination.plan(older, await destination.observe())[0]?.action).toBe('update')

  await syncOnce(destination, older)
  expect(holds()).toMatchObject({ DOCKER_HUB_TOKEN: canary })
  expect((await syncOnce(destination, older)).map(({ change }) => change.action)).toEqual([
    'keep',
    'keep',
    'keep',
  ])
})

test('leaves the record to the other run if that wrote the same credential', async () => {
  const same = { ...desired, version: '00000000-2222-8333-8444-555555555555' }
  const { rivalMakes, record, writes, destination } = await race({ apartMs: 3000, other: same })
  await rivalMakes(3)
  const before = writes()
  expect(await record()).toBeUndefined()
  expect(writes()).toBe(before)
  expect((await syncOnce(destination, same)).map(({ change }) => change.action)).toEqual([
    'keep',
    'keep',
    'keep',
  ])
})

test('says so when half of the pair is written, and finishes it the next time', async () => {
  const { destination, fail, holds } = await startGitHub()
  const [username, token] = destination
    .plan(desired, await destination.observe())
    .flatMap(({ calls }) => calls)
  if (!username || !token) throw new Error('nothing is planned')
  await destination.perform(username, desired)
  fail(putSecret, { kind: 'deny' })
  await expect(destination.perform(token, desired)).rejects.toMatchObject({
    code: 'ERR_DENIED',
    message:
      'the token from GH_TOKEN may not write DOCKER_HUB_TOKEN of acme/widgets (GitHub answered 403 Resource not accessible by personal access token; needed permissions: secrets=write); DOCKER_HUB_USERNAME is written already, so the pair is half-written until the next sync',
  })
  const done = await syncOnce(destination)
  expect(done[0]?.change.because).toBe('only DOCKER_HUB_USERNAME is there, a half-written pair')
  expect(holds()).toMatchObject({ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: canary })
})

test('says so when the pair is written but not recorded', async () => {
  const { destination, fail } = await startGitHub()
  fail(createVariable, { kind: 'error', status: 501 })
  await expect(syncOnce(destination)).rejects.toMatchObject({
    code: 'ERR_UNEXPECTED_ANSWER',
    message:
      'GitHub answered 501 (application/json) to POST /repos/acme/widgets/actions/variables; the pair is written but not recorded, so the next sync writes it again',
  })
  expect((await syncOnce(destination)).map(({ change }) => change.because)[0]).toBe(
    'it is there without a record of a sync',
  )
})

test('waits as long as GitHub asks, tells the user once, and goes on', async () => {
  const { destination, fail, notes, holds, clock } = await startGitHub()
  clock.set(new Date('2026-11-23T10:00:00.100Z'))
  fail('*', { kind: 'secondary-limit', retryAfter: 1 }, 4)
  await syncOnce(destination)
  expect(holds()).toMatchObject({ DOCKER_HUB_TOKEN: canary })
  expect(notes).toEqual(['waiting until 2026-11-23T10:00:01Z (1 s) for GitHub’s secondary rate limit'])
})

test.each<[string, Fault, string]>([
  [
    'the primary',
    { kind: 'primary-limit', resetSeconds: 600 },
    'primary rate limit forbids PUT /repos/acme/widgets/actions/secrets/DOCKER_HUB_USERNAME until 2026-11-23T10:10:01Z',
  ],
  [
    'the secondary',
    { kind: 'secondary-limit', retryAfter: 121 },
    'secondary rate limit forbids PUT /repos/acme/widgets/actions/secrets/DOCKER_HUB_USERNAME until 2026-11-23T10:02:01Z',
  ],
])('fails at once where %s rate limit asks for more than two minutes', async (_, fault, text) => {
  const { destination, fail, clock, notes } = await startGitHub()
  clock.set(new Date('2026-11-23T10:00:00.100Z'))
  fail(putSecret, fault)
  const error = await rejectionOf(syncOnce(destination))
  expect(error).toMatchObject({ code: 'ERR_RATE_LIMITED', message: `GitHub’s ${text}` })
  expect(notes).toEqual([])
})

test('asks no more after an interruption, not even in a wait', async () => {
  const interruption = new AbortController()
  const { destination, fail, requests, notes } = await startGitHub(
    {},
    {
      signal: interruption.signal,
      note: (text) => {
        notes.push(text)
        interruption.abort()
      },
    },
  )
  fail('*', { kind: 'secondary-limit', retryAfter: 100 }, 'always')
  await expect(destination.observe()).rejects.toMatchObject({
    code: 'ERR_INTERRUPTED',
    message: 'interrupted',
  })
  const sent = requests().length
  expect(sent).toBeLessThanOrEqual(4)
  await expect(destination.observe()).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' })
  expect(requests()).toHaveLength(sent)
})

test('counts every mutating request that is sent, retries too', async () => {
  const { destination, fail, writes } = await startGitHub()
  fail(putSecret, { kind: 'throttle', retryAfter: 0 }, 2)
  await syncOnce(destination)
  expect(writes()).toBe(5)
})

test.each([
  ['that is no name', 'acme'],
  ['that would write on the terminal', 'acme/\u001b[2J'],
  ['that climbs', 'acme/..'],
])('does not go on under a present name %s', async (_, present) => {
  const { open } = await startGitHub()
  const destination = open(
    {},
    { fetch: () => Promise.resolve(Response.json({ full_name: present, secrets: [] })) },
  )
  await expect(destination.observe()).rejects.toMatchObject({
    code: 'ERR_UNEXPECTED_ANSWER',
    message: 'GitHub answered with something else than a repository',
  })
})

test.each([
  ['a mistake of ours in making the request', new TypeError('x is not a function')],
  ['what fetch says of a request that cannot be sent', new TypeError('Headers.append: invalid header value')],
])('does not call it silence of GitHub’s: %s', async (_, mistake) => {
  let asked = 0
  const { open } = await startGitHub()
  const destination = open(
    {},
    {
      fetch: () => {
        asked += 1
        return Promise.reject(mistake)
      },
    },
  )
  await expect(destination.observe()).rejects.toBe(mistake)
  expect(asked).toBe(4)
})

/** What happens to one call that always fails this way, and whether the next sync mends what it left. */
const permanent: [string, Fault, { reads: string; variable?: string; writes: string; record?: string }][] = [
  [
    'is denied',
    { kind: 'deny' },
    { reads: 'ERR_DENIED', variable: 'done', writes: 'ERR_DENIED', record: 'skipped' },
  ],
  [
    'asks for SSO',
    { kind: 'sso' },
    { reads: 'ERR_DENIED', variable: 'done', writes: 'ERR_DENIED', record: 'skipped' },
  ],
  [
    'is throttled',
    { kind: 'throttle', retryAfter: 0 },
    { reads: 'ERR_RATE_LIMITED', writes: 'ERR_RATE_LIMITED' },
  ],
  [
    'has no budget',
    { kind: 'primary-limit', resetSeconds: 600 },
    { reads: 'ERR_RATE_LIMITED', writes: 'ERR_RATE_LIMITED' },
  ],
  [
    'fails',
    { kind: 'error', status: 500 },
    { reads: 'ERR_UNEXPECTED_ANSWER', writes: 'ERR_UNEXPECTED_ANSWER' },
  ],
  [
    'is not implemented',
    { kind: 'error', status: 501 },
    { reads: 'ERR_UNEXPECTED_ANSWER', writes: 'ERR_UNEXPECTED_ANSWER' },
  ],
  [
    'is bad',
    { kind: 'error', status: 400 },
    { reads: 'ERR_UNEXPECTED_ANSWER', writes: 'ERR_UNEXPECTED_ANSWER' },
  ],
  [
    'is not authenticated',
    { kind: 'error', status: 401 },
    { reads: 'ERR_UNAUTHENTICATED', writes: 'ERR_UNAUTHENTICATED' },
  ],
  [
    'is of a retired version',
    { kind: 'error', status: 410 },
    { reads: 'ERR_UNEXPECTED_ANSWER', writes: 'ERR_UNEXPECTED_ANSWER' },
  ],
  [
    'answers 404 in HTML',
    { kind: 'html', status: 404 },
    { reads: 'ERR_UNEXPECTED_ANSWER', writes: 'ERR_UNEXPECTED_ANSWER' },
  ],
  [
    'answers 502 in HTML',
    { kind: 'html', status: 502 },
    { reads: 'ERR_UNEXPECTED_ANSWER', writes: 'ERR_UNEXPECTED_ANSWER' },
  ],
  ['is cut', { kind: 'reset' }, { reads: 'ERR_UNREACHABLE', writes: 'ERR_UNREACHABLE' }],
  ['loses its answer', { kind: 'lost' }, { reads: 'ERR_UNREACHABLE', writes: 'ERR_UNREACHABLE' }],
  ['hangs', { kind: 'hang' }, { reads: 'ERR_UNREACHABLE', writes: 'ERR_UNREACHABLE' }],
]

test.each(permanent)(
  'a call that %s is told as such, and the next sync converges',
  async (_, fault, expected) => {
    const outcomes = await Promise.all(
      operations.map(async (operation) => {
        const { open, fail, mend, holds, writes, notes } = await startGitHub(
          {},
          // Only what hangs is to meet the time-out, however busy the machine is.
          { timeoutMs: fault.kind === 'hang' ? 1000 : 10_000 },
        )
        const destination = open()
        if (operation === updateVariable) await syncOnce(destination, otherDesired)
        fail(operation, fault, 'always')
        const outcome = await outcomeOf(syncOnce(destination))
        mend()
        const patient = open({}, { timeoutMs: 5000 })
        await syncOnce(patient)
        const before = writes()
        await syncOnce(patient)
        expect(writes()).toBe(before)
        expect(holds()).toMatchObject({ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: canary })
        expect(tracesOf(outcome.error, ...notes)).not.toContain(canary)
        return [operation, outcome.state]
      }),
    )
    const record = expected.record ?? expected.writes
    expect(outcomes).toEqual([
      [readRepository, expected.reads],
      [listSecrets, expected.reads],
      [readKey, expected.reads],
      [readVariable, expected.variable ?? expected.reads],
      [putSecret, expected.writes],
      [createVariable, record],
      [updateVariable, record],
    ])
  },
)

test.each<[string, Fault]>([
  ['is throttled', { kind: 'throttle', retryAfter: 0 }],
  ['fails', { kind: 'error', status: 503 }],
  ['is answered by a proxy', { kind: 'html', status: 502 }],
  ['is cut', { kind: 'reset' }],
  ['loses its answer', { kind: 'lost' }],
  ['hangs', { kind: 'hang' }],
  ['is slow', { kind: 'delay', ms: 20 }],
])('a call that once %s is made again, and all is as if nothing had happened', async (_, fault) => {
  await Promise.all(
    operations.map(async (operation) => {
      const { destination, fail, holds, writes } = await startGitHub({}, { timeoutMs: 1000 })
      if (operation === updateVariable) await syncOnce(destination, otherDesired)
      fail(operation, fault)
      await syncOnce(destination)
      expect(holds()).toMatchObject({ DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: canary })
      expect(recordIn(holds())).toMatchObject({ version: desired.version })
      const before = writes()
      await syncOnce(destination)
      expect(writes()).toBe(before)
    }),
  )
})

async function outcomeOf(run: ReturnType<typeof syncOnce>): Promise<{ state: string; error?: unknown }> {
  try {
    const done = await run
    return { state: done.some(({ skipped }) => skipped !== undefined) ? 'skipped' : 'done' }
  } catch (error) {
    if (error instanceof PullthroughError) return { state: error.code, error }
    throw error
  }
}

test('shows neither GitHub’s token nor the credential in any error, whatever GitHub answers', async () => {
  const githubToken = 'github_pat_CANARY'
  const echoing = createServer((request, response) => {
    // A debugging proxy at its worst: it answers with what it got.
    const body = JSON.stringify({ message: request.headers.authorization, headers: request.headers })
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' }).end(body)
  })
  let status = 400
  await new Promise<void>((resolve) => echoing.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    echoing.close()
  })
  const { open, notes } = await startGitHub()
  const destination = open({ apiUrl: `http://127.0.0.1:${portOf(echoing)}`, token: new Secret(githubToken) })
  for (status of [400, 401, 403, 404, 410, 422, 429, 500, 501]) {
    const error = await rejectionOf(destination.observe())
    expect(error).toBeInstanceOf(PullthroughError)
    expect(tracesOf(error, ...notes)).not.toContain(githubToken)
  }
})
