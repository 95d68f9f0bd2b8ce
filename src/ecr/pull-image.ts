import { createHash } from 'node:crypto'
import { PullthroughError } from '../errors.ts'
import { noAnswerFrom, parseBaseUrl } from '../http.ts'
import { membersOf, parseJsonObject } from '../json-object.ts'
import { serverText } from '../server-text.ts'
import { isTransportFailure } from '../transport-failure.ts'
import type { World } from '../world.ts'
import { manifestTypes, readManifest } from './image-manifest.ts'
import type { RegistryLogin } from './registry-login.ts'

/** An image that was pulled to its last byte: its manifests, config and layers, each of them what its digest says. */
export interface PulledImage {
  /** Of what the tag stands for: of the index, if there is one for several platforms. */
  readonly digest: string
  /** The manifest that was pulled, and what it is listed in: the digests that a cache now holds at least. */
  readonly digests: readonly string[]
  /** `linux/amd64`; `undefined` where the image is for no platform by name. */
  readonly platform: string | undefined
  /** Of manifests, config and layers, as they were sent. */
  readonly bytes: number
  readonly milliseconds: number
}

/** The registry’s refusal of a pull, in its own words. */
export interface PullRefusal {
  readonly status: number
  /** `DENIED`, `MANIFEST_UNKNOWN` …; empty if the answer has none. */
  readonly code: string
  /** What it says, fit to be shown. */
  readonly message: string
}

export type Pull =
  | { readonly image: PulledImage; readonly refusal?: never }
  | { readonly refusal: PullRefusal; readonly image?: never }

/** An image by tag or digest. */
export interface WantedImage {
  /** The ECR repository: `docker-hub/library/busybox`. */
  readonly repository: string
  readonly reference: string
}

/** As docker does by default (`max-concurrent-downloads`). https://docs.docker.com/reference/cli/dockerd/ */
const blobsAtOnce = 3

/** Signals that the registry refused: caught in this file. */
class Refused extends Error {
  readonly refusal: PullRefusal

  constructor(refusal: PullRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

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
  let bytes = 0
  const get = async (kind: 'manifests' | 'blobs', wanted: string, isKept: boolean) => {
    const got = await getContent(`${base}/${kind}/${wanted}`, isKept, login, world)
    bytes += got.bytes
    if (wanted.startsWith('sha256:') && got.digest !== wanted) {
      throw notWhatItIs(`${repository}@${wanted}`, got.digest, login)
    }
    return got
  }
  try {
    const top = await get('manifests', reference, true)
    const first = readManifest(top.text, `${repository}:${reference}`)
    const child = first.kind === 'index' ? first.chosen : undefined
    const manifest = child
      ? readManifest((await get('manifests', child.digest, true)).text, `${repository}@${child.digest}`)
      : first
    if (manifest.kind === 'index') {
      throw new PullthroughError('ERR_UNEXPECTED_ANSWER', `${repository}:${reference} is an index of indexes`)
    }
    const { default: pLimit } = await import('p-limit')
    const atOnce = pLimit(blobsAtOnce)
    const blobs = new Set([manifest.config, ...manifest.layers].map(({ digest }) => digest))
    await Promise.all([...blobs].map((digest) => atOnce(() => get('blobs', digest, false))))
    return {
      image: {
        digest: top.digest,
        digests: [top.digest, ...(first.kind === 'index' ? first.digests : [])],
        platform: child?.platform,
        bytes,
        milliseconds: Math.round(performance.now() - started),
      },
    }
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal }
    throw error
  }
}

interface Content {
  readonly digest: string
  readonly bytes: number
  /** Empty unless it was to be kept. */
  readonly text: string
}

/**
 * Get a manifest or a blob to its end. ECR sends blobs from another place, to which the credential does not go: its
 * address is signed.
 */
async function getContent(
  url: string,
  isKept: boolean,
  login: RegistryLogin,
  world: World,
): Promise<Content> {
  const registry = `ECR’s registry (${login.endpoint})`
  const headers = {
    'user-agent': 'pullthrough',
    authorization: `Basic ${login.authorization.reveal()}`,
    accept: isKept ? manifestTypes.join(', ') : '*/*',
  }
  const answer = await read(url, { headers, redirect: 'manual' }, isKept, registry, world)
  const location = answer.status >= 301 && answer.status <= 308 ? answer.headers.get('location') : null
  if (location === null) return contentOf(answer, registry, login)
  const place = new URL(location, url)
  // The rest of the address is a signature.
  const origin = parseBaseUrl('the place that ECR sends a layer from', place.origin)
  const service = `ECR’s store of layers (${origin})`
  // Followed by hand: fetch would send the credential along to another path of one host.
  const layer = await read(place.href, { headers: { 'user-agent': 'pullthrough' } }, isKept, service, world)
  return contentOf(layer, service, login)
}

interface Read {
  readonly status: number
  readonly headers: Headers
  readonly content: Content
}

/** Read an answer to its end, however long that takes, as long as something comes within the world’s time-out. */
async function read(
  url: string,
  init: RequestInit,
  isKept: boolean,
  service: string,
  world: World,
): Promise<Read> {
  const controller = new AbortController()
  const onTimeout = () => {
    controller.abort(new DOMException('timed out', 'TimeoutError'))
  }
  const onInterrupt = () => {
    controller.abort(new DOMException('aborted', 'AbortError'))
  }
  let timer = setTimeout(onTimeout, world.timeoutMs)
  world.signal.addEventListener('abort', onInterrupt)
  if (world.signal.aborted) onInterrupt()
  try {
    const { status, headers, body } = await world.fetch(url, { ...init, signal: controller.signal })
    const hash = createHash('sha256')
    const kept: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      clearTimeout(timer)
      timer = setTimeout(onTimeout, world.timeoutMs)
      hash.update(chunk)
      bytes += chunk.length
      // A refusal is kept too, and is never long.
      if ((isKept || status >= 400) && bytes <= largestText) kept.push(chunk)
    }
    const text = Buffer.concat(kept).toString('utf8')
    return { status, headers, content: { digest: `sha256:${hash.digest('hex')}`, bytes, text } }
  } catch (error) {
    if (!world.signal.aborted && !isTransportFailure(error)) throw error
    throw noAnswerFrom(service, error, world)
  } finally {
    clearTimeout(timer)
    world.signal.removeEventListener('abort', onInterrupt)
  }
}

/** ECR takes no manifest over 4 MiB. https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const largestText = 4 * 1024 * 1024

function contentOf({ status, content }: Read, service: string, login: RegistryLogin): Content {
  if (status === 200) return content
  if (status >= 500 || status < 400) {
    throw new PullthroughError('ERR_UNEXPECTED_ANSWER', `${service} answered ${status}`, {
      hint: status >= 500 ? 'see https://health.aws.amazon.com, and run it again' : 'check any proxy',
    })
  }
  // Not every refusal is the registry's JSON: a wrong login is told in plain text, and a layer's in XML.
  const { code, message } = firstError(content.text) ?? { code: '', message: content.text }
  throw new Refused({
    status,
    code: serverText(code, [login.authorization]) ?? '',
    message: serverText(message, [login.authorization]) ?? `${service} answered ${status}`,
  })
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
function firstError(text: string): { readonly code: string; readonly message: string } | undefined {
  const errors = parseJsonObject(text)?.['errors']
  const [first] = Array.isArray(errors) ? (errors as readonly unknown[]) : []
  const { code, message } = membersOf(first)
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : undefined
}

function notWhatItIs(wanted: string, digest: string, { endpoint }: RegistryLogin): PullthroughError {
  return new PullthroughError(
    'ERR_UNEXPECTED_ANSWER',
    `ECR’s registry (${endpoint}) sent something else for ${wanted}: its digest is ${digest}`,
    { hint: 'check any proxy, and run it again' },
  )
}
