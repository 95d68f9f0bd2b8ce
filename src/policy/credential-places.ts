import { type CredentialPart, credentialIn } from './credential-text.ts'
import { sentValue } from './properties.ts'

/** A property that holds a credential. */
export interface CredentialPlace {
  /** A property path as Pulumi writes it: `environment.variables.TOKEN`, `tags["a b"]`, `list[0]`. */
  readonly path: string
  readonly what: CredentialPart
}

/**
 * Where in a resource’s properties a credential is: in any value, at any depth, also in a key, and in the text of an
 * asset. What a preview cannot know yet is passed over.
 */
export async function credentialPlaces(value: unknown, path = ''): Promise<readonly CredentialPlace[]> {
  if (typeof value === 'string') {
    const what = credentialIn(value)
    return what === undefined ? [] : [{ path, what }]
  }
  // An asset holds its text behind a promise.
  if (value instanceof Promise) return credentialPlaces(await value, path)
  if (typeof value !== 'object' || value === null) return []
  const places: CredentialPlace[] = []
  for (const key of Object.keys(value)) {
    const keyHolds = credentialIn(key)
    const inner = `${path}${step(key, { inArray: Array.isArray(value), hidden: keyHolds !== undefined })}`
    const innerPath = path === '' ? inner.replace(/^\./, '') : inner
    if (keyHolds !== undefined) places.push({ path: innerPath, what: keyHolds })
    places.push(...(await credentialPlaces(sentValue(value, key), innerPath)))
  }
  return places
}

/** A key that is a credential itself is not shown. */
function step(key: string, { inArray, hidden }: { inArray: boolean; hidden: boolean }): string {
  if (hidden) return '["…"]'
  if (inArray) return `[${key}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
