import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { type Descriptor, readManifest } from './image-manifest.ts'
import { getContent, type PullRefusal, Refused } from './registry-content.ts'
import type { RegistryLogin } from './registry-login.ts'

/** An image that was pulled to its last byte: its manifests, config and layers, each of them what its digest says. */
export interface PulledImage {
  /** Of what the tag stands for: of the index, if there is one for several platforms. */
  readonly digest: string
  /** `linux/amd64`; `undefined` where the image is for no platform by name. */
  readonly platform: string | undefined
  /** Of manifests, config and layers, as they were sent. */
  readonly bytes: number
  readonly milliseconds: number
}

/** What came of a pull. */
export type Pull = {
  /**
   * The manifest that came for the tag, and what it lists: what a cache now holds of it at most. Empty if the registry
   * refused before that.
   */
  readonly digests: readonly string[]
} & (
  | { readonly image: PulledImage; readonly refusal?: never }
  | { readonly refusal: PullRefusal; readonly image?: never }
)

/** An image by tag or digest. */
export interface WantedImage {
  /** The ECR repository: `docker-hub/library/busybox`. */
  readonly repository: string
  readonly reference: string
}

/** As docker does by default (`max-concurrent-downloads`). https://docs.docker.com/reference/cli/dockerd/ */
const blobsAtOnce = 3

/** ECR takes no manifest over 4 MiB. https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const largestManifest = 4 * 1024 * 1024

/**
 * Pull an image from ECR’s registry as a container runtime does, for one platform, and drop it: nothing is kept but what
 * it was. Of an image for several platforms the one for linux/amd64 is pulled, or else the first.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 *
 * @returns the registry’s refusal as a value: that is an answer too.
 *
 * @throws {@link PullthroughError} `ERR_UNREACHABLE`, `ERR_UNEXPECTED_ANSWER` (what came is not what its digest says) or
 * `ERR_INTERRUPTED`.
 */
export async function pullImage(
  { repository, reference }: WantedImage,
  login: RegistryLogin,
  world: World,
): Promise<Pull> {
  const started = performance.now()
  const base = `${login.endpoint}/v2/${repository}`
  // With the first part that fails the others are given up.
  const whole = new AbortController()
  const giveUp = () => {
    whole.abort()
  }
  world.signal.addEventListener('abort', giveUp)
  if (world.signal.aborted) giveUp()
  const parts = { ...world, signal: whole.signal }

  const digests: string[] = []
  let bytes = 0
  const get = async (url: string, most: number, isKept: boolean) => {
    const got = await getContent({ url: `${base}/${url}`, most, isKept }, login, parts)
    bytes += got.bytes
    return got
  }
  const getByDigest = async (kind: 'manifests' | 'blobs', { digest, size }: Descriptor) => {
    const isKept = kind === 'manifests'
    const got = await get(`${kind}/${digest}`, isKept ? Math.min(size, largestManifest) : size, isKept)
    if (got.digest !== digest) throw notWhatItIs(`${repository}@${digest}`, got.digest, login)
    return got
  }
  try {
    const top = await get(`manifests/${reference}`, largestManifest, true)
    if (reference.startsWith('sha256:') && top.digest !== reference) {
      throw notWhatItIs(`${repository}@${reference}`, top.digest, login)
    }
    const first = readManifest(top.text, `${repository}:${reference}`)
    digests.push(top.digest, ...(first.kind === 'index' ? first.digests : []))
    const child = first.kind === 'index' ? first.chosen : undefined
    const manifest = child
      ? readManifest((await getByDigest('manifests', child)).text, `${repository}@${child.digest}`)
      : first
    if (manifest.kind === 'index') {
      throw new PullthroughError('ERR_UNEXPECTED_ANSWER', `${repository}:${reference} is an index of indexes`)
    }
    const { default: pLimit } = await import('p-limit')
    const atOnce = pLimit(blobsAtOnce)
    const blobs = new Map([manifest.config, ...manifest.layers].map((blob) => [blob.digest, blob]))
    await Promise.all([...blobs.values()].map((blob) => atOnce(() => getByDigest('blobs', blob))))
    const milliseconds = Math.round(performance.now() - started)
    return { digests, image: { digest: top.digest, platform: child?.platform, bytes, milliseconds } }
  } catch (error) {
    if (error instanceof Refused) return { digests, refusal: error.refusal }
    throw error
  } finally {
    giveUp()
    world.signal.removeEventListener('abort', giveUp)
  }
}

function notWhatItIs(wanted: string, digest: string, { endpoint }: RegistryLogin): PullthroughError {
  return new PullthroughError(
    'ERR_UNEXPECTED_ANSWER',
    `ECR’s registry (${endpoint}) sent something else for ${wanted}: its digest is ${digest}`,
    { hint: 'check any proxy, and run it again' },
  )
}
