import { contentOf, descriptorOf } from './content.ts'

/** The repository to ask about one's pull limit. https://docs.docker.com/docker-hub/usage/pulls/#view-pull-rate-and-limit */
export const previewRepository = 'ratelimitpreview/test'

/** An image of nothing, for an architecture that clients have. */
export const previewConfig = contentOf('application/vnd.docker.container.image.v1+json', {
  architecture: 'amd64',
  os: 'linux',
  created: '2020-01-10T14:59:22Z',
  config: {},
  rootfs: { type: 'layers', diff_ids: [] },
  history: [],
})

/** https://distribution.github.io/distribution/spec/manifest-v2-2/ */
export const previewManifest = contentOf('application/vnd.docker.distribution.manifest.v2+json', {
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: descriptorOf(previewConfig),
  layers: [],
})
