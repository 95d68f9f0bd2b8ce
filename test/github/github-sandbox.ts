import { setMaxListeners } from 'node:events'
import { onTestFinished } from 'vitest'
import type { Change, Desired, Destination } from '../../src/destinations/destination.ts'
import type { GitHubCall, ObservedRepository } from '../../src/destinations/github-pair.ts'
import { githubSecrets } from '../../src/destinations/github-secrets.ts'
import { githubActions } from '../../src/github/actions.ts'
import type { GitHubClientOptions } from '../../src/github/client.ts'
import type { GitHubRepository } from '../../src/github/repository.ts'
import { createClock } from '../../src/sandbox/clock.ts'
import { createFaults, type Fault } from '../../src/sandbox/fault.ts'
import { createGitHub } from '../../src/sandbox/github/github.ts'
import { createRequestLog } from '../../src/sandbox/request-log.ts'
import { serveService } from '../../src/sandbox/server.ts'
import { Secret } from '../../src/secret.ts'
import type { World } from '../../src/world.ts'

/** A token that must be found nowhere but in the sandbox. */
export const canary = 'dckr_pat_CANARY0123456789abcdefghij'

/** What a sync wants the repository to hold. */
export const desired: Desired = {
  credential: { upstream: 'docker-hub', username: 'sandbox', token: new Secret(canary) },
  version: '11111111-2222-8333-8444-555555555555',
}

/** The same account with a newer token. */
export const otherDesired: Desired = {
  credential: { ...desired.credential, token: new Secret(`${canary}-2`) },
  version: '99999999-2222-8333-8444-555555555555',
}

interface Options extends GitHubClientOptions {
  readonly repository: GitHubRepository
}

/** GitHub's half of the sandbox with a destination in front of it; ends with the test. */
export async function startGitHub(options: Partial<Options> = {}, world: Partial<World> = {}) {
  const clock = createClock()
  const faults = createFaults()
  const log = createRequestLog()
  const gitHub = createGitHub({ clock })
  const listener = await serveService(gitHub.service, 0, { log, faults })
  const { url } = listener
  onTestFinished(() => listener.close())
  const notes: string[] = []
  let writes = 0
  const base: World = {
    env: {},
    cwd: '/',
    fetch: globalThis.fetch,
    now: () => clock.now(),
    signal: new AbortController().signal,
    timeoutMs: 5000,
    note: (text) => notes.push(text),
  }
  const ask = (more: Partial<GitHubClientOptions> = {}, inWorld: Partial<World> = {}) =>
    githubActions(
      {
        token: new Secret(gitHub.seededToken),
        tokenSource: 'GH_TOKEN',
        apiUrl: url,
        onMutatingRequest: () => {
          writes += 1
        },
        ...options,
        ...more,
      },
      { ...base, ...world, ...inWorld },
    )
  const open = ({ repository, ...more }: Partial<Options> = {}, inWorld: Partial<World> = {}) =>
    githubSecrets(
      {
        repository: repository ?? options.repository ?? { owner: 'acme', name: 'widgets' },
        actions: ask(more, inWorld),
      },
      { ...base, ...world, ...inWorld },
    )
  // As cli/main.ts does: each request under way listens.
  setMaxListeners(0, world.signal ?? base.signal)
  return {
    url,
    clock,
    notes,
    seededToken: gitHub.seededToken,
    /** GitHub's calls, with a client of their own. */
    ask,
    destination: open(),
    /** Another destination at the same sandbox. */
    open,
    writes: () => writes,
    requests: () => log.entries().map(({ operation, status }) => `${operation} ${status}`),
    forgetRequests: () => {
      log.clear()
    },
    seed: (path: '/github/repositories' | '/github/tokens', body: unknown) => {
      gitHub.seeds[path]?.(body)
    },
    fail: (operation: string, fault: Fault, times: number | 'always' = 1) => {
      faults.add({ service: 'github', operation, times, fault })
    },
    mend: () => {
      faults.clear()
    },
    /** What the repository holds, values alone. */
    holds: (fullName = 'acme/widgets') => {
      const state = gitHub.state() as Record<
        string,
        Record<'secrets' | 'variables', Record<string, { value: string }>>
      >
      const values = Object.values(state[fullName] ?? {}).flatMap((entries) => Object.entries(entries))
      return Object.fromEntries(values.map(([name, { value }]) => [name, value]))
    },
  }
}

/** Observe, plan and perform, as the engine does: the first failure ends it. */
export async function syncOnce(
  destination: Destination<ObservedRepository, GitHubCall>,
  wanted: Desired = desired,
): Promise<readonly { change: Change<GitHubCall>; skipped?: string }[]> {
  const done = []
  for (const change of destination.plan(wanted, await destination.observe())) {
    if (change.refusal) throw change.refusal
    for (const call of change.calls) {
      const result = await destination.perform(call, wanted)
      done.push({ change, ...result })
    }
    if (change.calls.length === 0) done.push({ change })
  }
  return done
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}
