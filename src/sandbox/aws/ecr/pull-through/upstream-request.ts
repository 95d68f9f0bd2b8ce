import { UpstreamRefusal } from './upstream-refusal.ts'

/** How long a registry may take to begin an answer, in milliseconds: one on this machine, and any other. */
const patience = { here: 2500, elsewhere: 30_000 }

/** An answer of an upstream registry that has begun. */
interface UpstreamAnswer {
  readonly status: number
  readonly headers: Headers
  /** @throws `UpstreamRefusal` if the connection breaks */
  readonly body: () => Promise<Buffer>
}

/**
 * Ask an upstream registry.
 *
 * @throws `UpstreamRefusal` if there is no answer
 */
export async function ask(url: string, init: RequestInit = {}): Promise<UpstreamAnswer> {
  const controller = new AbortController()
  const timer = setTimeout(
    () => {
      controller.abort()
    },
    isHere(new URL(url)) ? patience.here : patience.elsewhere,
  )
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

/** Whether a URL is of this machine. */
export function isHere({ hostname }: URL): boolean {
  return hostname === 'localhost' || /^127(\.\d+){3}$|^\[::1\]$/.test(hostname)
}
