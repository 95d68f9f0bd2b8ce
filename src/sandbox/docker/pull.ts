import type { Content } from '../oci/content.ts'
import { isIndex } from '../oci/media-type.ts'
import type { Pat } from './account.ts'
import type { Repository } from './catalogue.ts'
import { pullLimitOf, pullWindow } from './pull-limit.ts'
import type { DockerHubStore } from './store.ts'

/**
 * Count the GET of a manifest. A pull is one such GET, or two if the first is of an index: then the second, of the
 * manifest of one platform, belongs to it, and each further platform is a pull of its own.
 * https://docs.docker.com/docker-hub/usage/pulls/#pull-definition
 *
 * @param puller whose token it is; `undefined` for nobody's
 * @returns `false` if no pull was left
 */
export function countPull(
  puller: Pat | undefined,
  repository: Repository,
  manifest: Content,
  store: DockerHubStore,
): boolean {
  const keyOf = (index: Content) => JSON.stringify([pullerName(puller), repository.name, index.digest])
  const begun = repository.images
    .filter(({ children }) => children.some(({ digest }) => digest === manifest.digest))
    .map(({ top }) => keyOf(top))
    .find((key) => (store.pullsBegun.get(key) ?? 0) > 0)
  if (begun !== undefined) {
    store.pullsBegun.set(begun, (store.pullsBegun.get(begun) ?? 0) - 1)
    return true
  }

  const limit = limitOf(puller, store)
  if (limit !== undefined && !store.pullLimits.spend(pullerName(puller), limit)) return false
  if (puller) puller.pulls += 1
  store.anonymousPulls += puller ? 0 : 1
  if (isIndex(manifest.mediaType)) {
    const key = keyOf(manifest)
    store.pullsBegun.set(key, (store.pullsBegun.get(key) ?? 0) + 1)
  }
  return true
}

/** What a manifest's answer tells of the limit: nothing to those who have none. */
export function limitHeaders(puller: Pat | undefined, store: DockerHubStore): Record<string, string> {
  const limit = limitOf(puller, store)
  if (limit === undefined) return {}
  const { remaining } = store.pullLimits.budget(pullerName(puller), limit)
  return {
    'ratelimit-limit': `${limit};w=${pullWindow}`,
    'ratelimit-remaining': `${remaining};w=${pullWindow}`,
    'docker-ratelimit-source': pullerName(puller),
  }
}

function limitOf(puller: Pat | undefined, { accounts }: DockerHubStore): number | undefined {
  return pullLimitOf(puller ? accounts.planOf(puller.username) : 'unauthenticated')
}

/** Whose budget it is: a user's by name, everybody else's by address. */
function pullerName(puller: Pat | undefined): string {
  return puller?.username ?? '127.0.0.1'
}
