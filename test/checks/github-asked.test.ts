import { describe, expect, test } from 'vitest'
import { githubCauses } from '../../src/checks/causes/github.ts'
import type { Finding } from '../../src/checks/finding.ts'
import { judgeRepository, observeRepository, type RepositoryExpectation } from '../../src/checks/github.ts'
import { resolveGitHubAccess } from '../../src/github/access.ts'
import type { Fault } from '../../src/sandbox/fault.ts'
import { Secret } from '../../src/secret.ts'
import type { World } from '../../src/world.ts'
import { otherDesired, rejectionOf, startGitHub, syncOnce } from '../github/github-sandbox.ts'
import {
  anotherCredential,
  asked,
  changedToken,
  expected,
  findings,
  type Findings,
  noGitHub,
  noRepository,
  notListed,
  reddened,
  target,
  unreadRecord,
} from './github-findings.ts'

const reads = {
  present: 'GET /repos/{owner}/{repo}',
  times: 'GET /repos/{owner}/{repo}/actions/secrets',
  record: 'GET /repos/{owner}/{repo}/actions/variables/{name}',
  writers: 'GET /repos/{owner}/{repo}/collaborators',
} as const
type Read = keyof typeof reads

/** What each read asks for, as an error names it. */
const asks: Record<Read, string> = {
  present: 'GET /repos/acme/widgets',
  times: 'GET /repos/acme/widgets/actions/secrets',
  record: 'GET /repos/acme/widgets/actions/variables/DOCKER_HUB_CREDENTIALS_SYNC',
  writers: 'GET /repos/acme/widgets/collaborators?permission=push',
}

/** A repository that is in step, with two who may write; and a way to judge it. */
async function startInStep(world: Parameters<typeof startGitHub>[1] = {}) {
  const sandbox = await startGitHub({}, world)
  const { seed, clock, destination, ask, forgetRequests, url } = sandbox
  const collaborators = [
    { login: 'sandbox', permission: 'admin' },
    { login: 'bob', permission: 'push' },
    { login: 'carol', permission: 'triage' },
  ]
  seed('/github/repositories', { fullName: target, collaborators })
  clock.set(new Date('2026-11-23T10:00:00.100Z'))
  await syncOnce(destination)
  forgetRequests()
  /** Findings with the moments and the address of this run taken out. */
  const judge = async (
    repository = asked,
    options: Parameters<typeof ask>[0] = {},
    more: Partial<RepositoryExpectation> = {},
  ) => {
    const facts = await observeRepository(repository, ask(options))
    const judged = judgeRepository(facts, { ...expected, ...more })
    const texts = JSON.stringify(judged)
      .replaceAll(url, 'URL')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    return JSON.parse(texts) as readonly Finding[]
  }
  return { ...sandbox, judge }
}

/** What {@link startInStep} judges where all is well but for some. */
function inStep(but: Partial<Findings>): readonly Finding[] {
  return findings({
    'github.secrets': { status: 'ok', detail: 'last changed TIME' },
    'github.writers': { status: 'ok', detail: '2 may change them: sandbox (admin), bob' },
    ...but,
  })
}

const checklist =
  'check the repository’s name, and that the token’s owner is a collaborator; a fine-grained token needs "Secrets: read and write" and "Variables: read and write" on acme/widgets; a classic one the scope repo, and authorization where the organization uses SSO; a workflow’s GITHUB_TOKEN can never write secrets'
const hiddenRecord = {
  status: 'unknowable',
  cause: 'the token may not read the variable DOCKER_HUB_CREDENTIALS_SYNC, so what the pair holds is unknown',
  fix: 'give the token "Variables: read and write" on acme/widgets (a classic token: the scope repo)',
} as const
const askOfAWriter =
  'ask with the token of somebody who may write to acme/widgets (a classic token: with the scopes repo and read:org), or look at its settings'

describe('asks', () => {
  test('everything at once, and changes nothing', async () => {
    let underWay = 0
    let most = 0
    const { judge, requests, writes } = await startInStep({
      fetch: async (...request) => {
        underWay += 1
        most = Math.max(most, underWay)
        try {
          return await fetch(...request)
        } finally {
          underWay -= 1
        }
      },
    })
    most = 0
    const before = writes()
    expect(await judge()).toEqual(inStep({}))
    expect(requests().sort()).toEqual(
      Object.values(reads)
        .map((read) => `${read} 200`)
        .sort(),
    )
    expect(most).toBe(4)
    expect(writes()).toBe(before)
  })

  test('a repository that was never synced, and is in step after a sync', async () => {
    const { ask, open } = await startGitHub()
    const observe = () => observeRepository(asked, ask())
    const statuses = async () => judgeRepository(await observe(), expected).map(({ status }) => status)
    expect(await statuses()).toEqual(['ok', 'missing', 'missing', 'skipped', 'ok'])
    await syncOnce(open())
    expect(await statuses()).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
  })

  test('what another hand wrote, and another credential', async () => {
    const { judge, open, clock } = await startInStep()
    clock.advance(5000)
    const [, change] = open().plan(otherDesired, await open().observe())
    for (const call of change?.calls ?? []) await open().perform(call, otherDesired)
    const changed = {
      ...changedToken,
      cause:
        'DOCKER_HUB_TOKEN (TIME) changed at GitHub since the last sync, so what the pair holds is unknown',
    }
    expect(await judge()).toEqual(inStep({ 'github.drift': changed }))
    await syncOnce(open(), otherDesired)
    expect(await judge()).toEqual(inStep({ 'github.drift': anotherCredential }))
    await syncOnce(open())
    expect(await judge()).toEqual(inStep({}))
  })

  test('a repository that was renamed, and archived', async () => {
    const { judge, seed } = await startInStep()
    seed('/github/repositories', { fullName: target, renamedTo: 'acme/gears' })
    const [renamed, ...others] = await judge()
    expect(renamed).toEqual({
      id: 'github.repository',
      target,
      status: 'warning',
      cause: 'acme/widgets is now called acme/gears',
      fix: 'write acme/gears where --repo, pullthrough.yaml or the git remote has the old name',
    })
    expect([{ id: 'github.repository', target, status: 'ok' }, ...others]).toEqual(inStep({}))
    seed('/github/repositories', { fullName: 'acme/gears', archived: true })
    expect((await judge())[0]?.cause).toBe(
      'acme/gears (once acme/widgets) is archived, so its secrets cannot change',
    )
  })

  test('a repository that is not there', async () => {
    const { judge } = await startInStep()
    const gone = { owner: 'acme', name: 'nothing' }
    expect(await judge(gone)).toEqual([
      {
        id: 'github.repository',
        target: 'acme/nothing',
        status: 'denied',
        cause:
          'the token from GH_TOKEN may not see acme/nothing, or acme/nothing does not exist (GitHub answered 404 Not Found; needed permissions: metadata=read)',
        fix: checklist.replace('acme/widgets', 'acme/nothing'),
      },
      ...['secrets', 'record', 'drift', 'writers'].map((name) => ({
        id: `github.${name}`,
        target: 'acme/nothing',
        ...noRepository,
      })),
    ])
  })

  test('with a token that GitHub does not know', async () => {
    const { judge } = await startInStep()
    expect(await judge(asked, { token: new Secret('ghp_unknown') })).toEqual(
      findings({
        'github.repository': {
          status: 'denied',
          cause: 'GitHub does not accept the token from GH_TOKEN: Bad credentials',
          fix: 'set GH_TOKEN to a token that is neither expired nor revoked',
        },
        'github.secrets': noRepository,
        'github.record': noRepository,
        'github.drift': noRepository,
        'github.writers': noRepository,
      }),
    )
  })

  test.each<[string, Record<string, unknown>, Partial<Findings>]>([
    [
      'without permission for variables',
      { kind: 'fine-grained', permissions: { secrets: 'read' } },
      { 'github.record': hiddenRecord, 'github.drift': unreadRecord },
    ],
    [
      'without permission for secrets',
      { kind: 'fine-grained', permissions: { variables: 'read' } },
      {
        'github.secrets': {
          status: 'denied',
          cause:
            'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403 Resource not accessible by personal access token; needed permissions: secrets=read)',
          fix: checklist,
        },
        'github.drift': notListed,
      },
    ],
    [
      'that may read all of it',
      { kind: 'fine-grained', permissions: { secrets: 'read', variables: 'read' } },
      {},
    ],
    [
      'that has the scope repo alone',
      { kind: 'classic', scopes: ['repo'] },
      {
        'github.writers': {
          status: 'unknowable',
          cause:
            'who may change them is unknown: the token from GH_TOKEN may not list the collaborators of acme/widgets (GitHub answered 403 Must have push access to view repository collaborators.; the token’s scopes: repo; needed scopes: repo)',
          fix: askOfAWriter,
        },
      },
    ],
  ])('with a token %s', async (_, token, but) => {
    const { judge, seed } = await startInStep()
    seed('/github/tokens', { token: 'a-token', ...token })
    expect(await judge(asked, { token: new Secret('a-token') })).toEqual(inStep(but))
  })

  test('with the token of a workflow, which is told from a person’s', async () => {
    const { judge, seed, url } = await startInStep()
    const token = 'ghs_0123456789'
    seed('/github/tokens', { token, kind: 'app', permissions: { contents: 'write' } })
    const env = { GITHUB_ACTIONS: 'true', GITHUB_TOKEN: token, GITHUB_API_URL: url }
    const access = await resolveGitHubAccess(worldWith(env))
    const secrets = githubCauses['workflow-token-lists-no-secrets']
    const record = githubCauses['workflow-token-reads-no-record']
    expect(await judge(asked, access, access)).toEqual(
      inStep({
        'github.secrets': { status: 'unknowable', ...secrets.example },
        'github.record': { status: 'unknowable', ...record.example },
        'github.drift': unreadRecord,
      }),
    )
  })

  test('nothing more after an interruption', async () => {
    const interruption = new AbortController()
    const { ask, fail } = await startGitHub(
      {},
      {
        signal: interruption.signal,
        note: () => {
          interruption.abort()
        },
      },
    )
    fail('*', { kind: 'secondary-limit', retryAfter: 100 }, 'always')
    expect(await rejectionOf(observeRepository(asked, ask()))).toMatchObject({ code: 'ERR_INTERRUPTED' })
  })
})

const network = 'check the network, a proxy, and the service’s status page; then run it again'

/** What a read that always fails this way is told as. */
const permanent: [string, Fault, (read: Read) => Omit<Finding, 'id' | 'target'>][] = [
  [
    'is throttled',
    { kind: 'throttle', retryAfter: 0 },
    (read) => ({
      status: 'unreachable',
      cause: `GitHub’s secondary rate limit forbids ${asks[read]} until TIME`,
      fix: 'run it again after TIME',
    }),
  ],
  [
    'fails',
    { kind: 'error', status: 500 },
    (read) => ({
      status: 'unreachable',
      cause: `GitHub answered 500 (application/json) to ${asks[read]}`,
      fix: 'run it again; see also www.githubstatus.com',
    }),
  ],
  [
    'is bad',
    { kind: 'error', status: 400 },
    (read) => ({
      status: 'unreachable',
      cause: `GitHub will not ${actions[read]}: 400, Bad Request`,
    }),
  ],
  [
    'answers in HTML',
    { kind: 'html', status: 404 },
    (read) => ({
      status: 'unreachable',
      cause: `GitHub answered 404 (text/html) to ${asks[read]}, not JSON`,
      fix: 'check GITHUB_API_URL or GH_HOST, and any proxy',
    }),
  ],
  [
    'is cut',
    { kind: 'reset' },
    () => ({
      status: 'unreachable',
      cause: 'no answer from GitHub (URL): connection reset',
      fix: network,
    }),
  ],
  [
    'hangs',
    { kind: 'hang' },
    () => ({
      status: 'unreachable',
      cause: 'no answer from GitHub (URL): timed out after 1 s',
      fix: network,
    }),
  ],
]

const actions: Record<Read, string> = {
  present: 'see acme/widgets',
  times: 'list the secrets of acme/widgets',
  record: 'read the variable DOCKER_HUB_CREDENTIALS_SYNC of acme/widgets',
  writers: 'list the collaborators of acme/widgets',
}

describe('a read that fails takes no other finding with it', () => {
  test.each(permanent)('one that %s', async (_, fault, told) => {
    await Promise.all(
      (Object.keys(reads) as Read[]).map(async (read) => {
        const { judge, fail, mend } = await startInStep({ timeoutMs: fault.kind === 'hang' ? 1000 : 10_000 })
        fail(reads[read], fault, 'always')
        const [id, skips] = reddened[read]
        expect(await judge()).toEqual(inStep({ [id]: told(read), ...skips }))
        mend()
        expect(await judge()).toEqual(inStep({}))
      }),
    )
  })

  test('one that is denied', async () => {
    const denied = (action: string, needed: string) => ({
      status: 'denied' as const,
      cause: `the token from GH_TOKEN may not ${action} (GitHub answered 403 Resource not accessible by personal access token; needed permissions: ${needed})`,
      fix: checklist,
    })
    const outcomes: Record<Read, Partial<Findings>> = {
      present: {
        'github.repository': denied(actions.present, 'metadata=read'),
        'github.secrets': noRepository,
        'github.record': noRepository,
        'github.drift': noRepository,
        'github.writers': noRepository,
      },
      times: { 'github.secrets': denied(actions.times, 'secrets=read'), 'github.drift': notListed },
      record: { 'github.record': hiddenRecord, 'github.drift': unreadRecord },
      writers: {
        'github.writers': {
          status: 'unknowable',
          cause: `who may change them is unknown: ${denied(actions.writers, 'metadata=read').cause}`,
          fix: askOfAWriter,
        },
      },
    }
    await Promise.all(
      (Object.keys(reads) as Read[]).map(async (read) => {
        const { judge, fail } = await startInStep()
        fail(reads[read], { kind: 'deny' }, 'always')
        expect(await judge()).toEqual(inStep(outcomes[read]))
      }),
    )
  })

  test.each<[string, Fault]>([
    ['is throttled', { kind: 'throttle', retryAfter: 0 }],
    ['fails', { kind: 'error', status: 503 }],
    ['is answered by a proxy', { kind: 'html', status: 502 }],
    ['is cut', { kind: 'reset' }],
    ['is slow', { kind: 'delay', ms: 20 }],
  ])('and one that once %s takes none at all', async (_, fault) => {
    await Promise.all(
      Object.values(reads).map(async (read) => {
        const { judge, fail } = await startInStep()
        fail(read, fault)
        expect(await judge()).toEqual(inStep({}))
      }),
    )
  })

  test('and if all fail, GitHub’s silence is told once', async () => {
    const { judge, fail } = await startInStep()
    fail('*', { kind: 'reset' }, 'always')
    expect(await judge()).toEqual(
      findings({
        'github.repository': {
          status: 'unreachable',
          cause: 'no answer from GitHub (URL): connection reset',
          fix: network,
        },
        'github.secrets': noGitHub,
        'github.record': noGitHub,
        'github.drift': unreadRecord,
        'github.writers': noGitHub,
      }),
    )
  })
})

function worldWith(env: World['env']): World {
  return {
    env,
    cwd: '/',
    fetch,
    now: () => new Date(),
    signal: new AbortController().signal,
    timeoutMs: 5000,
    note: () => undefined,
  }
}
