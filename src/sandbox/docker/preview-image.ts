import { createHash } from 'node:crypto'

/** A blob or a manifest, by what it hashes to. */
export interface Content {
  readonly mediaType: string
  readonly digest: string
  readonly body: string
}

/** The only repository there is. https://docs.docker.com/docker-hub/usage/pulls/#view-pull-rate-and-limit */
export const previewRepository = 'ratelimitpreview/test'

/** Its only tag. */
export const previewTag = 'latest'

/** An image of nothing, for an architecture that clients have. */
export const previewConfig = content('application/vnd.docker.container.image.v1+json', {
  architecture: 'amd64',
  os: 'linux',
  created: '2020-01-10T14:59:22Z',
  config: {},
  rootfs: { type: 'layers', diff_ids: [] },
  history: [],
})

/** https://distribution.github.io/distribution/spec/manifest-v2-2/ */
export const previewManifest = content('application/vnd.docker.distribution.manifest.v2+json', {
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: {
    mediaType: previewConfig.mediaType,
    size: Buffer.byteLength(previewConfig.body),
    digest: previewConfig.digest,
  },
  layers: [],
})

function content(mediaType: string, value: unknown): Content {
  const body = JSON.stringify(value)
  return { mediaType, body, digest: `sha256:${createHash('sha256').update(body).digest('hex')}` }
}
