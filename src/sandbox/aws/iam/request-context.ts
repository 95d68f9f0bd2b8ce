/** The keys that conditions and policy variables may ask for. */
export interface RequestContext {
  /** The values of a key, whatever the case of its name; `undefined` if the request does not have it. */
  values(key: string): readonly string[] | undefined
}

/** What a context is made of; an undefined value means that the key is absent. */
export type ContextEntries = Readonly<Record<string, string | readonly string[] | undefined>>

/** Key names are not case-sensitive: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html */
export function createContext(entries: ContextEntries): RequestContext {
  const byName = new Map<string, readonly string[]>()
  for (const [key, value] of Object.entries(entries)) {
    if (value !== undefined) byName.set(key.toLowerCase(), typeof value === 'string' ? [value] : value)
  }
  return { values: (key) => byName.get(key.toLowerCase()) }
}
