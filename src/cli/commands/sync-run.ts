import { setTimeout as wait } from 'node:timers/promises'
import type { Credential } from '../../credential.ts'
import type { Caller } from '../../aws/caller.ts'
import type { ChangeReport } from '../../engine/event.ts'
import { sync } from '../../engine/sync.ts'
import { PullthroughError } from '../../errors.ts'
import type { Proof } from '../../registries/docker-hub.ts'
import { openSource } from '../../sources/index.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { exitCodeOfError, exitCodeOfSync } from '../exit-code.ts'
import { renderSync, renderSyncJson } from '../render-sync.ts'
import { printAnswer, printError, printNote, printWarning, type Streams } from '../streams.ts'
import { type Settings, settingsFrom } from './settings.ts'
import type { Wiring } from './sync-wiring.ts'
import type { SyncFlags } from './sync.ts'

/** The run half of `sync`: find out what is wanted, hand it to the engine, tell what became of it. */
export async function runSync(flags: SyncFlags, { world: outer, streams }: Context): Promise<number> {
  const world: World = { ...outer, timeoutMs: flags.timeout * 1000 }
  const { dryRun, json } = flags
  let writes = 0
  const countWrite = () => {
    writes += 1
  }
  try {
    const changes = await syncAll(await settingsFrom(flags, world), countWrite, world, streams)
    const report = { dryRun, changes, writes }
    printAnswer(streams, json ? [renderSyncJson(report)] : renderSync(report))
    for (const { target, error } of changes) {
      if (error) printError(streams, { message: `${target}: ${error.message}`, hint: error.hint })
    }
    return exitCodeOfSync(changes, dryRun)
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    if (json) printAnswer(streams, [renderSyncJson({ dryRun, changes: [], writes }, error)])
    printError(streams, error)
    return exitCodeOfError(error)
  }
}

async function syncAll(
  settings: Settings<SyncFlags>,
  countWrite: () => void,
  world: World,
  streams: Streams,
) {
  const note = (text: string) => {
    printNote(streams, text)
  }
  if (settings.configFile !== undefined) note(`options come from ${settings.configFile}`)
  const source = await openSource(settings, world)
  // Decrypting takes a while off the main thread: it begins first, and its failure waits until it is asked for.
  const credential = source.credential()
  credential.catch(() => undefined)
  note(`the credential comes from ${source.description}`)
  for (const warning of source.warnings) printWarning(streams, warning)
  // Loaded while the credential is decrypted.
  const { wire } = await import('./sync-wiring.ts')
  const wiring = await wire(settings, source, countWrite, world)
  if (settings.verbose) wiring.notes.forEach(note)

  let limits: Promise<string> | undefined
  let accountTold: Promise<void> | undefined
  const proveAndTell = async (read: Credential) => {
    limits = (await prove(read, settings, world, streams))?.limits()
    // Nothing but AWS itself waits for the account.
    accountTold = tellAccount(wiring, note)
  }
  const tellProgress = ({ target, outcome }: ChangeReport) => {
    note(`${target}: ${outcome}`)
  }

  const changes = await sync(
    {
      credential,
      destinations: wiring.destinations,
      gates: (read) => [
        proveAndTell(read),
        ...(settings.account === undefined ? [] : [guardAccount(wiring.caller, settings.account)]),
      ],
      dryRun: settings.dryRun,
    },
    world,
    {
      onWarning: (text) => {
        printWarning(streams, text)
      },
      ...(settings.verbose ? { onChange: tellProgress } : {}),
    },
  )
  await accountTold
  const left = await inTime(limits)
  if (left) note(left)
  return changes
}

/** Log in to Docker Hub with the credential, unless the user does without, and tell the outcome. */
async function prove(
  credential: Credential,
  { skipProof }: Settings<SyncFlags>,
  world: World,
  streams: Streams,
): Promise<Proof | undefined> {
  if (skipProof) {
    printNote(streams, 'not proven at Docker Hub, as asked')
    return undefined
  }
  const { dockerHubUrls, proveDockerHub } = await import('../../registries/docker-hub.ts')
  const proof = await proveDockerHub(credential, dockerHubUrls(world.env), world)
  printNote(streams, proof.summary)
  for (const warning of proof.warnings) printWarning(streams, warning)
  return proof
}

/** @throws {@link PullthroughError} `ERR_USAGE` if the AWS credentials are another account's than `--account` says. */
async function guardAccount(caller: Promise<Caller> | undefined, wanted: string): Promise<void> {
  const identified = await caller
  if (!identified || identified.account === wanted) return
  const { account, arn } = identified
  throw new PullthroughError(
    'ERR_USAGE',
    `these AWS credentials are of account ${account}, not ${wanted} (${arn})`,
    { hint: 'choose the profile of that account, or correct --account; nothing was written' },
  )
}

/** Whoever cannot be identified is told of by the destinations, which ask the same. */
async function tellAccount({ caller }: Wiring, note: (text: string) => void): Promise<void> {
  const identified = await caller?.catch(() => undefined)
  if (identified) note(`AWS account ${identified.account}, as ${identified.arn}`)
}

/** How long the answer may wait for what is only good to know, in milliseconds. */
const grace = 2000

async function inTime<T>(value: Promise<T> | undefined): Promise<T | undefined> {
  return value && Promise.race([value, wait(grace, undefined, { ref: false })])
}
