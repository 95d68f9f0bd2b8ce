import type { Action } from '../destinations/destination.ts'
import type { PullthroughError } from '../errors.ts'

/** One change in a report: what was planned, and what became of it. */
export interface ChangeReport {
  /** The kind of destination: `secrets-manager`, `github`. */
  readonly destination: string
  readonly target: string
  /** `observe` stands for a destination that could not be looked at, so that nothing could be planned. */
  readonly action: Action | 'observe'
  readonly because: string
  /** `done`: it is so now, or was already. `skipped`: not tried, see `reason`. */
  readonly outcome: 'done' | 'failed' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string
  /** Why it failed. */
  readonly error?: PullthroughError
}

/** What a run tells while it is under way. */
export interface Listener {
  readonly onWarning?: (text: string) => void
  /** Something became of a change. */
  readonly onChange?: (change: ChangeReport) => void
}
