import { onTestFinished } from 'vitest'
import type { Credential } from '../../src/credential.ts'
import { type DockerHubUrls, proveDockerHub } from '../../src/registries/docker-hub.ts'
import { createClock } from '../../src/sandbox/clock.ts'
import { createDockerHub } from '../../src/sandbox/docker/docker-hub.ts'
import { createFaults, type Fault } from '../../src/sandbox/fault.ts'
import { createRequestLog } from '../../src/sandbox/request-log.ts'
import { serveService } from '../../src/sandbox/server.ts'
import type { ServiceName } from '../../src/sandbox/service-name.ts'
import { Secret } from '../../src/secret.ts'
import type { World } from '../../src/world.ts'

/** The seeded account of the sandbox; its token must be found nowhere else. */
export const seededToken = 'dckr_pat_sandbox_0123456789abcdefghi'

export function credentialOf(username = 'sandbox', token = seededToken): Credential {
  return { upstream: 'docker-hub', username, token: new Secret(token) }
}

export function worldOf(more: Partial<World> = {}): World {
  return {
    env: {},
    cwd: '/',
    fetch: globalThis.fetch,
    now: () => new Date('2026-11-23T10:00:00Z'),
    signal: new AbortController().signal,
    timeoutMs: 5000,
    note: () => undefined,
    ...more,
  }
}

/** A world in which every request gets the answer that `answer` makes. */
export function worldAnswering(answer: (url: URL, init: RequestInit) => Response | Promise<Response>): World {
  return worldOf({ fetch: async (input, init) => answer(new URL(input), init ?? {}) })
}

/** Docker Hub's three services, until the test ends. */
export async function startDockerHub(world: Partial<World> = {}) {
  const clock = createClock()
  const faults = createFaults()
  const log = createRequestLog()
  const dockerHub = createDockerHub({ clock })
  const listeners = await Promise.all(
    [dockerHub.auth, dockerHub.registry, dockerHub.hub].map((service) =>
      serveService(service, 0, { log, faults }),
    ),
  )
  onTestFinished(async () => {
    await Promise.all(listeners.map((listener) => listener.close()))
  })
  const [auth = '', registry = '', hub = ''] = listeners.map(({ url }) => url)
  dockerHub.announce({ authUrl: auth })
  const urls: DockerHubUrls = { auth, registry, hub }
  return {
    urls,
    prove: (credential = credentialOf(), more: Partial<World> = {}) =>
      proveDockerHub(credential, urls, worldOf({ ...world, ...more })),
    requests: () =>
      log.entries().map(({ service, operation, status }) => `${service} ${operation} ${status}`),
    seed: (account: Record<string, unknown>) => {
      dockerHub.seeds['/docker-hub/accounts']?.(account)
    },
    fail: (service: ServiceName, fault: Fault, times: number | 'always' = 1) => {
      faults.add({ service, operation: '*', times, fault })
    },
    /** Pulls counted so far, the anonymous ones too. */
    pulls: () => {
      const state = dockerHub.state() as { accounts: readonly { pulls: number }[]; anonymousPulls: number }
      return state.accounts.reduce((sum, { pulls }) => sum + pulls, state.anonymousPulls)
    },
  }
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
