import type { Clock } from './clock.ts'
import { type Faults, parseFaultRule } from './fault.ts'
import type { RequestLog } from './request-log.ts'
import type { Answer, Exchange } from './service.ts'
import type { ServiceName } from './service-name.ts'

/** What the control calls reach: everything a test may look at or change behind the services' backs. */
export interface Controlled {
  readonly clock: Clock
  readonly faults: Faults
  readonly log: RequestLog
  readonly ownFaults: Readonly<Partial<Record<ServiceName, readonly string[]>>>
  /** Everything the services hold, opened. */
  state(): unknown
  /** What `POST` to a path adds or changes; each throws `TypeError` for a body it does not understand. */
  readonly seeds: Readonly<Record<string, (body: unknown) => void>>
  /** Start over. */
  reset(): void
}

/** Answer one control call. */
export function answerControl(controlled: Controlled, { method, url, body }: Exchange): Answer {
  const { clock, faults, log, ownFaults, seeds } = controlled
  const calls: Record<string, () => unknown> = {
    'GET /state': () => controlled.state(),
    'GET /requests': () => log.entries(),
    'DELETE /requests': () => {
      log.clear()
    },
    'POST /faults': () => {
      faults.add(parseFaultRule(parseJson(body), ownFaults))
    },
    'DELETE /faults': () => {
      faults.clear()
    },
    'POST /clock': () => {
      moveClock(clock, parseJson(body))
      return { now: clock.now().toISOString() }
    },
    'POST /reset': () => {
      controlled.reset()
    },
  }
  for (const [path, seed] of Object.entries(seeds)) {
    calls[`POST ${path}`] = () => {
      seed(parseJson(body))
    }
  }
  const call = calls[`${method} ${url.pathname}`]
  if (!call) {
    return json(404, {
      error: `there is no control call ${method} ${url.pathname}`,
      calls: Object.keys(calls),
    })
  }
  try {
    return json(200, call() ?? {})
  } catch (error) {
    if (error instanceof TypeError) return json(400, { error: error.message })
    throw error
  }
}

function json(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(value, null, 2)}\n`,
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new TypeError('the body must be JSON')
  }
}

function moveClock(clock: Clock, body: unknown): void {
  const { advanceMs, now } = (body ?? {}) as { advanceMs?: unknown; now?: unknown }
  if (typeof advanceMs === 'number' && Number.isFinite(advanceMs) && now === undefined) {
    clock.advance(advanceMs)
    return
  }
  const moment = typeof now === 'string' ? new Date(now) : undefined
  if (!moment || Number.isNaN(moment.getTime()) || advanceMs !== undefined) {
    throw new TypeError('the body must be {"advanceMs":N} or {"now":"an ISO 8601 moment"}')
  }
  clock.set(moment)
}
