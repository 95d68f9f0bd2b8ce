import type { Clock } from '../clock.ts'
import type { Answer, Exchange } from '../service.ts'
import type { Repository } from './repository.ts'
import type { Needs, Token } from './token.ts'

/** One request, understood: who asks, for what, in which version of the API. */
export interface Call {
  readonly exchange: Exchange
  /** What the braces of the route's template stand for, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The API's own address as this client reached it, without a slash at the end. */
  readonly base: string
  readonly token: Token | undefined
  /** `undefined` if the request asked for one that GitHub does not have. */
  readonly apiVersion: string | undefined
  readonly clock: Clock
  /** The page of GitHub's documentation that error bodies point to. */
  readonly documentation: string
}

/** A call on one repository that the caller sees and may use this way. */
export interface RepositoryCall extends Call {
  readonly repository: Repository
  /** Whether to read as a replica does that has not seen the last write. */
  readonly lagging: boolean
}

/** One method of one path. */
export interface Route {
  readonly method: string
  /** A template: `/rate_limit`. */
  readonly path: string
  readonly documentation: string
  handle(call: Call): Answer
}

/** One method of one path below a repository's own: `/actions/secrets/{name}`. */
export interface RepositoryRoute {
  readonly method: string
  readonly path: string
  readonly documentation: string
  readonly needs: Needs
  handle(call: RepositoryCall): Answer
}
