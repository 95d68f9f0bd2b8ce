import { setTimeout as sleep } from 'node:timers/promises'
import { PullthroughError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { World } from '../world.ts'
import type { Desired, Destination } from './destination.ts'
import { type GitHubActions, githubActions } from './github-actions.ts'
import type { GitHubClientOptions } from './github-client.ts'
import { type GitHubCall, type ObservedRepository, planPair } from './github-pair.ts'
import { fullName, type GitHubRepository, isSameRepository } from './github-repository.ts'
import {
  formatSyncRecord,
  isSameMoment,
  pairNames,
  type PairTimes,
  recordName,
  type SyncRecord,
} from './github-sync-record.ts'

/** Options of {@link githubSecrets}. */
export interface GitHubSecretsOptions extends GitHubClientOptions {
  readonly repository: GitHubRepository
}

/**
 * The secrets that a repository's workflows read, `DOCKER_HUB_USERNAME` and `DOCKER_HUB_TOKEN`, and the variable
 * `DOCKER_HUB_CREDENTIALS_SYNC` that records what was last written.
 */
export function githubSecrets(
  options: GitHubSecretsOptions,
  world: World,
): Destination<ObservedRepository, GitHubCall> {
  const actions = githubActions(options, world)
  return {
    kind: 'github',
    place: fullName(options.repository),
    observe: () => observe(options.repository, actions),
    plan: planPair,
    async perform(call, desired) {
      switch (call.kind) {
        case 'put-secret':
          await putSecret(call, desired, actions)
          return undefined
        case 'write-record':
          return writeRecord(call, desired, actions, world)
      }
    },
  }
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
  const { updatedAt } = await answers.times
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
): Promise<void> {
  switch (name) {
    case 'DOCKER_HUB_USERNAME':
      await actions.putSecret(repository, name, new Secret(credential.username), publicKey)
      return
    case 'DOCKER_HUB_TOKEN':
      // The username was written just before: the plan has it so.
      await leaving(
        'DOCKER_HUB_USERNAME is written already, so the pair is half-written until the next sync',
        actions.putSecret(repository, name, credential.token, publicKey),
      )
  }
}

async function writeRecord(
  { repository, exists, before }: Extract<GitHubCall, { kind: 'write-record' }>,
  { version }: Desired,
  actions: GitHubActions,
  world: World,
): Promise<undefined | { readonly skipped: string }> {
  const write = async () => {
    const updatedAt = await readNewTimes(repository, before, actions, world)
    return actions.writeRecord(repository, formatSyncRecord({ version, updatedAt }), exists)
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

/** How long to wait before each look at the list, in milliseconds: right after a write, GitHub may show an old one. */
const pauses = [0, 250, 500, 1000, 2000]

async function readNewTimes(
  repository: GitHubRepository,
  before: PairTimes,
  actions: GitHubActions,
  { signal }: World,
): Promise<SyncRecord['updatedAt']> {
  for (const pause of pauses) {
    await sleep(pause, undefined, { signal }).catch(() => {
      throw new PullthroughError('ERR_INTERRUPTED', 'interrupted')
    })
    const { updatedAt, asOf } = await actions.listPairTimes(repository)
    const { DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN } = updatedAt
    const areNew = pairNames.every((name) => isNew(updatedAt[name], before[name], asOf))
    if (areNew && DOCKER_HUB_USERNAME !== undefined && DOCKER_HUB_TOKEN !== undefined) {
      return { DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN }
    }
  }
  throw new PullthroughError('ERR_UNEXPECTED_ANSWER', 'GitHub does not list the new secrets yet', {
    hint: 'run it again in a minute',
  })
}

/** Times are in whole seconds: a time that has not moved is still new if it is not older than that. */
function isNew(time: string | undefined, before: string | undefined, asOf: Date): boolean {
  if (time === undefined) return false
  return before === undefined || !isSameMoment(time, before) || asOf.getTime() - Date.parse(time) < 2000
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
