import { createHash } from 'node:crypto'
import type { Fault } from '../fault.ts'
import type { Answer, Exchange, Operation } from '../service.ts'
import { type GrantedAccess, previewRepository } from './access.ts'
import type { Pat } from './account.ts'
import { bearerOf, dated, json, reasonOf, tooManyRequests } from './answer.ts'
import { type Claims, verifyJwt } from './jwt.ts'
import { pullLimitOf, pullWindow } from './pull-limit.ts'
import { type DockerHubStore, epochSeconds } from './store.ts'
import { registryService } from './token-server.ts'

/** Fault kinds that only the registry has. */
export const registryFaults = ['pull-limit'] as const

/** `registry-1.docker.io`, as far as reading one's pull limit needs it. https://distribution.github.io/distribution/spec/api/ */
export function registryOperation(exchange: Exchange, store: DockerHubStore): Operation {
  const { method, url } = exchange
  const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url.pathname)
  return {
    service: 'docker-registry',
    name: `${method} ${manifest ? '/v2/{name}/manifests/{reference}' : url.pathname}`,
    mutating: method !== 'GET' && method !== 'HEAD',
    perform: async () => {
      const answered = manifest
        ? await answerManifest(exchange, store, { name: manifest[1] ?? '', reference: manifest[2] ?? '' })
        : await answerOther(exchange, store)
      return dated(withVersion(answered), store.clock)
    },
    refuse: (fault) => dated(withVersion(refusal(fault)), store.clock),
  }
}

function withVersion(answer: Answer): Answer {
  return { ...answer, headers: { 'docker-distribution-api-version': 'registry/2.0', ...answer.headers } }
}

async function answerOther(exchange: Exchange, store: DockerHubStore): Promise<Answer> {
  const { method, url } = exchange
  if (url.pathname === '/v2/' && (method === 'GET' || method === 'HEAD')) {
    const token = await verify(exchange, store)
    return token.claims ? json(200, {}) : unauthorized(store, undefined, token.error)
  }
  return errorAnswer(501, 'UNSUPPORTED', `the sandbox does not answer ${method} ${url.pathname}`)
}

interface ManifestPath {
  readonly name: string
  readonly reference: string
}

async function answerManifest(
  exchange: Exchange,
  store: DockerHubStore,
  { name, reference }: ManifestPath,
): Promise<Answer> {
  const { method } = exchange
  if (method !== 'GET' && method !== 'HEAD') {
    return errorAnswer(501, 'UNSUPPORTED', `the sandbox does not answer ${method} of a manifest`)
  }
  const { claims, error } = await verify(exchange, store)
  if (!claims) return unauthorized(store, name, error)
  // A repository that does not exist looks like one that may not be seen.
  if (!mayPull(claims, name)) return unauthorized(store, name, 'insufficient_scope')
  if (name !== previewRepository || reference !== 'latest') {
    return errorAnswer(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { Tag: reference })
  }

  const puller = store.issued.get(String(claims['jti']))
  if (method === 'GET') {
    const refused = countPull(puller, store)
    if (refused) return refused
  }
  return {
    status: 200,
    headers: {
      'content-type': 'application/vnd.docker.distribution.manifest.v2+json',
      'content-length': String(Buffer.byteLength(manifest)),
      'docker-content-digest': digestOf(manifest),
      etag: `"${digestOf(manifest)}"`,
      ...limitHeaders(puller, store),
    },
    body: manifest,
  }
}

type Verified =
  | { readonly claims: Claims; readonly error?: never }
  | { readonly claims?: never; readonly error: 'invalid_token' | undefined }

/** A token that was issued here since the last reset, and is still in force. */
async function verify(exchange: Exchange, { clock, issued }: DockerHubStore): Promise<Verified> {
  if (exchange.headers['authorization'] === undefined) return { error: undefined }
  const token = bearerOf(exchange)
  const claims = token && (await verifyJwt(token, { audience: registryService, now: epochSeconds(clock) }))
  return claims && issued.has(String(claims['jti'])) ? { claims } : { error: 'invalid_token' }
}

function mayPull(claims: Claims, name: string): boolean {
  // The claims are ours: the signature was verified.
  const access = claims['access'] as readonly GrantedAccess[]
  return access.some((entry) => entry.name === name && entry.actions.includes('pull'))
}

/** Count a pull, or refuse it. https://docs.docker.com/docker-hub/usage/pulls/ */
function countPull(puller: Pat | undefined, store: DockerHubStore): Answer | undefined {
  const limit = limitOf(puller, store)
  if (limit !== undefined && !store.pullLimits.spend(pullerName(puller), limit)) {
    return pullLimitReached(puller !== undefined, limitHeaders(puller, store))
  }
  if (puller) puller.pulls += 1
  store.anonymousPulls += puller ? 0 : 1
  return undefined
}

/** None of these for those who have no limit. */
function limitHeaders(puller: Pat | undefined, store: DockerHubStore): Record<string, string> {
  const limit = limitOf(puller, store)
  if (limit === undefined) return {}
  const { remaining } = store.pullLimits.budget(pullerName(puller), limit)
  return {
    'ratelimit-limit': `${limit};w=${pullWindow}`,
    'ratelimit-remaining': `${remaining};w=${pullWindow}`,
    'docker-ratelimit-source': pullerName(puller),
  }
}

function limitOf(puller: Pat | undefined, { accounts }: DockerHubStore): number | undefined {
  return pullLimitOf(puller ? accounts.planOf(puller.username) : 'unauthenticated')
}

/** Whose budget it is: a user's by name, everybody else's by address. */
function pullerName(puller: Pat | undefined): string {
  return puller?.username ?? '127.0.0.1'
}

function pullLimitReached(known: boolean, headers: Readonly<Record<string, string>> = {}): Answer {
  const message = known
    ? 'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit'
    : 'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit'
  return json(429, { errors: [{ code: 'TOOMANYREQUESTS', message }] }, headers)
}

function unauthorized(
  { authUrl }: DockerHubStore,
  name: string | undefined,
  error: 'invalid_token' | 'insufficient_scope' | undefined,
): Answer {
  const challenge = [
    `realm="${authUrl}/token"`,
    `service="${registryService}"`,
    ...(name === undefined ? [] : [`scope="repository:${name}:pull"`]),
    ...(error === undefined ? [] : [`error="${error}"`]),
  ]
  const detail = name === undefined ? null : [{ Type: 'repository', Class: '', Name: name, Action: 'pull' }]
  return json(
    401,
    { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail }] },
    { 'www-authenticate': `Bearer ${challenge.join(',')}` },
  )
}

function errorAnswer(status: number, code: string, message: string, detail?: unknown): Answer {
  return json(status, { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] })
}

function refusal(fault: Fault): Answer {
  switch (fault.kind) {
    case 'throttle':
      return tooManyRequests
    case 'pull-limit':
      return pullLimitReached(true)
    case 'deny':
      return errorAnswer(403, 'DENIED', 'requested access to the resource is denied')
    default: {
      const status = fault.status ?? 500
      return errorAnswer(status, codes[status] ?? 'UNKNOWN', reasonOf(status).toLowerCase())
    }
  }
}

/** https://github.com/distribution/distribution/blob/main/registry/api/errcode/register.go */
const codes: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'NAME_UNKNOWN',
  405: 'UNSUPPORTED',
  429: 'TOOMANYREQUESTS',
  503: 'UNAVAILABLE',
}

const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: {
    mediaType: 'application/vnd.docker.container.image.v1+json',
    size: 2,
    digest: digestOf('{}'),
  },
  layers: [],
})

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
