import type { Clock } from '../clock.ts'
import type { RepositoryRoute, Route } from './call.ts'
import type { RateLimits } from './rate-limit.ts'
import type { Repositories } from './repository.ts'
import type { Token } from './token.ts'

/** Everything that GitHub's half holds, and what it can do. */
export interface GitHubStore {
  readonly clock: Clock
  readonly repositories: Repositories
  /** By the token itself. */
  readonly tokens: ReadonlyMap<string, Token>
  readonly rateLimits: RateLimits
  readonly routes: readonly Route[]
  readonly repositoryRoutes: readonly RepositoryRoute[]
}
