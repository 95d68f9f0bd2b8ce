import type { Clock } from '../../clock.ts'
import type { Fault } from '../../fault.ts'
import type { Caller } from '../iam/principal.ts'
import type { Identities } from '../identities.ts'
import type { SecretStore } from '../secrets-manager/store.ts'
import type { ServiceLinkedRoles } from '../service-linked-roles.ts'
import type { Upstream } from './pull-through/upstream-request.ts'
import type { EcrStore } from './store.ts'

/** What ECR is made of. */
export interface EcrWorld {
  readonly clock: Clock
  readonly identities: Identities
  readonly registries: EcrStore
  /** Where upstream credentials are. */
  readonly store: SecretStore
  readonly serviceLinkedRoles: ServiceLinkedRoles
  /** Where the registries listen, and where they pull from. */
  readonly addresses: Addresses
  /** Whether Docker Hub lets somebody in. */
  logInToDockerHub(login: { readonly username: string; readonly secret: string }): boolean | Promise<boolean>
}

/** Known once everything listens. */
export interface Addresses {
  /** Where the private registries are: `http://127.0.0.1:PORT`. By their own names if absent. */
  registry?: string
  /** Docker Hub's registry. Nothing is pulled from it if absent. */
  dockerHub?: Upstream
}

/** One call of one operation, from somebody who has been established. */
export interface Call {
  /** AWS's name of the operation. */
  readonly operation: string
  readonly caller: Caller
  readonly region: string
  /** The sandbox's time. */
  readonly now: Date
  readonly world: EcrWorld
  /** A fault that changes what ECR finds upstream or in Secrets Manager, but refuses nothing by itself. */
  readonly fault: Fault | undefined
}

/** The members of an answer; those that are undefined stay away. */
export type Output = Readonly<Record<string, unknown>>
