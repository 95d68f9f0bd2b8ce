import { z } from 'zod'
import { PullthroughError } from '../errors.ts'
import { parseJsonObject } from '../json-object.ts'

/** The media types of what a tag can stand for: an image, or an index of images for several platforms. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
const descriptor = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
})

const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() })

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md, and Docker’s manifest list alike. */
const index = z.object({ manifests: z.array(descriptor.extend({ platform: platform.optional() })) })

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md, and Docker’s schema 2 alike. */
const image = z.object({ config: descriptor, layers: z.array(descriptor) })

/** What a manifest says of a part of the image. */
export interface Descriptor {
  readonly digest: string
  /** In bytes. */
  readonly size: number
}

/** What a manifest says, as far as a pull needs it. */
export type Manifest =
  | {
      readonly kind: 'index'
      /** Of all that it lists. */
      readonly digests: readonly string[]
      /** The image to pull: for linux/amd64, or else the first that is for a platform at all. */
      readonly chosen: Descriptor & { readonly platform: string | undefined }
    }
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] }

/**
 * Read a manifest.
 *
 * @param name what it is of, for the error
 * @throws {@link PullthroughError} `ERR_UNEXPECTED_ANSWER` if it is neither an image nor an index with one.
 */
export function readManifest(text: string, name: string): Manifest {
  const json = parseJsonObject(text)
  const asImage = image.safeParse(json)
  if (asImage.success) return { kind: 'image', ...asImage.data }
  const { data: asIndex } = index.safeParse(json)
  const listed = (asIndex?.manifests ?? []).map(({ digest, size, platform }) => ({
    digest,
    size,
    platform:
      platform &&
      [platform.os, platform.architecture, ...(platform.variant ? [platform.variant] : [])].join('/'),
  }))
  const chosen =
    listed.find(({ platform }) => platform === 'linux/amd64') ??
    // Attestations are listed beside images, for the platform `unknown/unknown`.
    listed.find(({ platform }) => platform !== 'unknown/unknown')
  if (chosen) return { kind: 'index', digests: listed.map(({ digest }) => digest), chosen }
  throw new PullthroughError(
    'ERR_UNEXPECTED_ANSWER',
    `the manifest of ${name} is neither an image nor an index of images`,
  )
}
