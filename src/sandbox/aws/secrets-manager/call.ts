import type { Caller } from '../iam/principal.ts'
import type { ContextEntries } from '../iam/request-context.ts'
import type { SecretStore } from './store.ts'

/** One call of one operation, from somebody who has been established. */
export interface Call {
  /** AWS's name of the operation. */
  readonly operation: string
  readonly caller: Caller
  readonly region: string
  /** The sandbox's time. */
  readonly now: Date
  readonly store: SecretStore
  /** The condition keys that come from the request's members. */
  readonly requestKeys: ContextEntries
}

/** The members of an answer; those that are undefined stay away. */
export type Output = Readonly<Record<string, unknown>>
