import type { Properties } from './properties.ts'
import type { Session } from './session.ts'

/** One input of a resource, as Terraform's schema has it. */
export interface Property {
  /** Its name in Terraform, which messages use. */
  readonly tfName: string
  readonly forceNew?: boolean
  /** Where it is left out, the provider decides, and that is no change. */
  readonly computed?: boolean
  readonly default?: string | number | boolean
  /** A problem in Terraform's words; `undefined` if there is none. Not called with what is not known yet. */
  readonly validate?: (value: unknown) => string | undefined
  /** Whether two values that are set mean the same; else they are compared as they are. */
  readonly same?: (old: unknown, next: unknown) => boolean
  /** Leaving it out is no change (a block that the service fills in). */
  readonly ignoreMissing?: boolean
}

/** What is there now. */
export interface Existing {
  readonly id: string
  /** The state, `region` included. */
  readonly state: Properties
}

/** A resource type of the provider. Errors are of AWS, in the provider's words. */
export interface Resource {
  readonly inputs: Readonly<Record<string, Property>>
  /** What the provider alone decides; not known in a preview. */
  readonly outputs: readonly string[]
  /** Outputs that are known to be the same as an input. */
  readonly autoname?: 'name'
  /** @returns the id */
  readonly create: (session: Session, inputs: Properties) => Promise<string>
  /** @returns the state without `region`; `undefined` if it is gone */
  readonly read: (session: Session, existing: Existing) => Promise<Properties | undefined>
  readonly update: (
    session: Session,
    existing: Existing,
    inputs: Properties,
    changed: ReadonlySet<string>,
  ) => Promise<void>
  readonly delete: (session: Session, existing: Existing) => Promise<void>
}

/** Every resource has it. https://github.com/pulumi/pulumi-aws/blob/master/docs/enhanced-region-support.md */
export const region: Property = { tfName: 'region', forceNew: true, computed: true }
