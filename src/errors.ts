/** What kind of failure it was: stable, so that a caller can `switch` on it. */
export type ErrorCode =
  /** An option, argument or environment variable is wrong. */
  | 'ERR_USAGE'
  /** A configuration file of ours is wrong. */
  | 'ERR_CONFIG_INVALID'
  /** The source could not be read: no project, wrong passphrase, malformed file, no CLI. */
  | 'ERR_SOURCE_UNREADABLE'
  /** The source was read and lacks the credential, or half of it. */
  | 'ERR_CREDENTIAL_MISSING'
  /** The credential cannot be one: white space, a placeholder, plain text where a secret belongs. */
  | 'ERR_CREDENTIAL_INVALID'
  /** The registry refused the credential. */
  | 'ERR_CREDENTIAL_REFUSED'
  /** The service knows the caller and refuses the action. */
  | 'ERR_DENIED'
  /** The service does not know the caller: bad, missing or expired credentials of the operator. */
  | 'ERR_UNAUTHENTICATED'
  /** The service asks to come back later. */
  | 'ERR_RATE_LIMITED'
  /** No answer: connection refused, reset, timed out, name not resolved. */
  | 'ERR_UNREACHABLE'
  /** An answer that is not of the service's form, or a server error. */
  | 'ERR_UNEXPECTED_ANSWER'
  /** What is there forbids the change: scheduled for deletion, a replica, owned by another tool, archived. */
  | 'ERR_STATE'
  /** A file cannot be read as what it is, or not be written. */
  | 'ERR_FILE'
  /** The user interrupted the run. */
  | 'ERR_INTERRUPTED'

/** Options of {@link PullthroughError}. */
export interface PullthroughErrorOptions {
  /** The one thing to do next: an imperative clause or a command. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * The only error this package throws on purpose. `message` is one lower-case clause that says what is wrong and
 * with what input; it never contains a token, and neither does `cause`.
 */
export class PullthroughError extends Error {
  override readonly name = 'PullthroughError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: PullthroughErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}
