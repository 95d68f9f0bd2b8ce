/** What GitHub answered. */
export interface GitHubAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The JSON object in the body; an empty one if there is no body. */
  readonly body: Readonly<Record<string, unknown>>
}
