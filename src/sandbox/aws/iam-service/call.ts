import type { Identities } from '../identities.ts'
import type { Caller } from '../iam/principal.ts'
import type { ServiceLinkedRoles } from '../service-linked-roles.ts'
import type { XmlValue } from '../wire.ts'

/** One request to IAM, whose sender is known. IAM is one for all Regions. */
export interface Call {
  /** The name that policies give it, without `iam:`. */
  readonly operation: string
  readonly caller: Caller
  readonly now: Date
  readonly identities: Identities
  readonly serviceLinkedRoles: ServiceLinkedRoles
}

/** What an operation answers, before it is XML. */
export type Output = Readonly<Record<string, XmlValue>>
