import { setTimeout as sleep } from 'node:timers/promises'
import { PullthroughError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { World } from '../world.ts'
import type { Desired, Destination } from './destination.ts'
import type { GitHubActions } from '../github/actions.ts'
import { type GitHubCall, type ObservedRepository, planPair } from './github-pair.ts'
import { fullName, type GitHubRepository, isSameRepository } from '../github/repository.ts'
import {
  formatSyncRecord,
  isSameMoment,
  type ObservedRecord,
  type PairName,
  pairNames,
  type PairTimes,
  recordName,
  type SyncRecord,
} from '../github/sync-record.ts'

/** Options of {@link githubSecrets}. */
export interface GitHubSecretsOptions {
  readonly repository: GitHubRepository
  /** One for all repositories of a run. */
  readonly actions: GitHubActions
}

/**
 * The secrets that a repository's workflows read, `DOCKER_HUB_USERNAME` and `DOCKER_HUB_TOKEN`, and the variable
 * `DOCKER_HUB_CREDENTIALS_SYNC` that records what was last written.
 */
export function githubSecrets(
  { repository, actions }: GitHubSecretsOptions,
  world: World,
): Destination<ObservedRepository, GitHubCall> {
  const writtenAt = new Map<PairName, Date>()
  return {
    kind: 'github',
    place: fullName(repository),
    observe: () => observe(repository, actions),
    plan: planPair,
    async perform(call, desired) {
      switch (call.kind) {
        case 'put-secret':
          writtenAt.set(call.name, await putSecret(call, desired, actions))
          return undefined
        case 'write-record':
          return writeRecord(call, desired, { actions, writtenAt, world })
      }
    },
  }
}

/** What it takes to record the pair that was written. */
interface Recording {
  readonly actions: GitHubActions
  /** GitHub's own time when it said that this run's write of a secret is done. */
  readonly writtenAt: ReadonlyMap<PairName, Date>
  readonly world: World
}

/** Everything is asked at once: no question depends on another's answer. */
async function observe(asked: GitHubRepository, actions: GitHubActions): Promise<ObservedRepository> {
  const answers = {
    found: actions.readRepository(asked),
    times: actions.listPairTimes(asked),
    publicKey: actions.readPublicKey(asked),
    record: actions.readRecord(asked),
  }
  await Promise.allSettled(Object.values(answers))
  // Of several failures, the repository's explains most.
  const { repository, archived } = await answers.found
  const updatedAt = await answers.times
  return {
    repository,
    ...(isSameRepository(repository, asked) ? {} : { formerly: fullName(asked) }),
    archived,
    publicKey: await answers.publicKey,
    updatedAt,
    record: await answers.record,
  }
}

async function putSecret(
  { repository, name, publicKey }: Extract<GitHubCall, { kind: 'put-secret' }>,
  { credential }: Desired,
  actions: GitHubActions,
): Promise<Date> {
  switch (name) {
    case 'DOCKER_HUB_USERNAME':
      return actions.putSecret(repository, name, new Secret(credential.username), publicKey)
    case 'DOCKER_HUB_TOKEN':
      // The username was written just before: the plan has it so.
      return leaving(
        'DOCKER_HUB_USERNAME is written already, so the pair is half-written until the next sync',
        actions.putSecret(repository, name, credential.token, publicKey),
      )
  }
}

async function writeRecord(
  { repository, before }: Extract<GitHubCall, { kind: 'write-record' }>,
  { version }: Desired,
  recording: Recording,
): Promise<undefined | { readonly skipped: string }> {
  const { actions, writtenAt } = recording
  const write = async () => {
    const [updatedAt, present] = await Promise.all([
      readNewTimes(repository, before.updatedAt, recording),
      actions.readRecord(repository),
    ])
    const ours = { version, updatedAt }
    if (isRecord(present, ours)) return 'written'
    if (wasOvertaken(ours, present, before.record, writtenAt)) {
      throw new PullthroughError(
        'ERR_STATE',
        `another hand changed the pair of ${fullName(repository)} while this run was under way, so what it holds is unknown`,
        { hint: 'run it again, and one run at a time' },
      )
    }
    return actions.writeRecord(repository, formatSyncRecord(ours), present.state !== 'absent')
  }
  const outcome = await leaving(
    'the pair is written but not recorded, so the next sync writes it again',
    write(),
  )
  if (outcome === 'written') return undefined
  return {
    skipped: `the token may not write ${recordName}, so the next sync writes the pair again (it lacks "Variables: read and write")`,
  }
}

/** How far GitHub's own clocks may be apart, in milliseconds: a time and a `Date` are in whole seconds, of two machines. */
const clockSlack = 5000

/**
 * Whether another run wrote the pair after us, so that the listed times would vouch for its values as ours. Two signs
 * tell: a time that is later than GitHub's answer to our own write (by more than {@link clockSlack}), and a record of
 * another credential that was not there when this run began.
 */
function wasOvertaken(
  { version, updatedAt }: SyncRecord,
  present: ObservedRecord,
  before: ObservedRecord,
  writtenAt: Recording['writtenAt'],
): boolean {
  if (
    present.state === 'present' &&
    present.record.version !== version &&
    !isRecord(before, present.record)
  ) {
    return true
  }
  return pairNames.some((name) => {
    const ours = writtenAt.get(name)
    return ours === undefined || Date.parse(updatedAt[name]) > ours.getTime() + clockSlack
  })
}

function isRecord(observed: ObservedRecord, record: SyncRecord): boolean {
  return observed.state === 'present' && formatSyncRecord(observed.record) === formatSyncRecord(record)
}

/** How long to wait before each look at the list, in milliseconds: right after a write, GitHub may show an old one. */
const pauses = [0, 250, 500, 1000, 2000]

async function readNewTimes(
  repository: GitHubRepository,
  before: PairTimes,
  { actions, writtenAt, world: { signal } }: Recording,
): Promise<SyncRecord['updatedAt']> {
  for (const pause of pauses) {
    await sleep(pause, undefined, { signal }).catch(() => {
      throw new PullthroughError('ERR_INTERRUPTED', 'interrupted')
    })
    const times = await actions.listPairTimes(repository)
    const { DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN } = times
    const areNew = pairNames.every((name) => isNew(times[name], before[name], writtenAt.get(name)))
    if (areNew && DOCKER_HUB_USERNAME !== undefined && DOCKER_HUB_TOKEN !== undefined) {
      return { DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN }
    }
  }
  throw new PullthroughError('ERR_UNEXPECTED_ANSWER', 'GitHub does not list the new secrets yet', {
    hint: 'run it again in a minute',
  })
}

/** Times are in whole seconds: a time that has not moved is still new if we wrote not longer than that after it. */
function isNew(time: string | undefined, before: string | undefined, writtenAt: Date | undefined): boolean {
  if (time === undefined) return false
  if (before === undefined || !isSameMoment(time, before)) return true
  return writtenAt !== undefined && writtenAt.getTime() - Date.parse(time) < 2000
}

/** Say what a failure leaves behind. */
async function leaving<T>(state: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    const { code, message, hint, cause } = error
    throw new PullthroughError(code, `${message}; ${state}`, {
      ...(hint === undefined ? {} : { hint }),
      ...(cause === undefined ? {} : { cause }),
    })
  }
}
