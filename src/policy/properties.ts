/** What a resource is given, or gave, as an analyzer gets it: reading a value that is not known yet throws. */
export type Properties = Readonly<Record<string, unknown>>

/**
 * A property as the engine sent it, be it the mark of a value that a preview cannot know. Unlike `properties[name]`,
 * it never throws.
 */
export function sentValue(properties: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(properties, name)?.value
}

/**
 * The first of some properties that is a text of one kind.
 *
 * @throws what `@pulumi/policy` throws for a value that a preview cannot know, if the others do not settle it. Pulumi
 *   then says that the policy could not be run yet; in the update every value is known.
 */
export function findText(
  properties: Properties,
  names: readonly string[],
  isWanted: (text: string) => boolean,
): string | undefined {
  for (const name of names) {
    const value = sentValue(properties, name)
    if (typeof value === 'string' && isWanted(value)) return value
  }
  for (const name of names) text(properties, name)
  return undefined
}

/**
 * A property that is a text; `undefined` if it is not there, empty or no text.
 *
 * @throws as {@link findText} does, if it is not known yet
 */
export function text(properties: Properties, name: string): string | undefined {
  const value = properties[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
