import { parsePlatform, type Platform } from '../oci/platform.ts'
import { isRepositoryName, isTag } from '../oci/repository-name.ts'

/** What `POST /docker-hub/images` says. */
export interface ImageSeed {
  /** In full, as the registry knows it: `library/debian` */
  readonly repository: string
  /** At least one; each will point at the new image. */
  readonly tags: readonly string[]
  /** One makes a manifest, several an index. */
  readonly platforms?: readonly Platform[]
  /** Whether only the user whose namespace it is in sees the repository. */
  readonly private?: boolean
}

/**
 * Read the body of `POST /docker-hub/images`.
 *
 * @throws `TypeError` that names what is wrong with it.
 */
export function parseImageSeed(body: unknown): ImageSeed {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TypeError('the body must be a JSON object')
  }
  const { repository, tags, platforms, private: isPrivate } = body as Readonly<Record<string, unknown>>
  if (typeof repository !== 'string' || !/^[^/]+\/[^/]+$/.test(repository) || !isRepositoryName(repository)) {
    throw new TypeError('"repository" must be a name of two parts, like library/debian')
  }
  if (!isFilledList(tags) || !tags.every((tag) => typeof tag === 'string' && isTag(tag))) {
    throw new TypeError('"tags" must be a list of tags')
  }
  if (isPrivate !== undefined && typeof isPrivate !== 'boolean') {
    throw new TypeError('"private" must be true or false')
  }
  return {
    repository,
    tags: tags as readonly string[],
    ...(platforms === undefined ? {} : { platforms: parsePlatforms(platforms) }),
    ...(isPrivate === undefined ? {} : { private: isPrivate }),
  }
}

function parsePlatforms(value: unknown): readonly Platform[] {
  const wrong = new TypeError(
    '"platforms" must be a list of platforms, like linux/arm64/v8, each of them once',
  )
  if (!isFilledList(value) || new Set(value).size !== value.length) throw wrong
  return value.map((text) => {
    const platform = typeof text === 'string' ? parsePlatform(text) : undefined
    if (!platform) throw wrong
    return platform
  })
}

function isFilledList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}
