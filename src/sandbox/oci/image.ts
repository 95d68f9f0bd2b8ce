import { gzipSync } from 'node:zlib'
import { type Content, contentOf, descriptorOf, digestOf, jsonContent } from './content.ts'
import { type ImageFormat, ociFormat } from './media-type.ts'
import type { Platform } from './platform.ts'
import { tarOf } from './tar.ts'

/** An image of one platform or of several, with everything that a pull of it gets. */
export interface Image {
  /** What a tag points at: a manifest, or an index of manifests. */
  readonly top: Content
  /** The manifests that the index points at; none if `top` is a manifest itself. */
  readonly children: readonly Content[]
  /** Configurations and layers. */
  readonly blobs: readonly Content[]
}

/** What {@link createImage} makes an image of. */
export interface ImageOptions {
  /** What is written into the image: each name gives other digests. */
  readonly name: string
  /** One makes a manifest, several an index. */
  readonly platforms: readonly Platform[]
  /** The OCI's if absent. */
  readonly format?: ImageFormat
}

/**
 * Make a small image, valid to the last digest: gzipped tars for layers, a configuration that knows what they unpack
 * to. The same options give the same bytes.
 * https://github.com/opencontainers/image-spec/blob/main/spec.md
 */
export function createImage({ name, platforms, format = ociFormat }: ImageOptions): Image {
  const images = platforms.map((platform) => createPlatformImage(name, platform, format))
  const blobs = images.flatMap((image) => image.blobs)
  const [first] = images
  if (first && images.length === 1) return { top: first.manifest, children: [], blobs }
  const top = jsonContent(format.index, {
    schemaVersion: 2,
    mediaType: format.index,
    manifests: images.map(({ manifest, platform }) => ({ ...descriptorOf(manifest), platform })),
  })
  return { top, children: images.map(({ manifest }) => manifest), blobs }
}

function createPlatformImage(name: string, platform: Platform, format: ImageFormat) {
  const layers = [baseLayer(platform, format), nameLayer(name, platform, format)]
  // https://github.com/opencontainers/image-spec/blob/main/config.md
  const config = jsonContent(format.config, {
    created: '2026-01-01T00:00:00Z',
    ...platform,
    config: { Env: ['PATH=/usr/bin'], Cmd: ['/usr/bin/true'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ createdBy }) => ({ created: '2026-01-01T00:00:00Z', created_by: createdBy })),
  })
  // https://github.com/opencontainers/image-spec/blob/main/manifest.md
  const manifest = jsonContent(format.manifest, {
    schemaVersion: 2,
    mediaType: format.manifest,
    config: descriptorOf(config),
    layers: layers.map(({ content }) => descriptorOf(content)),
  })
  return { platform, manifest, blobs: [config, ...layers.map(({ content }) => content)] }
}

interface Layer {
  readonly content: Content
  /** The digest of the tar before it was gzipped. */
  readonly diffId: string
  readonly createdBy: string
}

/** Images of one platform have this layer in common. */
function baseLayer({ architecture }: Platform, format: ImageFormat): Layer {
  const release = `NAME="pullthrough sandbox"\nID=sandbox\nVERSION_ID=1\nARCHITECTURE=${architecture}\n`
  const folders = ['etc', 'usr', 'usr/share'].map((path) => ({ path }))
  return layerOf('base', [...folders, { path: 'etc/os-release', body: Buffer.from(release) }], format)
}

function nameLayer(name: string, { os, architecture }: Platform, format: ImageFormat): Layer {
  const text = `${name} for ${os}/${architecture}\n`
  const path = 'usr/share/image'
  return layerOf(name, [{ path }, { path: `${path}/name`, body: Buffer.from(text) }], format)
}

function layerOf(createdBy: string, entries: Parameters<typeof tarOf>[0], format: ImageFormat): Layer {
  const tar = tarOf(entries)
  return { content: contentOf(format.layer, gzipSync(tar)), diffId: digestOf(tar), createdBy }
}
