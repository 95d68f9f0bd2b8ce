import { createImage } from '../oci/image.ts'
import { dockerFormat, type ImageFormat, ociFormat } from '../oci/media-type.ts'
import { linuxAmd64, linuxArm64, type Platform } from '../oci/platform.ts'
import type { Repository } from './catalogue.ts'

interface Seed {
  readonly name: string
  readonly tags: readonly string[]
  readonly format?: ImageFormat
  readonly private?: boolean
}

const seeds: readonly Seed[] = [
  // The one to ask about one's pull limit: https://docs.docker.com/docker-hub/usage/pulls/#view-pull-rate-and-limit
  { name: 'ratelimitpreview/test', tags: ['latest'], format: dockerFormat },
  { name: 'library/alpine', tags: ['3.20', '3.21', 'latest'] },
  { name: 'library/busybox', tags: ['1.37', 'latest'], format: dockerFormat },
  { name: 'library/debian', tags: ['12', 'bookworm-slim', 'latest'] },
  { name: 'library/nginx', tags: ['1', '1.27', 'latest'] },
  { name: 'library/node', tags: ['20', 'latest'] },
  { name: 'library/postgres', tags: ['16'] },
  { name: 'library/redis', tags: ['7'] },
  { name: 'bitnami/redis', tags: ['latest', '7.2'] },
  { name: 'grafana/grafana', tags: ['latest', '11.0.0'] },
  { name: 'sandbox/private', tags: ['latest'], private: true },
]

/** What an image runs on unless it is said: official ones on two platforms, all others on one. */
export function usualPlatforms(repository: string): readonly Platform[] {
  return repository.startsWith('library/') ? [linuxAmd64, linuxArm64] : [linuxAmd64]
}

let made: ReadonlyMap<string, Repository> | undefined

/** By name. Made once: the images are the same for every sandbox. */
export function seededRepositories(): ReadonlyMap<string, Repository> {
  made ??= new Map(seeds.map((seed) => [seed.name, repositoryOf(seed)]))
  return made
}

function repositoryOf({ name, tags, format = ociFormat, private: isPrivate = false }: Seed): Repository {
  const platforms = usualPlatforms(name)
  const images = tags.map((tag) => [tag, createImage({ name: `${name}:${tag}`, platforms, format })] as const)
  return { name, private: isPrivate, tags: new Map(images), images: images.map(([, image]) => image) }
}
