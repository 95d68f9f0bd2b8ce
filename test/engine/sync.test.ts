import { describe, expect, test } from 'vitest'
import type { Change, Destination } from '../../src/destinations/destination.ts'
import type { ChangeReport } from '../../src/engine/event.ts'
import { sync, type SyncOptions } from '../../src/engine/sync.ts'
import { PullthroughError } from '../../src/errors.ts'
import { versionOf } from '../../src/version.ts'
import {
  type Behaviour,
  credential,
  destinationAt,
  failure,
  refusalOf,
  updateOf,
  worldWith,
} from './stand-in.ts'

const refused = new PullthroughError('ERR_CREDENTIAL_REFUSED', 'Docker Hub refuses it')

/** Run a sync; what is not given holds. */
function syncTo(destinations: readonly Destination[], options: Partial<SyncOptions> = {}) {
  return sync(
    { credential: Promise.resolve(credential), destinations, gates: () => [], dryRun: false, ...options },
    worldWith(),
  )
}

const never = new Promise<never>(() => undefined)

/** Resolves when it is told to. */
function latch() {
  const { promise, resolve } = newPromise()
  return { open: resolve, opened: promise }
}

function newPromise() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

/** Every step that was due is made: a turn of the event loop comes after all promises that are settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

const shortly = ({ target, outcome, reason }: ChangeReport) =>
  [target, outcome, reason].filter((part) => part !== undefined).join(': ')

describe('before anything is written', () => {
  test.each<[string, Behaviour['observe']]>([
    ['hangs', () => never],
    ['fails', () => Promise.reject(failure('it is down'))],
    ['has answered', () => Promise.resolve('all of it')],
  ])('a gate that does not hold ends the run, also while an observation %s', async (_what, observe) => {
    const events: string[] = []
    const destination = destinationAt('here', events, {
      ...(observe ? { observe } : {}),
      plan: () => [updateOf('one', 'a')],
    })

    const running = syncTo([destination], { gates: () => [Promise.resolve(), Promise.reject(refused)] })

    await expect(running).rejects.toBe(refused)
    await turn()
    expect(events).toEqual(['here: observe'])
  })

  test('a gate that does not hold ends the run while another is still open', async () => {
    const events: string[] = []

    const running = syncTo([destinationAt('here', events)], {
      gates: () => [never, Promise.reject(refused)],
    })

    await expect(running).rejects.toBe(refused)
    expect(events).toEqual(['here: observe'])
  })

  test('a credential that cannot be read ends the run, and no gate is asked', async () => {
    const events: string[] = []
    const missing = new PullthroughError('ERR_CREDENTIAL_MISSING', 'there is no token')

    const running = syncTo([destinationAt('here', events, { plan: () => [updateOf('one', 'a')] })], {
      credential: Promise.reject(missing),
      gates: () => {
        events.push('gates')
        return []
      },
    })

    await expect(running).rejects.toBe(missing)
    await turn()
    expect(events).toEqual(['here: observe'])
  })

  test('everything is looked at without waiting for the credential', async () => {
    const events: string[] = []
    const reading = latch()
    const destinations = ['here', 'there'].map((place) => destinationAt(place, events))

    const running = syncTo(destinations, {
      credential: reading.opened.then(() => {
        events.push('the credential')
        return credential
      }),
    })
    await turn()
    reading.open()
    await running

    expect(events).toEqual(['here: observe', 'there: observe', 'the credential', 'here: plan', 'there: plan'])
  })

  test('nothing is performed until the last gate holds', async () => {
    const events: string[] = []
    const proof = latch()
    const destination = destinationAt('here', events, { plan: () => [updateOf('one', 'a')] })

    const running = syncTo([destination], {
      gates: (read) => {
        events.push(`gates for ${read.username}`)
        return [
          Promise.resolve(),
          proof.opened.then(() => {
            events.push('the last gate holds')
          }),
        ]
      },
    })
    // The fingerprint takes its time in another thread: more than enough has passed once it is there.
    await versionOf(credential)
    await turn()
    expect(events).toEqual(['here: observe', 'gates for sandbox'])
    proof.open()
    await running

    expect(events).toEqual([
      'here: observe',
      'gates for sandbox',
      'the last gate holds',
      'here: plan',
      'here: a',
    ])
  })

  test('an interruption ends the run, though every gate holds', async () => {
    const events: string[] = []
    const interruption = new AbortController()
    const destinations = [destinationAt('here', events, { plan: () => [updateOf('one', 'a')] })]
    const gates = () => [
      Promise.resolve().then(() => {
        interruption.abort()
      }),
    ]

    const running = sync(
      { credential: Promise.resolve(credential), destinations, gates, dryRun: false },
      worldWith(interruption.signal),
    )

    await expect(running).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
      message: 'interrupted; nothing was written',
    })
    await turn()
    expect(events).toEqual(['here: observe'])
  })
})

describe('the destinations', () => {
  test('get the credential with its fingerprint, and what each of them observed', async () => {
    const given: unknown[] = []
    const destinations = ['here', 'there'].map((place) =>
      destinationAt(place, [], {
        observe: () => Promise.resolve(`seen ${place}`),
        plan: (desired, observed) => {
          given.push(desired, observed)
          return []
        },
      }),
    )

    await syncTo(destinations)

    const desired = { credential, version: await versionOf(credential) }
    expect(given).toEqual([desired, 'seen here', desired, 'seen there'])
  })

  test('are reported in their own order, whichever is done first', async () => {
    const events: string[] = []
    const first = latch()
    const slow = destinationAt('slow', events, {
      observe: () => first.opened,
      plan: () => [updateOf('slow one', 'a'), updateOf('slow two', 'b')],
    })
    const quick = destinationAt('quick', events, {
      plan: () => [updateOf('quick one', 'c')],
      perform: () => {
        first.open()
        return Promise.resolve(undefined)
      },
    })

    const reports = await syncTo([slow, quick])

    expect(events.filter((event) => / [abc]$/.test(event))).toEqual(['quick: c', 'slow: a', 'slow: b'])
    expect(reports.map(shortly)).toEqual(['slow one: done', 'slow two: done', 'quick one: done'])
  })

  test('that cannot be looked at are reported, and the others are written', async () => {
    const events: string[] = []
    const error = failure('it is down')
    const dark = destinationAt('dark', events, { observe: () => Promise.reject(error) })
    const lit = destinationAt('lit', events, { plan: () => [updateOf('one', 'a')] })
    const told: string[] = []

    const reports = await sync(
      {
        credential: Promise.resolve(credential),
        destinations: [dark, lit],
        gates: () => [],
        dryRun: false,
      },
      worldWith(),
      { onChange: (change) => told.push(shortly(change)) },
    )

    expect(reports).toEqual([
      {
        destination: 'stand-in',
        target: 'dark',
        action: 'observe',
        because: 'it could not be looked at',
        outcome: 'failed',
        error,
      },
      {
        destination: 'stand-in',
        target: 'one',
        action: 'update',
        because: 'it differs',
        outcome: 'done',
      },
    ])
    expect(events).toEqual(['dark: observe', 'lit: observe', 'lit: plan', 'lit: a'])
    expect([...told].sort()).toEqual(['dark: failed', 'one: done'])
  })

  test('that fail do not stop the others, and skip their own rest with the reason', async () => {
    const events: string[] = []
    const failing = destinationAt('failing', events, {
      plan: () => [updateOf('one', 'a'), updateOf('two', 'b')],
      perform: () => Promise.reject(failure('it is down')),
    })
    const working = destinationAt('working', events, { plan: () => [updateOf('three', 'c', 'd')] })

    const reports = await syncTo([failing, working])

    expect(reports.map(shortly)).toEqual(['one: failed', 'two: skipped: one failed', 'three: done'])
    expect(events).toContain('working: d')
    expect(events).not.toContain('failing: b')
  })

  test('that must not change do not stop the others', async () => {
    const events: string[] = []

    const reports = await syncTo([
      destinationAt('archived', events, { plan: () => [refusalOf('one')] }),
      destinationAt('open', events, { plan: () => [updateOf('two', 'a')] }),
    ])

    expect(reports.map(shortly)).toEqual(['one: failed', 'two: done'])
  })

  test('that can do without a call have it reported as skipped', async () => {
    const reports = await syncTo([
      destinationAt('here', [], {
        plan: () => [updateOf('one', 'a'), updateOf('two', 'b')],
        perform: (call) => Promise.resolve(call === 'a' ? { skipped: 'the token may not' } : undefined),
      }),
    ])

    expect(reports.map(shortly)).toEqual(['one: skipped: the token may not', 'two: done'])
  })

  test.each<[string, Behaviour]>([
    [
      'plan',
      {
        plan: () => {
          throw new TypeError('a defect')
        },
      },
    ],
    [
      'perform',
      { plan: () => [updateOf('one', 'a')], perform: () => Promise.reject(new TypeError('a defect')) },
    ],
  ])('whose %s throws what is no failure on purpose end the run with it', async (_what, behaviour) => {
    await expect(syncTo([destinationAt('here', [], behaviour)])).rejects.toThrow(new TypeError('a defect'))
  })

  test('have their warnings told, in a dry run too', async () => {
    const warned: string[] = []
    const warning: Change = { ...updateOf('one', 'a'), warnings: ['it is renamed', 'it is old'] }
    const listener = { onWarning: (text: string) => warned.push(text) }

    for (const dryRun of [true, false]) {
      const destinations = [destinationAt('here', [], { plan: () => [warning] })]
      await sync(
        { credential: Promise.resolve(credential), destinations, gates: () => [], dryRun },
        worldWith(),
        listener,
      )
    }

    expect(warned).toEqual(['it is renamed', 'it is old', 'it is renamed', 'it is old'])
  })
})

describe('a change that brings more to light', () => {
  const restore = (target: string): Change => ({ ...updateOf(target, 'restore'), thenObserveAgain: true })

  /** Plans these, one after the other, the last for ever. */
  function planning(...plans: readonly (readonly Change[])[]) {
    let asked = 0
    return () => plans[Math.min(asked++, plans.length - 1)] ?? []
  }

  test('is followed by one more look, and what that shows is written', async () => {
    const events: string[] = []
    const destination = destinationAt('here', events, {
      plan: planning([restore('one')], [updateOf('one', 'put'), updateOf('two', 'policy')]),
    })

    const reports = await syncTo([destination])

    expect(reports.map(shortly)).toEqual(['one: done', 'one: done', 'two: done'])
    expect(events).toEqual([
      'here: observe',
      'here: plan',
      'here: restore',
      'here: observe',
      'here: plan',
      'here: put',
      'here: policy',
    ])
  })

  test('is not followed endlessly: a second look that asks for a third is a failure', async () => {
    const events: string[] = []
    const destination = destinationAt('here', events, {
      plan: planning([restore('one')], [restore('one')], [restore('one')], [updateOf('one', 'put')]),
    })

    const reports = await syncTo([destination])

    expect(events.filter((event) => event === 'here: observe')).toHaveLength(2)
    expect(reports.map(shortly)).toEqual(['one: done', 'one: done', 'here: failed'])
    expect(reports.at(-1)?.error).toMatchObject({
      code: 'ERR_STATE',
      message: 'what was written is still not to be seen',
    })
  })

  test('is not followed by another look if it failed', async () => {
    const events: string[] = []
    const destination = destinationAt('here', events, {
      plan: () => [restore('one')],
      perform: () => Promise.reject(failure('denied')),
    })

    const reports = await syncTo([destination])

    expect(reports.map(shortly)).toEqual(['one: failed'])
    expect(events).toEqual(['here: observe', 'here: plan', 'here: restore'])
  })

  test('whose second look fails is reported with that failure', async () => {
    let looks = 0
    const destination = destinationAt('here', [], {
      observe: () => (looks++ === 0 ? Promise.resolve('scheduled') : Promise.reject(failure('it is down'))),
      plan: () => [restore('one')],
    })

    const reports = await syncTo([destination])

    expect(reports.map(shortly)).toEqual(['one: done', 'here: failed'])
    expect(reports.at(-1)).toMatchObject({ action: 'observe', error: { message: 'it is down' } })
  })

  test('is only foretold in a dry run', async () => {
    const events: string[] = []
    const destination = destinationAt('here', events, { plan: () => [restore('one')] })

    const reports = await syncTo([destination], { dryRun: true })

    expect(reports.map(shortly)).toEqual(['one: skipped: dry run'])
    expect(events).toEqual(['here: observe', 'here: plan'])
  })
})

describe('a dry run', () => {
  test('asks the gates, looks, plans and performs nothing', async () => {
    const events: string[] = []
    const destinations = [
      destinationAt('here', events, { plan: () => [updateOf('one', 'a')] }),
      destinationAt('there', events, { plan: () => [refusalOf('two')] }),
    ]

    const reports = await syncTo(destinations, {
      dryRun: true,
      gates: () => {
        events.push('gates')
        return []
      },
    })

    expect(reports.map(shortly)).toEqual(['one: skipped: dry run', 'two: failed'])
    expect(events).toEqual(['here: observe', 'there: observe', 'gates', 'here: plan', 'there: plan'])
  })

  test('ends like a real run where a gate does not hold', async () => {
    await expect(
      syncTo([destinationAt('here', [])], { dryRun: true, gates: () => [Promise.reject(refused)] }),
    ).rejects.toBe(refused)
  })
})
