import { membersOf, parseJsonObject } from '../json-object.ts'

/** The two secrets that workflows read, in the order in which they are written. */
export const pairNames = ['DOCKER_HUB_USERNAME', 'DOCKER_HUB_TOKEN'] as const

export type PairName = (typeof pairNames)[number]

/** When GitHub says each secret was last changed (ISO 8601, whole seconds); a secret that is not there has none. */
export type PairTimes = Readonly<Partial<Record<PairName, string>>>

/** The variable that keeps the record, beside the pair. */
export const recordName = 'DOCKER_HUB_CREDENTIALS_SYNC'

/**
 * What the last sync wrote. GitHub never returns a secret's value, so whether the pair is still what was written is
 * told by the record and the times.
 */
export interface SyncRecord {
  /** The credential's fingerprint, see `version.ts`. */
  readonly version: string
  /** What GitHub gave as the time of each write. */
  readonly updatedAt: Readonly<Record<PairName, string>>
}

/** The variable with the record of the last sync. */
export type ObservedRecord =
  | { readonly state: 'present'; readonly record: SyncRecord }
  | { readonly state: 'absent' }
  /** It is there and is no record of ours. */
  | { readonly state: 'unreadable' }
  /** The token may not read variables. */
  | { readonly state: 'unknowable' }

/** The variable's value. */
export function formatSyncRecord({ version, updatedAt }: SyncRecord): string {
  return JSON.stringify({ version, updatedAt })
}

/** Read the variable's value; `undefined` if it is no record: someone has edited it. */
export function parseSyncRecord(text: string): SyncRecord | undefined {
  const { version, updatedAt } = membersOf(parseJsonObject(text))
  const { DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN } = membersOf(updatedAt)
  if (typeof version !== 'string' || !isMoment(DOCKER_HUB_USERNAME) || !isMoment(DOCKER_HUB_TOKEN)) {
    return undefined
  }
  return { version, updatedAt: { DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN } }
}

/** Which secrets of the pair are not there. */
export function missingNames(times: PairTimes): readonly PairName[] {
  return pairNames.filter((name) => times[name] === undefined)
}

/** Which secrets, of those that are there, changed since a sync recorded them, and when. */
export function changesSince(
  { updatedAt }: SyncRecord,
  times: PairTimes,
): readonly { readonly name: PairName; readonly at: string }[] {
  return pairNames.flatMap((name) => {
    const at = times[name]
    return at === undefined || isSameMoment(updatedAt[name], at) ? [] : [{ name, at }]
  })
}

/** Whether two times, as GitHub wrote them, are the same moment. */
export function isSameMoment(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other)
}

function isMoment(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
