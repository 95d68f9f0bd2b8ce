import type { Change, Desired, Destination } from '../destinations/destination.ts'
import { PullthroughError } from '../errors.ts'
import type { ChangeReport } from './event.ts'

/**
 * Make the planned changes of one destination, in order. Nothing is thrown: each change gets its outcome. After a
 * failure the rest of this destination is skipped, since later changes build on earlier ones; the next run, which
 * observes anew, finishes the job.
 */
export async function apply(
  destination: Destination,
  changes: readonly Change[],
  desired: Desired,
  onChange: (change: ChangeReport) => void = () => undefined,
): Promise<readonly ChangeReport[]> {
  const reports: ChangeReport[] = []
  let failed: string | undefined
  for (const change of changes) {
    const outcome: Outcome = failed
      ? { outcome: 'skipped', reason: `${failed} failed` }
      : await outcomeOf(destination, change, desired)
    if (outcome.outcome === 'failed') failed ??= change.target
    const report = { ...planned(destination, change), ...outcome }
    reports.push(report)
    onChange(report)
  }
  return reports
}

/** What would become of the changes: for a dry run. */
export function foretell(destination: Destination, changes: readonly Change[]): readonly ChangeReport[] {
  return changes.map((change) => ({ ...planned(destination, change), ...foretold(change) }))
}

type Outcome = Pick<ChangeReport, 'outcome' | 'reason' | 'error'>

function planned({ kind }: Destination, { target, action, because }: Change) {
  return { destination: kind, target, action, because }
}

function foretold({ action, refusal }: Change): Outcome {
  if (refusal) return { outcome: 'failed', error: refusal }
  return action === 'keep' ? { outcome: 'done' } : { outcome: 'skipped', reason: 'dry run' }
}

async function outcomeOf(destination: Destination, change: Change, desired: Desired): Promise<Outcome> {
  if (change.refusal) return { outcome: 'failed', error: change.refusal }
  try {
    for (const call of change.calls) {
      const result = await destination.perform(call, desired)
      if (result) return { outcome: 'skipped', reason: result.skipped }
    }
    return { outcome: 'done' }
  } catch (error) {
    if (error instanceof PullthroughError) return { outcome: 'failed', error }
    throw error
  }
}
