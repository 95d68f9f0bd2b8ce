/** What GitHub answered. */
export interface GitHubAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The JSON object in the body; an empty one if there is none. */
  readonly body: Readonly<Record<string, unknown>>
  /** The JSON array in the body, if that is what it is. */
  readonly items?: readonly unknown[]
}
