import { inspect } from 'node:util'

/**
 * A value that must not be seen: it stays out of strings, JSON, `util.inspect` and errors by construction.
 * Whoever sends it calls {@link Secret.reveal}, and a test counts those callers.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one request that delivers it or the one function that must look inside. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
