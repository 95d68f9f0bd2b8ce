import { secretNames } from '../../credential.ts'
import { type Caller, identifyCaller } from '../../aws/caller.ts'
import { resolveRegions } from '../../aws/region.ts'
import type { Destination } from '../../destinations/destination.ts'
import { resolveGitHubAccess, resolveGitHubRepository } from '../../github/access.ts'
import { githubActions } from '../../github/actions.ts'
import { githubSecrets } from '../../destinations/github-secrets.ts'
import { parseReader } from '../../destinations/resource-policy.ts'
import { secretsManager } from '../../destinations/secrets-manager.ts'
import type { OpenSource } from '../../sources/source.ts'
import type { World } from '../../world.ts'
import type { Settings } from './settings.ts'
import type { SyncFlags } from './sync.ts'

/** The destinations of one `sync`, and whose AWS account it is if AWS is among them. */
export interface Wiring {
  readonly destinations: readonly Destination[]
  /** Already asked; a failure is for whoever awaits it. */
  readonly caller: Promise<Caller> | undefined
  /** What was found out on the way, for `--verbose`. */
  readonly notes: readonly string[]
}

/**
 * Make the destinations that the settings ask for. GitHub comes first: it may be refused here and now, while AWS is
 * asked something that takes a moment.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` or `ERR_UNAUTHENTICATED` for what can be refused before any request.
 */
export async function wire(
  settings: Settings<SyncFlags>,
  source: OpenSource,
  onMutatingRequest: () => void,
  world: World,
): Promise<Wiring> {
  const gitHub = settings.only === 'aws' ? undefined : await wireGitHub(settings, onMutatingRequest, world)
  const aws =
    settings.only === 'github' ? undefined : await wireAws(settings, source, onMutatingRequest, world)
  return {
    destinations: [...(aws?.destinations ?? []), ...(gitHub?.destinations ?? [])],
    caller: aws?.caller,
    notes: [...(aws?.notes ?? []), ...(gitHub?.notes ?? [])],
  }
}

async function wireAws(
  settings: Settings<SyncFlags>,
  source: OpenSource,
  onMutatingRequest: () => void,
  world: World,
) {
  const readers = settings.reader.map(parseReader)
  const regions = await resolveRegions([settings.region, source.region ? [source.region] : []], world)
  const caller = identifyCaller(regions[0] ?? '', world)
  caller.catch(() => undefined)
  const destinations = regions.map((region): Destination =>
    secretsManager(
      {
        region,
        caller,
        secretName: secretNames['docker-hub'],
        restore: settings.restore,
        policy: settings.policy ?? 'deny-others',
        readers,
        onMutatingRequest,
      },
      world,
    ),
  )
  return { caller, destinations, notes: [`AWS Regions: ${regions.join(', ')}`] }
}

async function wireGitHub(settings: Settings<SyncFlags>, onMutatingRequest: () => void, world: World) {
  const access = await resolveGitHubAccess(world)
  const wish = { repos: settings.repo, cwd: settings.directory }
  const repositories = await resolveGitHubRepository(wish, access, world)
  const actions = githubActions({ ...access, onMutatingRequest }, world)
  const destinations = repositories.map((repository): Destination =>
    githubSecrets({ repository, actions }, world),
  )
  const places = destinations.map(({ place }) => place).join(', ')
  return { destinations, notes: [`GitHub: ${places} at ${access.apiUrl}, token from ${access.tokenSource}`] }
}
