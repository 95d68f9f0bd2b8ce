import type { Content } from '../oci/content.ts'
import { createImage, type Image } from '../oci/image.ts'
import type { ImageSeed } from './image-seed.ts'
import { seededRepositories, usualPlatforms } from './seeded-repositories.ts'

/** A repository that exists. */
export interface Repository {
  readonly name: string
  /** Who sees and pulls it: everybody, or the user whose namespace it is in. */
  readonly private: boolean
  /** By tag. */
  readonly tags: ReadonlyMap<string, Image>
  /** Every image that was ever pushed: one that lost its tags is still there by digest. */
  readonly images: readonly Image[]
}

/** The repositories that the registry has. */
export interface Catalogue {
  /** @param name in full, as the registry knows it: `library/debian` */
  find(name: string): Repository | undefined
  /** A blob of any repository. */
  findBlob(digest: string): Content | undefined
  /** Push an image nobody has seen yet under each of the tags; what is absent of the rest stays. */
  push(seed: ImageSeed): void
  /** Start over with the seeds. */
  reset(): void
}

export function createCatalogue(): Catalogue {
  let pushes = 0
  let repositories = new Map(seededRepositories())
  return {
    find: (name) => repositories.get(name),
    findBlob(digest) {
      for (const repository of repositories.values()) {
        const blob = findBlob(repository, digest)
        if (blob) return blob
      }
      return undefined
    },
    push({ repository: name, tags, platforms = usualPlatforms(name), private: isPrivate }) {
      pushes += 1
      const before = repositories.get(name)
      const image = createImage({ name: `${name}:${tags.join(',')}, push ${pushes}`, platforms })
      repositories.set(name, {
        name,
        private: isPrivate ?? before?.private ?? false,
        tags: new Map([...(before?.tags ?? []), ...tags.map((tag) => [tag, image] as const)]),
        images: [...(before?.images ?? []), image],
      })
    },
    reset() {
      pushes = 0
      repositories = new Map(seededRepositories())
    },
  }
}

/** @param reference a tag or a digest; the manifests that an index points at have digests alone */
export function findManifest({ tags, images }: Repository, reference: string): Content | undefined {
  return (
    tags.get(reference)?.top ??
    images.flatMap(({ top, children }) => [top, ...children]).find(({ digest }) => digest === reference)
  )
}

export function findBlob({ images }: Repository, digest: string): Content | undefined {
  return images.flatMap(({ blobs }) => blobs).find((blob) => blob.digest === digest)
}
