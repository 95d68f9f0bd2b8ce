import type { Answer, Exchange, Operation } from '../service.ts'
import type { GrantedAccess } from './access.ts'
import type { Pat } from './account.ts'
import { bearerOf, dated, json } from './answer.ts'
import { findManifest, findRepository } from './catalogue.ts'
import type { Content } from './content.ts'
import { type Claims, verifyJwt } from './jwt.ts'
import { pullLimitOf, pullWindow } from './pull-limit.ts'
import { challenge, pullLimitReached, registryError, registryRefusal } from './registry-error.ts'
import { type DockerHubStore, epochSeconds } from './store.ts'
import { registryService } from './token-server.ts'

/** What a path asks for; `name` is the repository's, `reference` a tag or a digest. */
type Target =
  | { readonly kind: 'registry'; readonly template: string; readonly name?: never }
  | { readonly kind: 'other'; readonly template: string; readonly name?: never }
  | {
      readonly kind: 'manifest' | 'blob' | 'tags'
      readonly template: string
      readonly name: string
      readonly reference: string
    }

/**
 * `registry-1.docker.io` with a few repositories, as far as it takes to read one's pull limit and to see whether an
 * image is there.
 * https://distribution.github.io/distribution/spec/api/
 */
export function registryOperation(exchange: Exchange, store: DockerHubStore): Operation {
  const { method, url } = exchange
  const target = targetOf(url.pathname)
  const finish = (answered: Answer): Answer =>
    dated(
      { ...answered, headers: { 'docker-distribution-api-version': 'registry/2.0', ...answered.headers } },
      store.clock,
    )
  return {
    service: 'docker-registry',
    name: `${method} ${target.template}`,
    mutating: method !== 'GET' && method !== 'HEAD',
    perform: async () => finish(await answer(exchange, target, store)),
    refuse: (fault) => finish(registryRefusal(fault)),
  }
}

function targetOf(path: string): Target {
  if (path === '/v2/') return { kind: 'registry', template: path }
  const [, name = '', list, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? []
  if (list === 'manifests') {
    return { kind: 'manifest', template: '/v2/{name}/manifests/{reference}', name, reference }
  }
  if (list === 'blobs') return { kind: 'blob', template: '/v2/{name}/blobs/{digest}', name, reference }
  if (list === 'tags' && reference === 'list') {
    return { kind: 'tags', template: '/v2/{name}/tags/list', name, reference }
  }
  return { kind: 'other', template: path }
}

async function answer(exchange: Exchange, target: Target, store: DockerHubStore): Promise<Answer> {
  const { method, url } = exchange
  if (target.kind === 'other' || (method !== 'GET' && method !== 'HEAD')) {
    return registryError(501, 'UNSUPPORTED', `the sandbox does not answer ${method} ${url.pathname}`)
  }
  const { claims, problem } = await verify(exchange, store)
  if (!claims) return challenge(store.authUrl, target.name, problem)
  if (target.kind === 'registry') return json(200, {})
  // A repository that does not exist looks like one that may not be seen.
  if (!mayPull(claims, target.name)) return challenge(store.authUrl, target.name, 'insufficient_scope')
  switch (target.kind) {
    case 'manifest': {
      const puller = store.issued.get(String(claims['jti']))
      return answerManifest(target, { puller, counts: method === 'GET' }, store)
    }
    case 'blob':
      return answerBlob(target)
    case 'tags':
      return answerTags(target)
  }
}

type Verified =
  | { readonly claims: Claims; readonly problem?: never }
  | { readonly claims?: never; readonly problem: 'invalid_token' | undefined }

/** A token that was issued here since the last reset, and is still in force. */
async function verify(exchange: Exchange, { clock, issued }: DockerHubStore): Promise<Verified> {
  if (exchange.headers['authorization'] === undefined) return { problem: undefined }
  const token = bearerOf(exchange)
  const claims = token && (await verifyJwt(token, { audience: registryService, now: epochSeconds(clock) }))
  return claims && issued.has(String(claims['jti'])) ? { claims } : { problem: 'invalid_token' }
}

function mayPull(claims: Claims, name: string): boolean {
  // The claims are ours: the signature was verified.
  const access = claims['access'] as readonly GrantedAccess[]
  return access.some((entry) => entry.name === name && entry.actions.includes('pull'))
}

interface RepositoryPath {
  readonly name: string
  readonly reference: string
}

/** HEAD is free, GET is a pull. https://docs.docker.com/docker-hub/usage/pulls/ */
function answerManifest(
  { name, reference }: RepositoryPath,
  { puller, counts }: { readonly puller: Pat | undefined; readonly counts: boolean },
  store: DockerHubStore,
): Answer {
  const repository = findRepository(name)
  const manifest = repository && findManifest(repository, reference)
  if (!manifest) {
    return registryError(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { Tag: reference })
  }
  if (counts && !countPull(puller, store)) {
    return pullLimitReached(puller ? 'user' : 'address', limitHeaders(puller, store))
  }
  return present(manifest, limitHeaders(puller, store))
}

/** Count a pull. `false` if none is left. */
function countPull(puller: Pat | undefined, store: DockerHubStore): boolean {
  const limit = limitOf(puller, store)
  if (limit !== undefined && !store.pullLimits.spend(pullerName(puller), limit)) return false
  if (puller) puller.pulls += 1
  store.anonymousPulls += puller ? 0 : 1
  return true
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

function answerBlob({ name, reference }: RepositoryPath): Answer {
  const repository = findRepository(name)
  if (repository && !repository.blobs) {
    return registryError(501, 'UNSUPPORTED', `the sandbox has no blobs of ${name}`)
  }
  const blob = repository?.blobs?.find(({ digest }) => digest === reference)
  if (blob) return present(blob)
  return registryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest: reference })
}

function answerTags({ name }: RepositoryPath): Answer {
  const repository = findRepository(name)
  if (repository) return json(200, { name, tags: [...repository.manifests.keys()].sort() })
  return registryError(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name })
}

function present(
  { mediaType, digest, body }: Content,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status: 200,
    headers: {
      'content-type': mediaType,
      'content-length': String(Buffer.byteLength(body)),
      'docker-content-digest': digest,
      etag: `"${digest}"`,
      ...headers,
    },
    body,
  }
}
