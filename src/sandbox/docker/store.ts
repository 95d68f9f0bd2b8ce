import type { Clock } from '../clock.ts'
import type { Accounts, Pat } from './account.ts'
import type { Catalogue } from './catalogue.ts'
import type { PullLimits } from './pull-limit.ts'

/** Everything that Docker Hub's three services share. */
export interface DockerHubStore {
  readonly clock: Clock
  readonly accounts: Accounts
  readonly catalogue: Catalogue
  readonly pullLimits: PullLimits
  /** Pulls of an index whose second GET is still to come: how many, by puller, repository and index. */
  readonly pullsBegun: Map<string, number>
  /** Whose each registry token is, by its `jti`; `undefined` for nobody's. */
  readonly issued: Map<string, Pat | undefined>
  /** Where the token server listens. */
  authUrl: string
  anonymousPulls: number
}

/** The sandbox's time in seconds since 1970, as tokens count it. */
export function epochSeconds(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000)
}
