import type { Clock } from '../clock.ts'
import type { Plan } from './account.ts'

/** How many manifests may be got in a window, and how many are left. */
interface PullBudget {
  readonly limit: number
  readonly remaining: number
}

/** The window's length in seconds: six hours. */
export const pullWindow = 21_600

/** Pull budgets by puller: a Docker ID, or an address. */
export interface PullLimits {
  budget(puller: string, limit: number): PullBudget
  /** Count one manifest. `false` if none was left. */
  spend(puller: string, limit: number): boolean
  /** Say how many are left in a window that starts now. */
  set(puller: string, remaining: number): void
  clear(): void
}

/**
 * What a plan may pull in a window; `undefined` is without limit.
 * https://docs.docker.com/docker-hub/usage/pulls/
 */
export function pullLimitOf(plan: Plan | 'unauthenticated'): number | undefined {
  switch (plan) {
    case 'unauthenticated':
      return 100
    case 'personal':
      return 200
    case 'pro':
    case 'team':
    case 'business':
      return undefined
  }
}

export function createPullLimits(clock: Clock): PullLimits {
  const windows = new Map<string, { remaining: number; readonly ends: number }>()
  const seconds = () => clock.now().getTime() / 1000

  function windowOf(puller: string, limit: number) {
    const current = windows.get(puller)
    if (current && current.ends > seconds()) return current
    const fresh = { remaining: limit, ends: seconds() + pullWindow }
    windows.set(puller, fresh)
    return fresh
  }

  return {
    budget: (puller, limit) => ({ limit, remaining: Math.min(windowOf(puller, limit).remaining, limit) }),
    spend(puller, limit) {
      const window = windowOf(puller, limit)
      if (window.remaining <= 0) return false
      window.remaining -= 1
      return true
    },
    set(puller, remaining) {
      windows.set(puller, { remaining, ends: seconds() + pullWindow })
    },
    clear() {
      windows.clear()
    },
  }
}
