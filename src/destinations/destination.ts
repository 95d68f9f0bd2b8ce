import type { Credential } from '../credential.ts'
import type { PullthroughError } from '../errors.ts'

/** What every destination should hold after a sync. */
export interface Desired {
  readonly credential: Credential
  /** The credential's fingerprint, see `version.ts`. */
  readonly version: string
}

/** What a change does to the one thing it names. */
export type Action =
  /** It is not there, and will be. */
  | 'create'
  /** It is ours and differs. */
  | 'update'
  /** It is there, made by another hand, and becomes ours. */
  | 'adopt'
  /** It is scheduled for deletion, and comes back. */
  | 'restore'
  /** It is as it should be. */
  | 'keep'
  /** It should differ, and its state forbids the change: see `refusal`. */
  | 'refuse'

/** One difference between desired and observed, and the calls that mend it. Pure data, made by `Destination.plan`. */
export interface Change<Call = unknown> {
  /** The thing that changes, unique within a run: `us-east-2 ecr-pullthroughcache/docker-hub`. */
  readonly target: string
  readonly action: Action
  /** Why this action, in words for the user. */
  readonly because: string
  /** The mutating calls, in order. Empty for `keep` and `refuse`. */
  readonly calls: readonly Call[]
  /** Why nothing may be done, for `refuse` only. */
  readonly refusal?: PullthroughError
  /** What the user should know about this thing, though nothing is wrong enough to stop. */
  readonly warnings?: readonly string[]
  /** What this change brings to light must be looked at anew before the rest can be planned (`restore`). */
  readonly thenObserveAgain?: boolean
}

/** What came of asking whether that which was written is of use. */
export interface Confirmation {
  /** Changes that took effect and yet are no good, by their targets. */
  readonly objections: readonly { readonly target: string; readonly error: PullthroughError }[]
  /** What could not be asked, in words. */
  readonly warnings: readonly string[]
}

/**
 * A place credentials are written to. The engine asks only these questions and never branches on `kind`.
 * `Observed` and `Call` are the destination's own: the engine hands them back unopened.
 *
 * Implementations live beside this file; `cli/commands/sync-wiring.ts` makes them.
 */
export interface Destination<Observed = unknown, Call = unknown> {
  /** What kind of place it is, for the reader of a plan: `secrets-manager`, `github`. */
  readonly kind: string

  /** Which place of that kind: a Region, a repository. */
  readonly place: string

  /**
   * Look at what is there without changing anything.
   *
   * @throws {@link PullthroughError} only if the destination could not be asked or refused to answer.
   * "Not found" is an answer, never an error.
   */
  observe(): Promise<Observed>

  /** Compare. Pure: the same arguments give the same changes, and nothing is asked or written. */
  plan(desired: Desired, observed: Observed): readonly Change<Call>[]

  /**
   * Make one call of a planned change. Making the same call twice is harmless.
   *
   * @returns nothing if it took effect; why it was left out, if the destination can do without it.
   *
   * @throws {@link PullthroughError} if it is not confirmed that the call took effect.
   */
  perform(call: Call, desired: Desired): Promise<undefined | { readonly skipped: string }>

  /**
   * Ask whether those for whom it was written can use what is there now. Called once, after the changes, if any was
   * made; what broke the use of it may be taken back.
   *
   * @param done the changes that took effect
   */
  confirm?(desired: Desired, observed: Observed, done: readonly Change<Call>[]): Promise<Confirmation>
}
