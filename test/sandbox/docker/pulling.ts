import { createHash } from 'node:crypto'
import type { Descriptor } from '../../../src/sandbox/oci/content.ts'
import type { Credentials, RunningDockerHub } from './running-docker-hub.ts'

/** What a registry answered, as bytes; a redirect is not followed. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export async function send(url: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  // These two are about the connection, which `fetch` does not keep after HEAD.
  const headers = [...response.headers].filter(([name]) => name !== 'connection' && name !== 'keep-alive')
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: Buffer.from(await response.arrayBuffer()),
  }
}

/** `Bearer …` for one repository. */
export async function bearerFor(
  running: RunningDockerHub,
  name: string,
  { credentials, actions = 'pull' }: { credentials?: Credentials | undefined; actions?: string } = {},
): Promise<string> {
  const { body } = await running.token({ credentials, scopes: [`repository:${name}:${actions}`] })
  return `Bearer ${(body as { token: string }).token}`
}

export function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}

/** A manifest, or an index of manifests. */
export interface Manifest {
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
  readonly manifests?: readonly (Descriptor & {
    readonly platform: { readonly os: string; readonly architecture: string }
  })[]
}

export function manifestIn({ body }: Answered): Manifest {
  return JSON.parse(body.toString('utf8')) as Manifest
}

/** Get a blob as clients do: the address from the registry, then the address without a token. */
export async function getBlob(
  running: RunningDockerHub,
  path: string,
  authorization: string,
): Promise<Answered> {
  const { headers } = await send(running.registryUrl + path, { headers: { authorization } })
  return send(headers['location'] ?? '')
}
