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

/** The world's `fetch`, given up after the world's time-out and when the user interrupts. */
export function timedFetch({ fetch, signal, timeoutMs }: World): typeof globalThis.fetch {
  return (input, init) => {
    const signals = [signal, AbortSignal.timeout(timeoutMs), ...(init?.signal ? [init.signal] : [])]
    return fetch(input, { ...init, signal: AbortSignal.any(signals) })
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
    if (link.name === 'TimeoutError') return `timed out after ${timeoutMs / 1000} s`
    const code = (link as NodeJS.ErrnoException).code
    const known = typeof code === 'string' ? reasons[code] : undefined
    if (known) return known
    message = link.message
  }
  return message
}
