import { PullthroughError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { Action, Change, Desired } from './destination.ts'
import { fullName, type GitHubRepository } from '../github/repository.ts'
import {
  changesSince,
  missingNames,
  type ObservedRecord,
  type PairName,
  pairNames,
  type PairTimes,
  recordName,
  type SyncRecord,
} from '../github/sync-record.ts'
import { fitsSealedBox, longestValue, type PublicKey } from '../github/sealed-box.ts'

/** What a repository holds of ours. */
export interface ObservedRepository {
  /** Under its present name. */
  readonly repository: GitHubRepository
  /** Its name in our configuration, if GitHub has renamed it since. */
  readonly formerly?: string
  readonly archived: boolean
  readonly publicKey: PublicKey
  readonly updatedAt: PairTimes
  readonly record: ObservedRecord
}

/** A mutating call. */
export type GitHubCall =
  | {
      readonly kind: 'put-secret'
      readonly repository: GitHubRepository
      readonly name: PairName
      readonly publicKey: PublicKey
    }
  | {
      readonly kind: 'write-record'
      readonly repository: GitHubRepository
      /** What was there before this run, to tell an old answer from a new one, and another's work from ours. */
      readonly before: Pick<ObservedRepository, 'updatedAt' | 'record'>
    }

/** Compare the pair with the credential. Pure. */
export function planPair(desired: Desired, observed: ObservedRepository): readonly Change<GitHubCall>[] {
  const difference = pairDifference(desired, observed)
  const [first, ...rest] = difference === undefined ? keepAll(observed) : mend(desired, observed, difference)
  const warnings = warningsOf(observed)
  return first === undefined ? [] : [warnings.length > 0 ? { ...first, warnings } : first, ...rest]
}

/** Why the pair must be written, and what that does to a secret that is there; `undefined` if it is as it should be. */
interface PairDifference {
  readonly because: string
  readonly action: Extract<Action, 'update' | 'adopt'>
}

function pairDifference(
  { version }: Desired,
  { updatedAt, record }: ObservedRepository,
): PairDifference | undefined {
  const missing = missingNames(updatedAt)
  const action = record.state === 'absent' ? 'adopt' : 'update'
  if (missing.length === pairNames.length) return { because: 'it is not there', action }
  if (missing.length > 0) {
    const there = pairNames.filter((name) => !missing.includes(name))
    return { because: `only ${there.join()} is there, a half-written pair`, action }
  }
  switch (record.state) {
    case 'absent':
      return { because: 'it is there without a record of a sync', action }
    case 'unreadable':
      return { because: `${recordName} was edited, so what the pair holds is unknown`, action }
    case 'unknowable':
      return { because: `the token may not read ${recordName}, so what the pair holds is unknown`, action }
    case 'present':
      if (record.record.version !== version) return { because: 'another credential was synced last', action }
      return changedSince(record.record, updatedAt)
  }
}

function changedSince(record: SyncRecord, updatedAt: PairTimes): PairDifference | undefined {
  const changed = changesSince(record, updatedAt).map(({ name }) => name)
  if (changed.length === 0) return undefined
  const half = changed.length < pairNames.length ? ', a half-written pair' : ''
  return {
    because: `${changed.join(' and ')} changed at GitHub since the last sync${half}`,
    action: 'update',
  }
}

function keepAll({ repository }: ObservedRepository): readonly Change<GitHubCall>[] {
  return [...pairNames, recordName].map((name) => ({
    target: `${fullName(repository)} ${name}`,
    action: 'keep',
    because: 'the last sync wrote this credential, and nothing has changed since',
    calls: [],
  }))
}

function mend(
  desired: Desired,
  observed: ObservedRepository,
  { because, action }: PairDifference,
): readonly Change<GitHubCall>[] {
  const { repository, publicKey, updatedAt, record } = observed
  const refused = refusal(desired, observed, because)
  if (refused) return [refused]
  const secrets = pairNames.map((name): Change<GitHubCall> => ({
    target: `${fullName(repository)} ${name}`,
    action: updatedAt[name] === undefined ? 'create' : action,
    because,
    calls: [{ kind: 'put-secret', repository, name, publicKey }],
  }))
  if (record.state === 'unknowable') return secrets
  return [
    ...secrets,
    {
      target: `${fullName(repository)} ${recordName}`,
      action: record.state === 'absent' ? 'create' : 'update',
      because: 'it records what was written',
      calls: [{ kind: 'write-record', repository, before: { updatedAt, record } }],
    },
  ]
}

/** The pair is one unit: where one half cannot be written, neither is. */
function refusal(
  { credential }: Desired,
  { repository, archived }: ObservedRepository,
  because: string,
): Change<GitHubCall> | undefined {
  const place = fullName(repository)
  if (archived) {
    const refused = new PullthroughError('ERR_STATE', `${place} is archived, so its secrets cannot change`, {
      hint: 'unarchive it, or take it out of the sync',
    })
    return {
      target: `${place} ${pairNames.join(', ')}`,
      action: 'refuse',
      because,
      calls: [],
      refusal: refused,
    }
  }
  const values = { DOCKER_HUB_USERNAME: new Secret(credential.username), DOCKER_HUB_TOKEN: credential.token }
  const tooLong = pairNames.find((name) => !fitsSealedBox(values[name]))
  if (tooLong === undefined) return undefined
  const refused = new PullthroughError(
    'ERR_CREDENTIAL_INVALID',
    `the value of ${tooLong} is longer than a GitHub secret can be (${longestValue} bytes)`,
    { hint: 'check what the source holds: Docker Hub’s own tokens have 36 characters' },
  )
  return { target: `${place} ${tooLong}`, action: 'refuse', because, calls: [], refusal: refused }
}

function warningsOf({ repository, formerly, record }: ObservedRepository): readonly string[] {
  const name = fullName(repository)
  return [
    ...(formerly === undefined ? [] : [`${formerly} is now called ${name}: use the new name`]),
    ...(record.state === 'unknowable'
      ? [
          `without the permission "Variables: read and write" on ${name}, every sync writes the pair again and nothing tells whether it is current`,
        ]
      : []),
  ]
}
