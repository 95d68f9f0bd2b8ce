import { type Credential, secretNames } from '../../credential.ts'
import { type Caller, identifyCaller } from '../../destinations/aws-client.ts'
import { resolveRegions } from '../../destinations/aws-region.ts'
import type { Destination } from '../../destinations/destination.ts'
import { resolveGitHubAccess, resolveGitHubRepository } from '../../destinations/github-access.ts'
import { githubSecrets } from '../../destinations/github-secrets.ts'
import { parseReader } from '../../destinations/resource-policy.ts'
import { secretsManager } from '../../destinations/secrets-manager.ts'
import { sync } from '../../engine/sync.ts'
import { PullthroughError } from '../../errors.ts'
import { dockerHubUrls, type Proof, proveDockerHub } from '../../registries/docker-hub.ts'
import { openSource } from '../../sources/index.ts'
import type { OpenSource } from '../../sources/source.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { exitCodeOfError, exitCodeOfSync } from '../exit-code.ts'
import { renderSync, renderSyncJson, type SyncReport } from '../render-sync.ts'
import { printAnswer, printError, printNote, printWarning, type Streams } from '../streams.ts'
import { settingsFrom, type SyncSettings } from './sync-settings.ts'
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
    printFailures(streams, report)
    return exitCodeOfSync(changes, dryRun)
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    if (json) printAnswer(streams, [renderSyncJson({ dryRun, changes: [], writes }, error)])
    printError(streams, error)
    return exitCodeOfError(error)
  }
}

function printFailures(streams: Streams, { changes }: SyncReport): void {
  for (const { target, error } of changes) {
    if (error) printError(streams, { message: `${target}: ${error.message}`, hint: error.hint })
  }
}

async function syncAll(settings: SyncSettings, countWrite: () => void, world: World, streams: Streams) {
  const source = await openSource(settings, world)
  // Decrypting takes a while off the main thread: it begins first, and its failure waits until it is asked for.
  const credential = source.credential()
  credential.catch(() => undefined)
  printNote(streams, `the credential comes from ${source.description}`)
  for (const warning of source.warnings) printWarning(streams, warning)

  const aws = settings.only === 'github' ? undefined : await awsHalf(settings, source, countWrite, world)
  const gitHub = settings.only === 'aws' ? undefined : await gitHubHalf(settings, countWrite, world)
  if (settings.verbose)
    for (const line of [...(aws?.told ?? []), ...(gitHub?.told ?? [])]) printNote(streams, line)
  let limits: Proof['limits'] | undefined

  const changes = await sync(
    {
      credential,
      destinations: [...(aws?.destinations ?? []), ...(gitHub?.destinations ?? [])],
      gates: (credential) => [
        provenAndTold(credential).then((proof) => {
          limits = proof?.limits
        }),
      ],
      dryRun: settings.dryRun,
    },
    world,
    {
      onWarning: (text) => {
        printWarning(streams, text)
      },
    },
  )
  const left = await limits?.()
  if (left) printNote(streams, left)
  return changes

  /** The two things that must hold before anything is written, told in a fixed order. */
  async function provenAndTold(credential: Credential): Promise<Proof | undefined> {
    const [proof] = await Promise.all([
      settings.skipProof ? undefined : proveDockerHub(credential, dockerHubUrls(world.env), world),
      aws && settings.account ? guardAccount(aws.caller, settings.account) : undefined,
    ])
    printNote(streams, proof ? proof.summary : 'not proven at Docker Hub, as asked')
    for (const warning of proof?.warnings ?? []) printWarning(streams, warning)
    // Whoever cannot be identified is told of by the destinations, which ask the same.
    const caller = await aws?.caller.catch(() => undefined)
    if (caller) printNote(streams, `AWS account ${caller.account}, as ${caller.arn}`)
    return proof
  }
}

async function awsHalf(settings: SyncSettings, source: OpenSource, countWrite: () => void, world: World) {
  const readers = settings.reader.map(parseReader)
  const regions = await resolveRegions([settings.region, source.region ? [source.region] : []], world)
  const caller = identifyCaller(regions[0] ?? '', world)
  const destinations: readonly Destination[] = regions.map((region) =>
    secretsManager(
      {
        region,
        caller,
        secretName: secretNames['docker-hub'],
        restore: settings.restore,
        policy: settings.policy ?? 'deny-others',
        readers,
        onMutatingRequest: countWrite,
      },
      world,
    ),
  )
  return { caller, destinations, told: [`AWS Regions: ${regions.join(', ')}`] }
}

async function gitHubHalf(settings: SyncSettings, countWrite: () => void, world: World) {
  const access = await resolveGitHubAccess(world)
  const repositories = await resolveGitHubRepository({ repos: settings.repo }, access, world)
  const destinations = repositories.map((repository): Destination =>
    githubSecrets({ ...access, repository, onMutatingRequest: countWrite }, world),
  )
  const places = destinations.map(({ place }) => place).join(', ')
  return { destinations, told: [`GitHub: ${places} at ${access.apiUrl}, token from ${access.tokenSource}`] }
}

/** @throws {@link PullthroughError} `ERR_USAGE` if the AWS credentials are another account's than `--account` says. */
async function guardAccount(caller: Promise<Caller>, wanted: string): Promise<void> {
  const { account, arn } = await caller
  if (account === wanted) return
  throw new PullthroughError(
    'ERR_USAGE',
    `these AWS credentials are of account ${account}, not ${wanted} (${arn})`,
    {
      hint: 'choose the profile of that account, or correct --account; nothing was written',
    },
  )
}
