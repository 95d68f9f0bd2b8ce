/** What the parts of an image are called, in the two formats there are. */
export interface ImageFormat {
  readonly index: string
  readonly manifest: string
  readonly config: string
  /** Of a layer that is a gzipped tar. */
  readonly layer: string
}

/** https://github.com/opencontainers/image-spec/blob/main/media-types.md */
export const ociFormat: ImageFormat = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}

/** Schema 2, with the manifest list for an index. https://distribution.github.io/distribution/spec/manifest-v2-2/ */
export const dockerFormat: ImageFormat = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
}

/** Whether it is an index, or a manifest list: what points at the manifests of several platforms. */
export function isIndex(mediaType: string): boolean {
  return mediaType === ociFormat.index || mediaType === dockerFormat.index
}
