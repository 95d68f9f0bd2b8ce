import type { Credential } from '../credential.ts'
import type { Change, Desired, Destination } from '../destinations/destination.ts'
import { PullthroughError } from '../errors.ts'
import { versionOf } from '../version.ts'
import type { World } from '../world.ts'
import { apply, foretell } from './apply.ts'
import type { ChangeReport, Listener } from './event.ts'

/** What {@link sync} works with. */
export interface SyncOptions {
  /** The credential, on its way from the source. */
  readonly credential: Promise<Credential>
  readonly destinations: readonly Destination[]
  /** Whatever must hold before anything is written: each rejects with a {@link PullthroughError} if it does not. */
  readonly gates: (credential: Credential) => readonly Promise<unknown>[]
  /** Plan only. */
  readonly dryRun: boolean
}

/**
 * The main job: look at every destination at once while the credential is read and proven, compare, and write what
 * differs. Destinations are independent: one that fails does not stop the others.
 *
 * @returns every change with its outcome, in the order of the destinations.
 * @throws {@link PullthroughError} if the credential could not be read or a gate does not hold. Nothing is written then.
 */
export async function sync(
  { credential, destinations, gates, dryRun }: SyncOptions,
  world: World,
  listener: Listener = {},
): Promise<readonly ChangeReport[]> {
  // Each keeps its failure to itself until it is its turn to be reported.
  const observations = destinations.map(observe)
  for (const observation of observations) observation.catch(() => undefined)
  const desired = await desiredFrom(credential, gates)
  throwIfInterrupted(world)

  const reports = await Promise.all(
    observations.map(async (observation, index) => {
      const destination = destinations[index]
      return destination ? reconcile(destination, await observation, desired, { dryRun, listener }) : []
    }),
  )
  return reports.flat()
}

async function desiredFrom(credential: Promise<Credential>, gates: SyncOptions['gates']): Promise<Desired> {
  const read = await credential
  const [version] = await Promise.all([versionOf(read), ...gates(read)])
  return { credential: read, version }
}

interface Reconciling {
  readonly dryRun: boolean
  readonly listener: Listener
  /** The second look, after which there is no third. */
  readonly again?: boolean
}

/** Plan and apply; where a change brings more to light (a restored secret), observe, plan and apply once more. */
async function reconcile(
  destination: Destination,
  observation: Observation,
  desired: Desired,
  { dryRun, listener, again = false }: Reconciling,
): Promise<readonly ChangeReport[]> {
  if (observation.error) {
    const report = unobserved(destination, observation.error)
    listener.onChange?.(report)
    return [report]
  }
  const changes = destination.plan(desired, observation.observed)
  for (const warning of changes.flatMap(({ warnings = [] }) => warnings)) listener.onWarning?.(warning)
  if (dryRun) return foretell(destination, changes)

  const applied = await apply(destination, changes, desired, listener.onChange)
  const reports = await confirm(
    destination,
    { desired, observed: observation.observed, changes, applied },
    listener,
  )
  const moreToSee = changes.some(({ thenObserveAgain }) => thenObserveAgain)
  if (!moreToSee || reports.some(({ outcome }) => outcome !== 'done')) return reports
  if (again) {
    const report = unobserved(destination, unsettled())
    listener.onChange?.(report)
    return [...reports, report]
  }
  const rest = await reconcile(destination, await observe(destination), desired, {
    dryRun,
    listener,
    again: true,
  })
  return [...reports, ...rest]
}

interface Applied {
  readonly desired: Desired
  readonly observed: unknown
  readonly changes: readonly Change[]
  readonly applied: readonly ChangeReport[]
}

/** Ask the destination whether what was written is of use; a change that is not, has failed. */
async function confirm(
  destination: Destination,
  { desired, observed, changes, applied }: Applied,
  { onWarning, onChange }: Listener,
): Promise<readonly ChangeReport[]> {
  const done = changes.filter(({ action }, index) => action !== 'keep' && applied[index]?.outcome === 'done')
  if (!destination.confirm || done.length === 0) return applied
  const { objections, warnings } = await destination.confirm(desired, observed, done)
  for (const warning of warnings) onWarning?.(warning)
  return applied.map((report) => {
    const objection = objections.find(({ target }) => target === report.target)
    if (!objection) return report
    const failed: ChangeReport = { ...report, outcome: 'failed', error: objection.error }
    onChange?.(failed)
    return failed
  })
}

function unsettled(): PullthroughError {
  return new PullthroughError('ERR_STATE', 'what was written is still not to be seen', {
    hint: 'run it again in a minute',
  })
}

function unobserved({ kind, place }: Destination, error: PullthroughError): ChangeReport {
  return {
    destination: kind,
    target: place,
    action: 'observe',
    because: 'it could not be looked at',
    outcome: 'failed',
    error,
  }
}

type Observation =
  | { readonly observed: unknown; readonly error?: never }
  | { readonly error: PullthroughError; readonly observed?: never }

async function observe(destination: Destination): Promise<Observation> {
  try {
    return { observed: await destination.observe() }
  } catch (error) {
    if (error instanceof PullthroughError) return { error }
    throw error
  }
}

function throwIfInterrupted({ signal }: World): void {
  if (signal.aborted) throw new PullthroughError('ERR_INTERRUPTED', 'interrupted; nothing was written')
}
