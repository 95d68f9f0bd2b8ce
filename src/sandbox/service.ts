import type { Fault } from './fault.ts'
import type { ServiceName } from './service-name.ts'

/** One HTTP request as it arrived, body and all. */
export interface Exchange {
  readonly method: string
  /** The request target as it was sent, query included: what a SigV4 signature covers. */
  readonly target: string
  /** The same, parsed; absolute-form requests keep their own host. */
  readonly url: URL
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** This listener's own base URL, without a slash at the end. */
  readonly origin: string
}

/** One HTTP response to send. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** What a request asks for, recognised but not yet done: the server logs it and applies faults first. */
export interface Operation {
  readonly service: ServiceName
  /** AWS's name of the operation, or `PUT /repos/{owner}/{repo}/actions/secrets/{name}`. */
  readonly name: string
  /** Whether it changes what the service holds. */
  readonly mutating: boolean
  /** Do it, and say what happened. */
  perform(): Answer | Promise<Answer>
  /**
   * A fault in this service's own words, without doing anything: `throttle`, `deny`, `error` and the kinds only this
   * service has (its `ownFaults`).
   */
  refuse(fault: Fault): Answer | Promise<Answer>
}

/** What listens on one port. */
export interface Service {
  /** Which operation a request asks for; one that is not known answers 501 when performed. */
  recognise(exchange: Exchange): Operation
}
