import { PullthroughError } from './errors.ts'
import type { World } from './world.ts'

/**
 * Read a service's base URL, without a slash at the end.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if it is not a URL, or would send a credential over plain http to
 * anything but loopback.
 */
export function parseBaseUrl(variable: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.username || url?.password) {
    throw new PullthroughError('ERR_USAGE', `${variable} must not carry a user name or password`)
  }
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new PullthroughError('ERR_USAGE', `${variable} is not an http or https URL: ${value}`)
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new PullthroughError('ERR_USAGE', `${variable} would send credentials over plain http: ${value}`, {
      hint: 'use https; plain http is accepted for loopback only',
    })
  }
  return value.replace(/\/+$/, '')
}

/** Names and addresses that never leave the machine (RFC 6761, section 6.3; RFC 1122, section 3.2.1.3). */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}

/** Statuses whose answers have no body. https://fetch.spec.whatwg.org/#null-body-status */
const bodiless = [101, 103, 204, 205, 304]

/**
 * The world's `fetch`, given up after the world's time-out and when the user interrupts. The body is read before it
 * returns, so that the time-out covers it.
 *
 * The timer is our own: signals made by `AbortSignal.any` of `AbortSignal.timeout` may be collected before they fire
 * (https://github.com/nodejs/node/issues/57736).
 */
export function timedFetch({ fetch, signal, timeoutMs }: World): typeof globalThis.fetch {
  return async (input, init) => {
    const controller = new AbortController()
    const timer = setTimeout(() => {
      controller.abort(new DOMException('timed out', 'TimeoutError'))
    }, timeoutMs)
    const outer = [signal, init?.signal].filter((given) => given instanceof AbortSignal)
    const abort = () => {
      controller.abort(new DOMException('aborted', 'AbortError'))
    }
    for (const given of outer) given.addEventListener('abort', abort)
    if (outer.some(({ aborted }) => aborted)) abort()
    try {
      const response = await fetch(input, { ...init, signal: controller.signal })
      const body = bodiless.includes(response.status) ? null : await response.arrayBuffer()
      const { status, statusText, headers } = response
      return new Response(body, { status, statusText, headers })
    } finally {
      clearTimeout(timer)
      for (const given of outer) given.removeEventListener('abort', abort)
    }
  }
}

/**
 * Say why a service gave no answer. `error` is what `fetch`, `node:http` or an SDK's transport threw.
 *
 * @param service the service in the user's words, with its URL: `Docker Hub (https://auth.docker.io)`
 */
export function noAnswerFrom(
  service: string,
  error: unknown,
  { timeoutMs, signal }: World,
): PullthroughError {
  if (signal.aborted) return new PullthroughError('ERR_INTERRUPTED', 'interrupted')
  return new PullthroughError('ERR_UNREACHABLE', `no answer from ${service}: ${reason(error, timeoutMs)}`, {
    hint: 'check the network, a proxy, and the service’s status page; then run it again',
    cause: error,
  })
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  UND_ERR_SOCKET: 'connection closed',
  EPIPE: 'connection closed',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'a certificate in its chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
}

/** The first known cause in the chain, in words; else the innermost message. */
function reason(error: unknown, timeoutMs: number): string {
  let message = 'unknown failure'
  for (let link = error; link instanceof Error; link = link.cause) {
    const code = (link as NodeJS.ErrnoException).code
    const known = typeof code === 'string' ? reasons[code] : undefined
    if (known) return known
    // The AWS SDK gives this name to a reset too, which has a code.
    if (link.name === 'TimeoutError') return `timed out after ${timeoutMs / 1000} s`
    message = link.message
  }
  return message
}
