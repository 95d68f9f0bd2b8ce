import { noAnswerFrom, timedFetch } from '../http.ts'
import { isTransportFailure } from '../transport-failure.ts'
import type { World } from '../world.ts'

/** A request to one of Docker Hub's services. */
export interface DockerHubRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Gives the request up, beside the world's own signal. */
  readonly signal?: AbortSignal
}

/** An answer of one of Docker Hub's services, read to its end. */
export interface DockerHubAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The media type, as it came: `text/html`; empty without one. */
  readonly type: string
}

/**
 * Send one request, once. Redirects are not followed: the request carries a credential.
 *
 * @throws {@link PullthroughError} `ERR_UNREACHABLE` or `ERR_INTERRUPTED`.
 */
export async function askDockerHub(
  url: string,
  { headers, ...init }: DockerHubRequest,
  world: World,
): Promise<DockerHubAnswer> {
  try {
    const response = await timedFetch(world)(url, {
      ...init,
      redirect: 'manual',
      headers: { 'user-agent': 'pullthrough', ...headers },
    })
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      type: response.headers.get('content-type')?.split(';')[0] ?? '',
    }
  } catch (error) {
    if (!world.signal.aborted && !isTransportFailure(error)) throw error
    throw noAnswerFrom(`Docker Hub (${new URL(url).origin})`, error, world)
  }
}
