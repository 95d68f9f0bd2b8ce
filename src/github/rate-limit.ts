import { parseDateHeader, parseSeconds } from '../answer-time.ts'
import type { GitHubAnswer } from './answer.ts'

/** GitHub's wish that the next request comes later. */
export interface RateLimit {
  readonly kind: 'primary' | 'secondary'
  /** How long to wait, in milliseconds. */
  readonly waitMs: number
  /** When that is over. */
  readonly until: Date
}

/** The wait that GitHub asks for if a secondary limit comes without `Retry-After`, in milliseconds. */
const unspecifiedWait = 60_000

/**
 * Read a rate limit from an answer; `undefined` for any other answer, a plain 403 among them. Times count from the
 * answer's own `Date`, so that the clocks need not agree.
 *
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 *
 * @param now stands in where the answer has no `Date`
 */
export function readRateLimit({ status, headers, body }: GitHubAnswer, now: Date): RateLimit | undefined {
  if (status !== 403 && status !== 429) return undefined
  const sent = parseDateHeader(headers['date']) ?? now
  const limit = (kind: RateLimit['kind'], waitMs: number): RateLimit => ({
    kind,
    waitMs,
    until: new Date(sent.getTime() + waitMs),
  })
  const exhausted = headers['x-ratelimit-remaining'] === '0'
  const retryAfter = parseSeconds(headers['retry-after'])
  if (retryAfter !== undefined) return limit(exhausted ? 'primary' : 'secondary', retryAfter * 1000)
  const reset = parseSeconds(headers['x-ratelimit-reset'])
  // A second more: the reset is given in whole seconds.
  if (exhausted && reset !== undefined) {
    return limit('primary', Math.max(0, (reset + 1) * 1000 - sent.getTime()))
  }
  const message = body['message']
  const saysSo = typeof message === 'string' && /\bsecondary rate\b|\babuse detection\b/i.test(message)
  return saysSo || status === 429 ? limit('secondary', unspecifiedWait) : undefined
}
