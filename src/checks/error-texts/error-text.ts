import type { CheckId } from '../finding.ts'

/** One of the things that a text can mean. */
export interface PossibleCause {
  /** The check of `doctor` or `verify` that tells whether it is this. */
  readonly check: CheckId
  /** What is wrong: one sentence that begins in lower case and has no full stop at its end. */
  readonly cause: string
  /** The one command or click that mends it, or who must act. */
  readonly fix: string
}

/**
 * A text that a tool shows when a pull, a deployment or a workflow fails. Where it has several possible causes, the text
 * alone does not tell which it is: their checks do.
 */
export interface ErrorText {
  /** The words to recognise it by, in short. */
  readonly symptom: string
  /**
   * Any of them, in a text of one line with single blanks. They ignore case, and repeat nothing without a limit, so that
   * they take time in proportion to the text.
   */
  readonly patterns: readonly RegExp[]
  /** The likeliest first. */
  readonly causes: readonly [PossibleCause, ...PossibleCause[]]
  /** Set for what stands around many errors, and means something only if nothing more exact was found. */
  readonly general?: true
}
