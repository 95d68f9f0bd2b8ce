import type { Clock } from '../clock.ts'
import type { Token } from './token.ts'

/** What is left of a caller's hour. */
export interface Budget {
  readonly limit: number
  readonly used: number
  readonly remaining: number
  /** When the hour ends, in seconds since 1970. */
  readonly reset: number
}

/** The primary rate limit: so many requests an hour for each token, fewer for nobody's. */
export interface RateLimits {
  /** Count one request. `false` if the budget was used up before. */
  spend(token: Token | undefined): boolean
  budget(token: Token | undefined): Budget
  clear(): void
}

/**
 * Requests an hour: 5,000 for a user's token and at least that for an app installation, 60 without a token.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
const limits = { known: 5_000, anonymous: 60 }

const hour = 3_600

export function createRateLimits(clock: Clock): RateLimits {
  const windows = new Map<string, { used: number; reset: number }>()
  const seconds = () => Math.floor(clock.now().getTime() / 1000)

  function windowOf(token: Token | undefined): { used: number; reset: number } {
    const key = token?.token ?? ''
    const current = windows.get(key)
    if (current && current.reset > seconds() && current.reset <= seconds() + hour) return current
    const fresh = { used: 0, reset: seconds() + hour }
    windows.set(key, fresh)
    return fresh
  }

  return {
    spend(token) {
      const window = windowOf(token)
      if (window.used >= limitOf(token)) return false
      window.used += 1
      return true
    },
    budget(token) {
      const { used, reset } = windowOf(token)
      const limit = limitOf(token)
      return { limit, used, remaining: limit - used, reset }
    },
    clear() {
      windows.clear()
    },
  }
}

/** Requests an hour. */
export function limitOf(token: Token | undefined): number {
  return token ? limits.known : limits.anonymous
}

/** The headers that every answer carries. */
export function rateLimitHeaders({ limit, used, remaining, reset }: Budget): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': 'core',
  }
}
