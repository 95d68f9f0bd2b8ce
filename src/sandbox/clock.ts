/** The sandbox's time. It runs like the real one and can be moved, so that a day passes in no time. */
export interface Clock {
  now(): Date
  /** Move by a number of milliseconds; negative moves back. */
  advance(ms: number): void
  /** Set to a moment. */
  set(moment: Date): void
  /** Back to real time. */
  reset(): void
}

export function createClock(): Clock {
  let offset = 0
  return {
    now: () => new Date(Date.now() + offset),
    advance(ms) {
      offset += ms
    },
    set(moment) {
      offset = moment.getTime() - Date.now()
    },
    reset() {
      offset = 0
    },
  }
}
