import type { Clock } from '../../src/sandbox/clock.ts'

/** A clock that stands still, so that a slow machine does not change what a test sees. */
export function createFrozenClock(moment = new Date('2026-11-23T10:00:00.700Z')): Clock {
  let now = moment.getTime()
  return {
    now: () => new Date(now),
    advance(ms) {
      now += ms
    },
    set(to) {
      now = to.getTime()
    },
    reset() {
      now = moment.getTime()
    },
  }
}
