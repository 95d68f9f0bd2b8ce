import { expect, test } from 'vitest'
import type { Change, Desired } from '../../src/destinations/destination.ts'
import { apply, foretell } from '../../src/engine/apply.ts'
import type { ChangeReport } from '../../src/engine/event.ts'
import { credential, destinationAt, failure, refusalOf, updateOf } from './stand-in.ts'

const desired: Desired = { credential, version: '11111111-2222-8333-8444-555555555555' }

const kept: Change = { target: 'kept', action: 'keep', because: 'the same', calls: [] }

/** The report of {@link updateOf}. */
function updated(target: string, outcome: Partial<ChangeReport> = { outcome: 'done' }) {
  return { destination: 'stand-in', target, action: 'update', because: 'it differs', ...outcome }
}

test('makes all calls of all changes in order, each with the desired credential', async () => {
  const events: string[] = []
  const given: Desired[] = []
  const destination = destinationAt('here', events, {
    perform: (_call, wanted) => {
      given.push(wanted)
      return Promise.resolve(undefined)
    },
  })

  const reports = await apply(destination, [updateOf('one', 'a', 'b'), kept, updateOf('two', 'c')], desired)

  expect(reports).toEqual([
    updated('one'),
    { destination: 'stand-in', target: 'kept', action: 'keep', because: 'the same', outcome: 'done' },
    updated('two'),
  ])
  expect(events).toEqual(['here: a', 'here: b', 'here: c'])
  expect(given).toEqual([desired, desired, desired])
})

test('begins a call when the one before it is over, and not sooner', async () => {
  const events: string[] = []
  const destination = destinationAt('here', events, {
    async perform(call) {
      await Promise.resolve()
      events.push(`${String(call)} is over`)
      return undefined
    },
  })

  await apply(destination, [updateOf('one', 'a', 'b'), updateOf('two', 'c')], desired)

  expect(events).toEqual(['here: a', 'a is over', 'here: b', 'b is over', 'here: c', 'c is over'])
})

test('skips the rest after a failure, and says which change failed first', async () => {
  const events: string[] = []
  const error = failure('the service is down')
  const destination = destinationAt('here', events, {
    perform: (call) => (call === 'b' ? Promise.reject(error) : Promise.resolve(undefined)),
  })

  const reports = await apply(
    destination,
    [updateOf('one', 'a'), updateOf('two', 'b', 'c'), updateOf('three', 'd'), kept, refusalOf('four')],
    desired,
  )

  const skipped = { outcome: 'skipped', reason: 'two failed' } as const
  expect(reports).toEqual([
    updated('one'),
    updated('two', { outcome: 'failed', error }),
    updated('three', skipped),
    { destination: 'stand-in', target: 'kept', action: 'keep', because: 'the same', ...skipped },
    { destination: 'stand-in', target: 'four', action: 'refuse', because: 'its state', ...skipped },
  ])
  expect(events).toEqual(['here: a', 'here: b'])
})

test('takes a refusal for a failure: what comes after it in the same destination is skipped', async () => {
  const events: string[] = []
  const refused = refusalOf('one')

  const reports = await apply(destinationAt('here', events), [refused, updateOf('two', 'a')], desired)

  expect(reports).toEqual([
    {
      destination: 'stand-in',
      target: 'one',
      action: 'refuse',
      because: 'its state',
      outcome: 'failed',
      error: refused.refusal,
    },
    updated('two', { outcome: 'skipped', reason: 'one failed' }),
  ])
  expect(events).toEqual([])
})

test('makes the changes before a refused one', async () => {
  const events: string[] = []

  const reports = await apply(
    destinationAt('here', events),
    [updateOf('one', 'a'), refusalOf('two')],
    desired,
  )

  expect(reports.map(({ target, outcome }) => [target, outcome])).toEqual([
    ['one', 'done'],
    ['two', 'failed'],
  ])
  expect(events).toEqual(['here: a'])
})

test('a call that the destination can do without ends its change, and the next change is made', async () => {
  const events: string[] = []
  const destination = destinationAt('here', events, {
    perform: (call) => Promise.resolve(call === 'a' ? { skipped: 'the token may not' } : undefined),
  })

  const reports = await apply(destination, [updateOf('one', 'a', 'b'), updateOf('two', 'c')], desired)

  expect(reports).toEqual([
    updated('one', { outcome: 'skipped', reason: 'the token may not' }),
    updated('two'),
  ])
  expect(events).toEqual(['here: a', 'here: c'])
})

test('tells of each change as soon as its outcome is known', async () => {
  const events: string[] = []
  const destination = destinationAt('here', events, {
    perform: (call) => (call === 'b' ? Promise.reject(failure('down')) : Promise.resolve(undefined)),
  })

  const reports = await apply(
    destination,
    [updateOf('one', 'a'), updateOf('two', 'b'), updateOf('three', 'c')],
    desired,
    ({ target, outcome }) => events.push(`told: ${target} ${outcome}`),
  )

  expect(events).toEqual(['here: a', 'told: one done', 'here: b', 'told: two failed', 'told: three skipped'])
  expect(reports).toHaveLength(3)
})

test('lets an exception through that is no failure on purpose: it is a defect', async () => {
  const events: string[] = []
  const defect = new TypeError('undefined is not a function')
  const destination = destinationAt('here', events, { perform: () => Promise.reject(defect) })

  await expect(apply(destination, [updateOf('one', 'a'), updateOf('two', 'b')], desired)).rejects.toBe(defect)

  expect(events).toEqual(['here: a'])
})

test('foretells each change and makes none', () => {
  const events: string[] = []
  const refused = refusalOf('three')

  const reports = foretell(destinationAt('here', events), [kept, updateOf('two', 'a'), refused])

  expect(reports).toEqual([
    { destination: 'stand-in', target: 'kept', action: 'keep', because: 'the same', outcome: 'done' },
    updated('two', { outcome: 'skipped', reason: 'dry run' }),
    {
      destination: 'stand-in',
      target: 'three',
      action: 'refuse',
      because: 'its state',
      outcome: 'failed',
      error: refused.refusal,
    },
  ])
  expect(events).toEqual([])
})
