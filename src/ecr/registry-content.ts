import { createHash } from 'node:crypto'
import { PullthroughError } from '../errors.ts'
import { noAnswerFrom } from '../http.ts'
import { membersOf, parseJsonObject } from '../json-object.ts'
import { serverText } from '../server-text.ts'
import { isTransportFailure } from '../transport-failure.ts'
import type { World } from '../world.ts'
import { manifestTypes } from './image-manifest.ts'
import { layerAddress } from './layer-address.ts'
import type { RegistryLogin } from './registry-login.ts'

/** The registry’s refusal of a pull, in its own words. */
export interface PullRefusal {
  readonly status: number
  /** `DENIED`, `MANIFEST_UNKNOWN` …; empty if the answer has none. */
  readonly code: string
  /** What it says, fit to be shown. */
  readonly message: string
}

/** Signals that the registry refused: for whoever pulls to catch. */
export class Refused extends Error {
  readonly refusal: PullRefusal

  constructor(refusal: PullRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** A manifest or a blob that came to its end. */
export interface Content {
  readonly digest: string
  readonly bytes: number
  /** Empty unless it was to be kept. */
  readonly text: string
}

/** What to get from the registry, and how much of it may come. */
export interface WantedContent {
  readonly url: string
  /** In bytes: what sends more lies. */
  readonly most: number
  /** Whether its text is needed. */
  readonly isKept: boolean
}

/** How often what gives no answer, a server error or a throttle is asked again. */
const retries = 2

/**
 * Get a manifest or a blob to its end. ECR sends blobs from another place, to which the credential does not go: its
 * address is signed. What was cut off, throttled or answered by a server error is asked for twice more.
 *
 * @throws {@link Refused}, or {@link PullthroughError} `ERR_UNREACHABLE`, `ERR_UNEXPECTED_ANSWER` or `ERR_INTERRUPTED`.
 */
export async function getContent(
  wanted: WantedContent,
  login: RegistryLogin,
  world: World,
): Promise<Content> {
  const { default: pRetry } = await import('p-retry')
  try {
    return await pRetry(() => getOnce(wanted, login, world), {
      retries,
      minTimeout: 250,
      factor: 4,
      signal: world.signal,
      shouldRetry: ({ error }) => isWorthAnother(error),
    })
  } catch (error) {
    if (world.signal.aborted) throw new PullthroughError('ERR_INTERRUPTED', 'interrupted')
    throw error
  }
}

/** A refusal stays one, and what took a whole time-out would take it again. */
function isWorthAnother(error: Error): boolean {
  if (error instanceof Refused) return error.refusal.status === 429
  if (error instanceof ServerError) return true
  const isTimeout = error.cause instanceof Error && error.cause.name === 'TimeoutError'
  return error instanceof PullthroughError && error.code === 'ERR_UNREACHABLE' && !isTimeout
}

async function getOnce(wanted: WantedContent, login: RegistryLogin, world: World): Promise<Content> {
  const registry = `ECR’s registry (${login.endpoint})`
  const headers = {
    'user-agent': 'pullthrough',
    authorization: `Basic ${login.authorization.reveal()}`,
    accept: wanted.isKept ? manifestTypes.join(', ') : '*/*',
  }
  const answer = await read(wanted, headers, registry, world)
  const location = answer.status >= 301 && answer.status <= 308 ? answer.headers.get('location') : null
  if (location === null) return contentOf(answer, registry, (text) => saidByRegistry(text, login))
  const place = layerAddress(location, wanted.url)
  // The rest of the address is a signature.
  const store = `ECR’s store of layers (${place.origin})`
  // Followed by hand: fetch would send the credential along to another path of one host.
  const layer = await read({ ...wanted, url: place.href }, { 'user-agent': 'pullthrough' }, store, world)
  return contentOf(layer, store, saidByStore)
}

interface Read {
  readonly status: number
  readonly headers: Headers
  readonly content: Content
}

/** What is read of a refusal, which is never long, in bytes. */
const longestRefusal = 64 * 1024

/** Read an answer to its end, however long that takes, as long as something comes within the world’s time-out. */
async function read(
  { url, most, isKept }: WantedContent,
  headers: Readonly<Record<string, string>>,
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
    const answer = await world.fetch(url, { headers, redirect: 'manual', signal: controller.signal })
    const isContent = answer.status === 200
    const hash = createHash('sha256')
    const kept: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      clearTimeout(timer)
      timer = setTimeout(onTimeout, world.timeoutMs)
      bytes += chunk.length
      if (isContent && bytes > most) {
        throw new PullthroughError('ERR_UNEXPECTED_ANSWER', `${service} sent more than ${most} bytes`, {
          hint: 'check any proxy, and run it again',
        })
      }
      if (!isContent && bytes > longestRefusal) break
      hash.update(chunk)
      if (isKept || !isContent) kept.push(chunk)
    }
    const text = Buffer.concat(kept).toString('utf8')
    const { status, headers: told } = answer
    return { status, headers: told, content: { digest: `sha256:${hash.digest('hex')}`, bytes, text } }
  } catch (error) {
    if (!world.signal.aborted && !isTransportFailure(error)) throw error
    throw noAnswerFrom(service, error, world)
  } finally {
    clearTimeout(timer)
    world.signal.removeEventListener('abort', onInterrupt)
    // What is left of an answer is not waited for.
    controller.abort()
  }
}

/** An answer that may be another one soon. */
class ServerError extends PullthroughError {}

type Said = Pick<PullRefusal, 'code' | 'message'>

function contentOf(
  { status, content }: Read,
  service: string,
  saidIn: (text: string) => Said | undefined,
): Content {
  if (status === 200) return content
  const said = saidIn(content.text)
  if (status >= 400 && status < 500) {
    throw new Refused({ status, ...(said ?? { code: '', message: `${service} answered ${status}` }) })
  }
  if (status < 400) {
    throw new PullthroughError('ERR_UNEXPECTED_ANSWER', `${service} answered ${status}`, {
      hint: 'check any proxy',
    })
  }
  const words = said?.code ? `: ${said.message}` : ''
  throw new ServerError('ERR_UNEXPECTED_ANSWER', `${service} answered ${status}${words}`, {
    hint: 'see https://health.aws.amazon.com, and run it again',
  })
}

/**
 * The first error of the registry’s JSON, or else the text: a wrong login is told in plain text.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
function saidByRegistry(text: string, { authorization, password }: RegistryLogin): Said | undefined {
  const errors = parseJsonObject(text)?.['errors']
  const [first] = Array.isArray(errors) ? (errors as readonly unknown[]) : []
  const { code, message } = membersOf(first)
  const sent = [authorization, password]
  if (typeof code === 'string' && typeof message === 'string') {
    return {
      code: serverText(code, sent) ?? '',
      message: serverText(message, sent) ?? 'what it says repeats the login',
    }
  }
  const shown = serverText(text, sent)
  return shown === undefined ? undefined : { code: '', message: shown }
}

/**
 * The code alone: what S3 says beside it repeats the signed address.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
function saidByStore(text: string): Said | undefined {
  const [, code] = /<Code>(\w{1,64})<\/Code>/.exec(text) ?? []
  return code === undefined ? undefined : { code, message: 'so says ECR’s store of layers' }
}
