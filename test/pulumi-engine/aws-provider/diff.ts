import { isDeepStrictEqual } from 'node:util'
import { isDefault } from './check.ts'
import { isEmpty, isUnknown, type Properties } from './properties.ts'
import type { Property, Resource } from './resource.ts'

/** How one input differs from the state. */
export interface Change {
  readonly property: string
  readonly kind: 'add' | 'delete' | 'update'
  readonly replaces: boolean
}

/** What an update would have to change. */
export function diff(resource: Resource, state: Properties, inputs: Properties): readonly Change[] {
  return Object.entries(resource.inputs).flatMap(([property, schema]) => {
    const [old, next] = [state[property], inputs[property]]
    if (isSame(schema, old, next)) return []
    const kind = isEmpty(old) ? 'add' : isEmpty(next) ? 'delete' : 'update'
    return [{ property, kind, replaces: schema.forceNew ?? false }]
  })
}

/**
 * Whether a replacement deletes first, of its own accord: only where the name is the user's choice, since two of one
 * name cannot be side by side. Rules and templates have no such name, and collide.
 * https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/names.go
 */
export function deletesFirst({ autoname }: Resource, inputs: Properties): boolean {
  return autoname !== undefined && !isDefault(inputs, autoname)
}

function isSame(schema: Property, old: unknown, next: unknown): boolean {
  if (isUnknown(next)) return false
  if (isEmpty(next)) return isEmpty(old) || schema.computed === true || schema.ignoreMissing === true
  if (isEmpty(old)) return false
  return schema.same ? schema.same(old, next) : isDeepStrictEqual(old, next)
}
