import { isEmpty, isUnknown, type Properties } from './properties.ts'
import type { Resource } from './resource.ts'

/** What a resource's inputs become, and what is wrong with them. */
export interface Checked {
  readonly inputs: Properties
  /** In the words of Pulumi's bridge to Terraform. */
  readonly failures: readonly string[]
}

/**
 * Fill in the defaults and validate, as Pulumi's bridge does: what was filled in is listed in `__defaults`.
 * https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/schema.go
 *
 * @throws if the schema has no such input, which the stand-in must not overlook.
 */
export function check(
  resource: Resource,
  name: string,
  old: Properties,
  given: Properties,
  randomSeed: Uint8Array,
): Checked {
  const inputs: Record<string, unknown> = {}
  for (const [property, value] of Object.entries(given)) {
    if (property === '__defaults') continue
    if (!Object.hasOwn(resource.inputs, property)) {
      throw new Error(`stand-in for aws: the input ${property} of ${name} is not done`)
    }
    if (value !== null) inputs[property] = value
  }
  const defaults: string[] = []
  for (const [property, { default: byDefault }] of Object.entries(resource.inputs)) {
    if (byDefault === undefined || inputs[property] !== undefined) continue
    inputs[property] = byDefault
    defaults.push(property)
  }
  const { autoname } = resource
  if (autoname && inputs[autoname] === undefined) {
    const kept = isDefault(old, autoname) ? old[autoname] : undefined
    inputs[autoname] = kept ?? `${name}-${Buffer.from(randomSeed).toString('hex').slice(0, 7)}`
    defaults.push(autoname)
  }
  const failures = Object.entries(resource.inputs).flatMap(([property, { validate }]) => {
    const value = inputs[property]
    if (isEmpty(value) || isUnknown(value)) return []
    const problem = validate?.(value)
    return problem === undefined ? [] : [`${problem}. Examine values at '${name}.${property}'.`]
  })
  return { inputs: { __defaults: defaults, ...inputs }, failures }
}

/** Whether an input was filled in and not given. */
export function isDefault({ __defaults: defaults }: Properties, property: string): boolean {
  return Array.isArray(defaults) && defaults.includes(property)
}
