/** What the program may touch of the world outside. Only `cli/main.ts` makes the real one. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The current directory, absolute. */
  readonly cwd: string
  readonly fetch: typeof globalThis.fetch
  readonly now: () => Date
  /** Aborted when the user interrupts: no request starts after that, and those under way are given up. */
  readonly signal: AbortSignal
  /** How long one attempt of one request may take, in milliseconds. */
  readonly timeoutMs: number
  /** Tell the user something that is neither the answer nor an error, such as a wait. */
  readonly note: (text: string) => void
}
