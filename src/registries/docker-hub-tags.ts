import { z } from 'zod'
import type { Credential } from '../credential.ts'
import { PullthroughError } from '../errors.ts'
import { parseJsonObject } from '../json-object.ts'
import type { Secret } from '../secret.ts'
import type { World } from '../world.ts'
import { askDockerHub } from './docker-hub-request.ts'
import { pullTokenForAnybody } from './docker-hub-login.ts'
import type { DockerHubUrls } from './docker-hub.ts'

/** How many tags are asked for at once, and how often: enough to find one that is not cached. */
const pageSize = 1000
const mostPages = 10

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const tag = z.string().regex(/^\w[\w.-]{0,127}$/)

const page = z.object({ tags: z.array(tag).nullable() })

/**
 * The tags of a repository at Docker Hub, of very many the first ten thousand. No pull is counted. A credential that
 * Docker Hub refuses is left out: public repositories are there for everybody.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 *
 * @param repository in full, as the registry knows it: `library/busybox`
 * @returns `undefined` if there is no such repository, or whoever asks may not see it.
 *
 * @throws {@link PullthroughError} `ERR_RATE_LIMITED`, `ERR_UNREACHABLE`, `ERR_UNEXPECTED_ANSWER` or `ERR_INTERRUPTED`.
 */
export async function tagsAtDockerHub(
  repository: string,
  credential: Credential | undefined,
  urls: Pick<DockerHubUrls, 'auth' | 'registry'>,
  world: World,
): Promise<readonly string[] | undefined> {
  const { token } = await pullTokenForAnybody(repository, credential, urls.auth, world)
  const tags: string[] = []
  for (let asked = 0; asked < mostPages; asked += 1) {
    const found = await pageOfTags(repository, tags.at(-1), token, urls.registry, world)
    if (found === undefined) return undefined
    tags.push(...found)
    if (found.length < pageSize) break
  }
  return tags
}

/** @param last the tag after which the page begins */
async function pageOfTags(
  repository: string,
  last: string | undefined,
  token: Secret,
  registryUrl: string,
  world: World,
): Promise<readonly string[] | undefined> {
  const query = new URLSearchParams({ n: String(pageSize), ...(last === undefined ? {} : { last }) })
  const { status, text } = await askDockerHub(
    `${registryUrl}/v2/${repository}/tags/list?${query.toString()}`,
    { headers: { authorization: `Bearer ${token.reveal()}` } },
    world,
  )
  if (status === 401 || status === 403 || status === 404) return undefined
  const read = page.safeParse(status === 200 ? parseJsonObject(text) : undefined)
  if (read.success) return read.data.tags ?? []
  if (status === 429) {
    throw new PullthroughError(
      'ERR_RATE_LIMITED',
      `Docker Hub (${registryUrl}) refuses to list tags for now`,
      {
        hint: 'run it again in a few minutes',
      },
    )
  }
  throw new PullthroughError(
    'ERR_UNEXPECTED_ANSWER',
    `Docker Hub (${registryUrl}) answered ${status} when asked for the tags of ${repository}`,
    { hint: 'see https://www.dockerstatus.com, check DOCKER_REGISTRY_URL and any proxy' },
  )
}
