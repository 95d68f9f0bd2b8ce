import { type ServiceName, serviceNames } from './service-name.ts'

/** What goes wrong. `status` is for `error` and `html`, `ms` for `delay`. */
export interface Fault {
  readonly kind: string
  readonly status?: number
  readonly ms?: number
  readonly [detail: string]: unknown
}

/** A fault waiting for requests: which, and how often. */
export interface FaultRule {
  readonly service: ServiceName | '*'
  /** An operation's name, or `*`. */
  readonly operation: string
  readonly times: number | 'always'
  /** How many requests that fit are let through first; 0 if absent. */
  readonly skip?: number
  readonly fault: Fault
}

/** Kinds that every service has. */
export const commonFaults = ['throttle', 'deny', 'error', 'html', 'reset', 'lost', 'delay', 'hang'] as const

/** The faults that are in force. */
export interface Faults {
  add(rule: FaultRule): void
  clear(): void
  /** Use up what applies to one request: at most one `delay` and at most one fault of another kind. */
  take(
    service: ServiceName,
    operation: string,
  ): { readonly delayMs: number; readonly fault: Fault | undefined }
}

export function createFaults(): Faults {
  let rules: { rule: FaultRule; left: number; toSkip: number }[] = []

  function takeFirst(matches: (rule: FaultRule) => boolean): Fault | undefined {
    for (const entry of rules) {
      if (entry.left === 0 || !matches(entry.rule)) continue
      if (entry.toSkip > 0) {
        entry.toSkip -= 1
        continue
      }
      entry.left -= 1
      return entry.rule.fault
    }
    return undefined
  }

  return {
    add(rule) {
      rules.push({ rule, left: rule.times === 'always' ? Infinity : rule.times, toSkip: rule.skip ?? 0 })
    },
    clear() {
      rules = []
    },
    take(service, operation) {
      const applies = (rule: FaultRule) =>
        (rule.service === '*' || rule.service === service) &&
        (rule.operation === '*' || rule.operation === operation)
      const delay = takeFirst((rule) => rule.fault.kind === 'delay' && applies(rule))
      const fault = takeFirst((rule) => rule.fault.kind !== 'delay' && applies(rule))
      return { delayMs: delay?.ms ?? 0, fault }
    },
  }
}

/**
 * Read the body of `POST /faults`.
 *
 * @param ownFaults the kinds that a single service adds to the common ones
 * @throws `TypeError` that names what is wrong with the body.
 */
export function parseFaultRule(
  body: unknown,
  ownFaults: Readonly<Partial<Record<ServiceName, readonly string[]>>>,
): FaultRule {
  if (!isRecord(body)) throw new TypeError('the body must be a JSON object')
  const { service, operation, times = 1, skip = 0, fault } = body
  if (service !== '*' && !serviceNames.includes(service as ServiceName)) {
    throw new TypeError(`"service" must be "*" or one of ${serviceNames.join(', ')}`)
  }
  if (typeof operation !== 'string' || operation === '')
    throw new TypeError('"operation" must be a name or "*"')
  if (times !== 'always' && !(typeof times === 'number' && Number.isInteger(times) && times > 0)) {
    throw new TypeError('"times" must be a positive integer or "always"')
  }
  if (!(typeof skip === 'number' && Number.isInteger(skip) && skip >= 0)) {
    throw new TypeError('"skip" must be a number of requests')
  }
  if (!isRecord(fault) || typeof fault['kind'] !== 'string') throw new TypeError('"fault" must have a "kind"')
  const own = service === '*' ? Object.values(ownFaults).flat() : (ownFaults[service as ServiceName] ?? [])
  const kinds: readonly string[] = [...commonFaults, ...own]
  if (!kinds.includes(fault['kind'])) throw new TypeError(`"kind" must be one of ${kinds.join(', ')}`)
  if (fault['kind'] === 'delay' && !isCount(fault['ms'])) throw new TypeError('a delay needs "ms"')
  if (fault['kind'] === 'reads-as' && typeof fault['role'] !== 'string') {
    throw new TypeError('reads-as needs "role", the ARN of a role')
  }
  if (fault['status'] !== undefined && !isStatus(fault['status'])) {
    throw new TypeError('"status" must be an HTTP status from 400 to 599')
  }
  return { service: service as ServiceName | '*', operation, times, skip, fault: fault as unknown as Fault }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isStatus(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599
}
