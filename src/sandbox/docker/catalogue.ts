import { type Content, contentOf, descriptorOf } from './content.ts'
import { previewConfig, previewManifest, previewRepository } from './preview-image.ts'

/** A repository that exists. */
export interface Repository {
  readonly name: string
  /** Who sees and pulls it: everybody, or the user whose namespace it is in. */
  readonly private: boolean
  /** By tag. */
  readonly manifests: ReadonlyMap<string, Content>
  /** Those that can be got; `undefined` if the sandbox has the manifests alone. */
  readonly blobs: readonly Content[] | undefined
}

const repositories: readonly Repository[] = [
  {
    name: previewRepository,
    private: false,
    manifests: new Map([['latest', previewManifest]]),
    blobs: [previewConfig],
  },
  images('library/debian', ['12', 'bookworm-slim', 'latest']),
  images('library/node', ['20', 'latest']),
  images('bitnami/redis', ['latest', '7.2']),
  { ...images('sandbox/private', ['latest']), private: true },
]

const byName = new Map(repositories.map((repository) => [repository.name, repository]))

/** @param name in full, as the registry knows it: `library/debian` */
export function findRepository(name: string): Repository | undefined {
  return byName.get(name)
}

/** @param reference a tag or a digest */
export function findManifest({ manifests }: Repository, reference: string): Content | undefined {
  return manifests.get(reference) ?? [...manifests.values()].find(({ digest }) => digest === reference)
}

function images(name: string, tags: readonly string[]): Repository {
  return {
    name,
    private: false,
    manifests: new Map(tags.map((tag) => [tag, imageManifest(`${name}:${tag}`)])),
    blobs: undefined,
  }
}

/**
 * An image manifest of one layer, different for each image.
 * https://github.com/opencontainers/image-spec/blob/main/manifest.md
 */
function imageManifest(image: string): Content {
  const layer = contentOf('application/vnd.oci.image.layer.v1.tar+gzip', `the files of ${image}`)
  const config = contentOf('application/vnd.oci.image.config.v1+json', {
    architecture: 'amd64',
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config: {},
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [],
  })
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  return contentOf(mediaType, {
    schemaVersion: 2,
    mediaType,
    config: descriptorOf(config),
    layers: [descriptorOf(layer)],
  })
}
