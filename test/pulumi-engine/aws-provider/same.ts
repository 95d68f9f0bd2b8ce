import { isDeepStrictEqual } from 'node:util'

/** Whether two texts are JSON of the same meaning. */
export function sameJson(old: unknown, next: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(String(old)), JSON.parse(String(next)))
  } catch {
    return old === next
  }
}

/** Whether two lists have the same members. */
export function sameSet(old: unknown, next: unknown): boolean {
  const members = (value: unknown) => (Array.isArray(value) ? value.map(String).sort() : [])
  return isDeepStrictEqual(members(old), members(next))
}
