import type { Clock } from '../../../src/sandbox/clock.ts'
import { createDockerHub, type DockerHub } from '../../../src/sandbox/docker/docker-hub.ts'
import { createFaults, type Fault } from '../../../src/sandbox/fault.ts'
import { createRequestLog, type RequestLog } from '../../../src/sandbox/request-log.ts'
import { serveService } from '../../../src/sandbox/server.ts'
import type { ServiceName } from '../../../src/sandbox/service-name.ts'
import { createFrozenClock } from '../frozen-clock.ts'

/** The sandbox's Docker Hub, listening. */
export interface RunningDockerHub {
  readonly authUrl: string
  readonly registryUrl: string
  readonly hubUrl: string
  readonly dockerHub: DockerHub
  /** Stands at 2026-11-23T10:00:00.700Z until it is moved. */
  readonly clock: Clock
  readonly log: RequestLog
  /** Add or change an account, as `POST /docker-hub/accounts` does. */
  account(body: unknown): void
  /** Ask the token server with GET. */
  token(options?: TokenOptions): Promise<Received>
  /** A registry token for the preview repository. */
  bearer(credentials?: Credentials): Promise<string>
  fault(service: ServiceName, fault: Fault): void
  close(): Promise<void>
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

interface TokenOptions {
  readonly credentials?: Credentials | undefined
  readonly service?: string | undefined
  readonly scopes?: readonly string[]
}

export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed if it is JSON. */
  readonly body: unknown
}

export const seeded: Credentials = { username: 'sandbox', password: 'dckr_pat_sandbox_0123456789abcdefghi' }
export const previewPull = 'repository:ratelimitpreview/test:pull'
export const previewManifest = '/v2/ratelimitpreview/test/manifests/latest'

export async function startDockerHub(): Promise<RunningDockerHub> {
  const clock = createFrozenClock()
  const faults = createFaults()
  const log = createRequestLog()
  const dockerHub = createDockerHub({ clock })
  const serve = (name: 'auth' | 'registry' | 'hub') => serveService(dockerHub[name], 0, { log, faults })
  const [auth, registry, hub] = await Promise.all([serve('auth'), serve('registry'), serve('hub')])
  dockerHub.announce({ authUrl: auth.url })

  const token = ({
    credentials,
    service = 'registry.docker.io',
    scopes = [previewPull],
  }: TokenOptions = {}) => {
    const query = new URLSearchParams({ service })
    for (const scope of scopes) query.append('scope', scope)
    return receive(`${auth.url}/token?${query.toString()}`, {
      ...(credentials && { headers: { authorization: basic(credentials) } }),
    })
  }
  return {
    authUrl: auth.url,
    registryUrl: registry.url,
    hubUrl: hub.url,
    dockerHub,
    clock,
    log,
    account: (body) => dockerHub.seeds['/docker-hub/accounts']?.(body),
    token,
    async bearer(credentials) {
      const { body } = await token({ credentials })
      return `Bearer ${(body as { token: string }).token}`
    },
    fault(service, fault) {
      faults.add({ service, operation: '*', times: 1, fault })
    },
    async close() {
      await Promise.all([auth.close(), registry.close(), hub.close()])
    },
  }
}

export function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

export async function receive(url: string, init?: RequestInit): Promise<Received> {
  const response = await fetch(url, init)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') && text !== ''
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: isJson ? (JSON.parse(text) as unknown) : text,
  }
}

/** The claims of a token, read as a client may: without verifying it. */
export function claimsOf(token: unknown): Record<string, unknown> {
  const [, payload = ''] = String(token).split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>
}
