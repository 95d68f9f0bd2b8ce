import { usualImage } from '../../checks/new-tag.ts'
import { imageToPull, type PullQuestions } from '../../checks/pull-facts.ts'
import type { Credential } from '../../credential.ts'
import { pullImage } from '../../ecr/pull-image.ts'
import { logInToRegistry } from '../../ecr/registry-login.ts'
import { repositoryImages } from '../../ecr/repository-images.ts'
import type { PullsToProve } from '../../engine/prove-pulls.ts'
import { PullthroughError } from '../../errors.ts'
import { findAtDockerHub } from '../../registries/docker-hub-image.ts'
import { logIn } from '../../registries/docker-hub-login.ts'
import { tagsAtDockerHub } from '../../registries/docker-hub-tags.ts'
import type { DockerHubUrls } from '../../registries/docker-hub.ts'
import { readPullLimit } from '../../registries/pull-limit.ts'
import type { World } from '../../world.ts'
import type { VerifyFlags } from './verify.ts'

/**
 * Make what it takes to pull through the cache of a Region; nothing is asked yet.
 *
 * @returns `undefined` if it is not wanted.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` for an image that cannot be pulled, and for flags that contradict.
 */
export function wirePulls(
  { pull, cleanUp, only, beforeUp }: VerifyFlags,
  urls: DockerHubUrls,
  world: World,
): PullsToProve | undefined {
  if (pull === undefined) {
    if (!cleanUp) return undefined
    throw new PullthroughError('ERR_USAGE', '--clean-up deletes what --pull brought, and that is not given')
  }
  if (only === 'github' || beforeUp) {
    throw new PullthroughError(
      'ERR_USAGE',
      beforeUp
        ? '--pull needs the rules that --before-up does without'
        : '--pull asks AWS, and --only github does not',
    )
  }
  const text = pull === true ? usualImage : pull
  const image = imageToPull(text)
  if (!image) {
    throw new PullthroughError('ERR_USAGE', `--pull cannot take ${JSON.stringify(text)}`, {
      hint: 'name an image as docker pull does, and beside a digest its tag: --pull debian:12@sha256:…',
    })
  }
  return {
    image,
    cleanUp,
    questions: (region, credential) => questionsFor(region, credential, urls, world),
  }
}

/** ECR fetches a new image from the upstream before it answers; in milliseconds. */
const leastTimeout = 60_000

function questionsFor(
  region: string,
  credential: Credential | undefined,
  urls: DockerHubUrls,
  world: World,
): PullQuestions {
  return {
    images: repositoryImages(region, world),
    logIn: () => logInToRegistry(region, world),
    pull: (image, login) =>
      pullImage(image, login, { ...world, timeoutMs: Math.max(world.timeoutMs, leastTimeout) }),
    tags: (repository) => tagsAtDockerHub(repository, credential, urls, world),
    find: (image) => findAtDockerHub(image, credential, urls, world),
    limit: async () => {
      const token = credential && (await unlessRefused(logIn(credential, urls.auth, world)))
      return token && readPullLimit(token, urls.registry, world)
    },
  }
}

/** A login that fails is told by `docker-hub.login`. */
async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof PullthroughError && error.code !== 'ERR_INTERRUPTED') return undefined
    throw error
  }
}
