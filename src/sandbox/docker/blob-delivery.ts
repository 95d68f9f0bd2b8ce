import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { answerBlobContent } from '../oci/answer-content.ts'
import type { Content } from '../oci/content.ts'
import type { Answer, Exchange } from '../service.ts'
import { type DockerHubStore, epochSeconds } from './store.ts'

/** How long the address of a blob is good, in seconds. Docker does not say. */
const lifetime = 3600

const key = randomBytes(32)

/** The path that the registry sends clients to for a blob, and its digest. */
export const deliveryPath =
  /^\/registry-v2\/docker\/registry\/v2\/blobs\/(sha256)\/[0-9a-f]{2}\/([0-9a-f]{64})\/data$/

/**
 * Send a client to the content delivery network for a blob, as Docker Hub does.
 * https://github.com/opencontainers/distribution-spec/issues/299
 *
 * The address has another host name than the registry's, for the same port: by the name clients decide whether their
 * `Authorization` goes along, which it must not.
 */
export function redirectToBlob({ digest }: Content, { origin }: Exchange, store: DockerHubStore): Answer {
  const [algorithm = '', hex = ''] = digest.split(':')
  const path = `/registry-v2/docker/registry/v2/blobs/${algorithm}/${hex.slice(0, 2)}/${hex}/data`
  const location = new URL(path, origin)
  location.hostname = 'localhost'
  location.searchParams.set('verify', sign(path, epochSeconds(store.clock) + lifetime))
  return {
    status: 307,
    headers: { 'content-type': 'application/octet-stream', location: location.href },
  }
}

/** The delivery network: whoever has the address gets the blob, unless he brings another permission as well. */
export function answerDelivery(
  exchange: Exchange,
  content: Content | undefined,
  store: DockerHubStore,
): Answer {
  const { method, url, headers } = exchange
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'Method Not Allowed')
  if (headers['authorization'] !== undefined) {
    return text(
      400,
      'Only one auth mechanism allowed: an address that is signed takes no Authorization header',
    )
  }
  const given = url.searchParams.get('verify') ?? ''
  const expires = Number(given.split('-')[0])
  if (!isSame(given, sign(url.pathname, expires)) || expires <= epochSeconds(store.clock)) {
    return text(403, 'Forbidden')
  }
  return content ? answerBlobContent(exchange, content) : text(404, 'Not Found')
}

/** `verify=EXPIRES-SIGNATURE`, as Docker Hub's addresses have it. */
function sign(path: string, expires: number): string {
  return `${expires}-${createHmac('sha256', key).update(`${path} ${expires}`).digest('base64url')}`
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${body}\n` }
}
