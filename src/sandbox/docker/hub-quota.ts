import type { Clock } from '../clock.ts'
import { epochSeconds } from './store.ts'

/** The API's own limit, which has nothing to do with pulls. */
export interface HubQuota {
  /** Count one request. `false` if none was left. */
  spend(): boolean
  secondsLeft(): number
  headers(): Record<string, string>
  clear(): void
}

/** Docker publishes no number; this one was seen: https://github.com/docker/hub-feedback/issues/2459 */
const requestsPerMinute = 180

export function createHubQuota(clock: Clock): HubQuota {
  let used = 0
  let reset = 0
  const roll = () => {
    const now = epochSeconds(clock)
    if (now < reset && reset <= now + 60) return
    used = 0
    reset = now + 60
  }
  return {
    spend() {
      roll()
      if (used >= requestsPerMinute) return false
      used += 1
      return true
    },
    secondsLeft() {
      roll()
      return reset - epochSeconds(clock)
    },
    headers() {
      roll()
      return {
        'x-ratelimit-limit': String(requestsPerMinute),
        'x-ratelimit-remaining': String(requestsPerMinute - used),
        'x-ratelimit-reset': String(reset),
      }
    },
    clear() {
      used = 0
      reset = 0
    },
  }
}
