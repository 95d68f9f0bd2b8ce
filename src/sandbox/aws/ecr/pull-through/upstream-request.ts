import { UpstreamRefusal } from './upstream-refusal.ts'

/** A registry to pull from. */
export interface Upstream {
  /** Without a slash at the end. */
  readonly url: string
  /** How long it may take to begin an answer, in milliseconds: 30 seconds if absent. */
  readonly patienceMs?: number
}

/** An answer of an upstream registry that has begun. */
interface UpstreamAnswer {
  readonly status: number
  readonly headers: Headers
  /** @throws `UpstreamRefusal` if the connection breaks */
  readonly body: () => Promise<Buffer>
}

/**
 * Ask an upstream registry, or its token server.
 *
 * @throws `UpstreamRefusal` if there is no answer
 */
export async function ask(
  url: string,
  { patienceMs = 30_000 }: Upstream,
  init: RequestInit = {},
): Promise<UpstreamAnswer> {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort()
  }, patienceMs)
  try {
    const response = await fetch(url, { ...init, signal: controller.signal })
    return {
      status: response.status,
      headers: response.headers,
      async body() {
        try {
          return Buffer.from(await response.arrayBuffer())
        } catch (error) {
          throw new UpstreamRefusal('upstream-unavailable', { cause: error })
        }
      },
    }
  } catch (error) {
    throw new UpstreamRefusal('upstream-unavailable', { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
