import type { Change, Desired, Destination } from '../../src/destinations/destination.ts'
import { PullthroughError } from '../../src/errors.ts'
import { Secret } from '../../src/secret.ts'
import type { World } from '../../src/world.ts'

/** What a small destination does when the engine asks; what is left out answers with nothing. */
export interface Behaviour {
  readonly observe?: () => Promise<unknown>
  readonly plan?: (desired: Desired, observed: unknown) => readonly Change[]
  readonly perform?: (call: unknown, desired: Desired) => Promise<undefined | { readonly skipped: string }>
}

/** A destination made by hand that notes in `events` what it is asked, in order. */
export function destinationAt(place: string, events: string[], behaviour: Behaviour = {}): Destination {
  return {
    kind: 'stand-in',
    place,
    async observe() {
      events.push(`${place}: observe`)
      return behaviour.observe?.()
    },
    plan(desired, observed) {
      events.push(`${place}: plan`)
      return behaviour.plan?.(desired, observed) ?? []
    },
    async perform(call, desired) {
      events.push(`${place}: ${String(call)}`)
      return behaviour.perform?.(call, desired)
    },
  }
}

/** A change that makes some calls. */
export function updateOf(target: string, ...calls: string[]): Change {
  return { target, action: 'update', because: 'it differs', calls }
}

/** A change that must not be made. */
export function refusalOf(target: string): Change {
  return { target, action: 'refuse', because: 'its state', calls: [], refusal: failure('it is archived') }
}

/** A failure on purpose. */
export function failure(message: string): PullthroughError {
  return new PullthroughError('ERR_STATE', message)
}

/** What a sync of these tests wants everywhere. */
export const credential = {
  upstream: 'docker-hub',
  username: 'sandbox',
  token: new Secret('dckr_pat_canary_0123456789abcdefghij'),
} as const

/** A world in which nothing is asked of the network. */
export function worldWith(signal: AbortSignal = new AbortController().signal): World {
  return {
    env: {},
    cwd: '/',
    fetch: () => Promise.reject(new Error('no request is expected')),
    now: () => new Date('2026-11-23T12:00:00Z'),
    signal,
    timeoutMs: 1000,
    note: () => undefined,
  }
}
