import type { ChangeReport } from '../engine/event.ts'
import type { PullthroughError } from '../errors.ts'
import { errorJson } from './rendering/error-json.ts'

/** Everything a `sync` has to tell when it is over. */
export interface SyncReport {
  readonly dryRun: boolean
  readonly changes: readonly ChangeReport[]
  /** How many mutating requests were sent. */
  readonly writes: number
}

/** The answer for people: one line a change, then the sum. */
export function renderSync({ dryRun, changes, writes }: SyncReport): readonly string[] {
  const rows = changes.map((change) => [wordFor(change, dryRun), change.target, whyOf(change)] as const)
  const [first, second] = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return [
    ...rows.map(([word, target, why]) => `${word.padEnd(first ?? 0)}  ${target.padEnd(second ?? 0)}  ${why}`),
    '',
    sumOf(changes, dryRun, writes),
  ]
}

/** The answer for programs; `docs/json.md` documents it. */
export function renderSyncJson({ dryRun, changes, writes }: SyncReport, error?: PullthroughError): string {
  return JSON.stringify({
    version: 1,
    command: 'sync',
    dryRun,
    changes: changes.map((change) => ({
      ...change,
      ...(change.error ? { error: errorJson(change.error) } : {}),
    })),
    writes,
    ...(error ? { error: errorJson(error) } : {}),
  })
}

const doneWords = {
  create: 'created',
  update: 'updated',
  adopt: 'adopted',
  restore: 'restored',
  keep: 'in sync',
  refuse: 'refused',
  observe: 'observed',
} as const satisfies Record<ChangeReport['action'], string>

function wordFor({ action, outcome }: ChangeReport, dryRun: boolean): string {
  if (outcome === 'done') return doneWords[action]
  if (outcome === 'failed') return 'failed'
  return dryRun ? `would ${action}` : 'skipped'
}

function whyOf({ because, outcome, reason }: ChangeReport): string {
  return outcome === 'skipped' && reason && reason !== 'dry run' ? `${because}; ${reason}` : because
}

function sumOf(changes: readonly ChangeReport[], dryRun: boolean, writes: number): string {
  const count = (matches: (change: ChangeReport) => boolean) => changes.filter(matches).length
  const failed = count(({ outcome }) => outcome === 'failed')
  const skipped = count(({ outcome }) => outcome === 'skipped')
  const kept = count(({ action, outcome }) => action === 'keep' && outcome === 'done')
  const changed = count(({ action, outcome }) => action !== 'keep' && outcome === 'done')
  const parts = [
    ...(changed ? [`${changed} changed`] : []),
    ...(dryRun && skipped ? [`${skipped} would change`] : []),
    ...(kept ? [`${kept} in sync`] : []),
    ...(failed ? [`${failed} failed`] : []),
    ...(!dryRun && skipped ? [`${skipped} skipped`] : []),
    ...(dryRun ? [] : [`${writes} ${writes === 1 ? 'write' : 'writes'}`]),
  ]
  return parts.join(', ')
}
