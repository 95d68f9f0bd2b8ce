import type { Content } from '../../oci/content.ts'
import { isIndex } from '../../oci/media-type.ts'
import type { Repository } from './repository.ts'

/** An image in a repository; an index and the manifests that it lists are an image each. */
export interface Image {
  /** `sha256:…`, of the manifest. */
  readonly imageDigest: string
  readonly imageTags: readonly string[]
  readonly imagePushedAt: Date
  readonly manifest: Content
  readonly lastRecordedPullTime: Date | undefined
}

/** How a request names an image. */
export interface ImageId {
  readonly imageDigest?: string
  readonly imageTag?: string
}

/** What points at a part of an image. https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Part {
  readonly mediaType: string
  readonly digest: string
  /** In bytes. */
  readonly size: number
}

/** What a manifest is made of: an index has children, an image a configuration and layers. */
export interface Parts {
  readonly children: readonly Part[]
  readonly config: Part | undefined
  readonly layers: readonly Part[]
}

/** The image that has this digest, this tag, or both. */
export function findImage(
  { images }: Pick<Repository, 'images'>,
  { imageDigest, imageTag }: ImageId,
): Image | undefined {
  return images.find(
    (image) =>
      (imageDigest === undefined || image.imageDigest === imageDigest) &&
      (imageTag === undefined || image.imageTags.includes(imageTag)),
  )
}

/**
 * What a manifest points at.
 *
 * @throws `TypeError` for what is neither a manifest nor an index.
 */
export function partsOf({ mediaType, body }: Pick<Content, 'mediaType' | 'body'>): Parts {
  const { manifests, config, layers } = parseManifest(body)
  if (isIndex(mediaType)) return { children: readParts(manifests), config: undefined, layers: [] }
  return { children: [], config: readPart(config), layers: readParts(layers) }
}

/**
 * "If the image is a manifest list, this will be the max size of all manifests in the list."
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html
 *
 * @returns bytes: of the configuration and the layers
 */
export function sizeOf({ manifest }: Image, repository: Repository): number {
  const { children, config, layers } = partsOf(manifest)
  const sizes = children.map(({ digest: imageDigest }) => {
    const child = findImage(repository, { imageDigest })
    return child ? sizeOf(child, repository) : 0
  })
  const own = [...(config ? [config] : []), ...layers].reduce((total, { size }) => total + size, 0)
  return Math.max(own, ...sizes)
}

/** What is added to a repository at once: an image, and everything that belongs to it. */
export interface ImageAddition {
  readonly manifest: Content
  /** The manifests of an index. */
  readonly children: readonly Content[]
  /** Configurations and layers. */
  readonly blobs: readonly Content[]
}

/** The repository with an image under a tag, which leaves the image that had it. */
export function withImage(
  repository: Repository,
  { manifest, children, blobs }: ImageAddition,
  { tag, now }: { readonly tag: string; readonly now: Date },
): Repository {
  const known = new Map<string, Image>(
    repository.images.map((image) => [
      image.imageDigest,
      { ...image, imageTags: image.imageTags.filter((name) => name !== tag) },
    ]),
  )
  for (const content of [...children, manifest]) {
    const image = known.get(content.digest) ?? untagged(content, now)
    known.set(content.digest, image)
  }
  const tagged = known.get(manifest.digest) ?? untagged(manifest, now)
  known.set(manifest.digest, { ...tagged, imageTags: [...tagged.imageTags, tag] })
  return {
    ...repository,
    images: [...known.values()],
    layers: new Map([...repository.layers, ...blobs.map((blob) => [blob.digest, blob] as const)]),
    validatedAt: new Map([...repository.validatedAt, [tag, now]]),
  }
}

/** The repository after a pull of an image. */
export function withPull(repository: Repository, digest: string, now: Date): Repository {
  return {
    ...repository,
    images: repository.images.map((image) =>
      image.imageDigest === digest ? { ...image, lastRecordedPullTime: now } : image,
    ),
  }
}

function untagged(manifest: Content, imagePushedAt: Date): Image {
  return {
    imageDigest: manifest.digest,
    imageTags: [],
    imagePushedAt,
    manifest,
    lastRecordedPullTime: undefined,
  }
}

function parseManifest(body: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = parseJson(body)
  if (typeof value !== 'object' || value === null) throw new TypeError('a manifest must be a JSON object')
  return { ...value }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new TypeError('a manifest must be JSON', { cause: error })
  }
}

function readParts(value: unknown): readonly Part[] {
  if (!Array.isArray(value)) throw new TypeError('a manifest must list what it is made of')
  return value.map(readPart)
}

function readPart(value: unknown): Part {
  const { mediaType, digest, size }: Readonly<Record<string, unknown>> = { ...(value as object) }
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || typeof size !== 'number') {
    throw new TypeError('a descriptor must have a media type, a digest and a size')
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new TypeError('a digest must be of SHA-256')
  return { mediaType, digest, size }
}
