import type { Operation } from './service.ts'
import type { ServiceName } from './service-name.ts'

/** One line of `GET /requests`. */
export interface LoggedRequest {
  /** When it arrived, in real time (ISO 8601), whatever the sandbox's clock says. */
  readonly at: string
  /** How long it took, in milliseconds. */
  ms: number
  readonly service: ServiceName
  readonly operation: string
  /** The status that was sent; 0 if the connection was cut, or nothing was sent yet. */
  status: number
  readonly mutating: boolean
}

/** Every request so far, in order of arrival. */
export interface RequestLog {
  /** Note an arrival; the function it returns notes the status that was sent. */
  arrived(operation: Operation): (status: number) => void
  entries(): readonly LoggedRequest[]
  clear(): void
}

export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = []
  return {
    arrived({ service, name, mutating }) {
      const started = performance.now()
      const entry = { at: new Date().toISOString(), ms: 0, service, operation: name, status: 0, mutating }
      entries.push(entry)
      return (status) => {
        entry.ms = Math.round((performance.now() - started) * 10) / 10
        entry.status = status
      }
    },
    entries: () => entries,
    clear() {
      entries = []
    },
  }
}
