import type { Credential } from '../credential.ts'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { pullTokenForAnybody } from './docker-hub-login.ts'
import { digestIn, headManifest } from './docker-hub-manifest.ts'
import type { DockerHubUrls } from './docker-hub.ts'
import { type PullLimit, pullLimitIn } from './pull-limit.ts'

/** What Docker Hub says of an image, and to whom. */
export interface ImageAtDockerHub {
  /**
   * `hidden`: there is no such repository, or whoever asks may not see it; Docker Hub answers both alike.
   * `not-told`: no pulls are left, so that Docker Hub does not say.
   */
  readonly state: 'there' | 'no-such-tag' | 'hidden' | 'not-told'
  /** `sha256:…`, if it is there and Docker Hub says so. */
  readonly digest?: string | undefined
  /** How many pulls whoever asks has for this image: none at all of some, for which there is no limit. */
  readonly limit: PullLimit
  /** Whether the credential was used; Docker Hub was asked anonymously otherwise. */
  readonly loggedIn: boolean
}

/**
 * Look for an image at Docker Hub, without pulling it. A credential that Docker Hub refuses is left out: public images
 * are there for everybody.
 *
 * @param repository in full, as the registry knows it: `library/debian`
 * @param reference a tag or a digest
 *
 * @throws {@link PullthroughError} `ERR_RATE_LIMITED`, `ERR_UNREACHABLE`, `ERR_UNEXPECTED_ANSWER` or `ERR_INTERRUPTED`.
 */
export async function findAtDockerHub(
  image: { readonly repository: string; readonly reference: string },
  credential: Credential | undefined,
  urls: Pick<DockerHubUrls, 'auth' | 'registry'>,
  world: World,
): Promise<ImageAtDockerHub> {
  const { token, loggedIn } = await pullTokenForAnybody(image.repository, credential, urls.auth, world)
  const answer = await headManifest(image, token, urls.registry, world)
  const told = { limit: pullLimitIn(answer), digest: digestIn(answer), loggedIn }
  switch (answer.status) {
    case 200:
      return { state: 'there', ...told }
    case 404:
      return { state: 'no-such-tag', ...told }
    case 401:
    case 403:
      return { state: 'hidden', ...told }
    case 429:
      return { state: 'not-told', ...told }
    default:
      throw new PullthroughError(
        'ERR_UNEXPECTED_ANSWER',
        `Docker Hub (${urls.registry}) answered ${answer.status} when asked for an image`,
        {
          hint:
            answer.status >= 500
              ? 'see https://www.dockerstatus.com, and run it again'
              : 'check DOCKER_REGISTRY_URL and any proxy',
        },
      )
  }
}
