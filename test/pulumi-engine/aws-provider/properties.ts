/** A resource's or function's properties, as they come over the wire. */
export type Properties = Readonly<Record<string, unknown>>

/** What stands in a preview for a value that is not known yet. `sdk/go/common/resource/plugin/rpc.go` */
const unknownValue = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

export const isUnknown = (value: unknown): boolean => value === unknownValue
export const unknown = (): unknown => unknownValue

/** Terraform's SDK takes the zero value for "not set". */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** Without what is not set, which Terraform holds as null and Pulumi leaves out. */
export function withoutUnset(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined && value !== null),
  )
}

/** The text at a property; `undefined` if it is not set. */
export function textOf(properties: Properties, name: string): string | undefined {
  const value = properties[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The text at a property that the schema requires. */
export function requiredText(properties: Properties, name: string): string {
  const text = textOf(properties, name)
  if (text === undefined) throw new Error(`stand-in for aws: ${name} is required`)
  return text
}

/** The list of texts at a property. */
export function textsOf(properties: Properties, name: string): readonly string[] {
  const value = properties[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** The tags at a property. */
export function tagsOf(properties: Properties, name: string): Readonly<Record<string, string>> {
  const value = properties[name]
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]))
}

export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

export const tagRecord = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
