import { etagOf, isKnown } from '../oci/answer-content.ts'
import type { Content } from '../oci/content.ts'
import { isDigest, looksLikeDigest } from '../oci/digest.ts'
import { isRepositoryName } from '../oci/repository-name.ts'
import { tagPage } from '../oci/tag-page.ts'
import type { Answer, Exchange, Operation } from '../service.ts'
import { acceptedManifest } from './accepted-manifest.ts'
import type { Pat } from './account.ts'
import { dated, json } from './answer.ts'
import { answerDelivery, redirectToBlob } from './blob-delivery.ts'
import { findBlob, type Repository } from './catalogue.ts'
import { countPull, limitHeaders } from './pull.ts'
import { actionsOf, isGranted, verify } from './registry-access.ts'
import { challenge, pullLimitReached, registryError, registryRefusal } from './registry-error.ts'
import { methodsOf, registryTarget, type RegistryTarget, type RepositoryTarget } from './registry-target.ts'
import type { DockerHubStore } from './store.ts'

/**
 * `registry-1.docker.io`: the pull half of a registry, with a few small images.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export function registryOperation(exchange: Exchange, store: DockerHubStore): Operation {
  const { method, url } = exchange
  const target = registryTarget(url.pathname)
  const api = target.kind === 'delivery' ? {} : { 'docker-distribution-api-version': 'registry/2.0' }
  const finish = (answered: Answer): Answer =>
    dated({ ...answered, headers: { ...api, ...answered.headers } }, store.clock)
  return {
    service: 'docker-registry',
    name: `${method} ${target.template}`,
    mutating: method !== 'GET' && method !== 'HEAD',
    perform: async () => finish(await answer(exchange, target, store)),
    refuse: (fault) => finish(registryRefusal(fault)),
  }
}

async function answer(exchange: Exchange, target: RegistryTarget, store: DockerHubStore): Promise<Answer> {
  switch (target.kind) {
    case 'other':
      return notBuilt(exchange)
    case 'delivery':
      return answerDelivery(exchange, store.catalogue.findBlob(target.digest), store)
    case 'api':
    case 'catalog': {
      const access =
        target.kind === 'catalog' ? { type: 'registry', name: 'catalog', actions: ['*'] } : undefined
      const { claims, problem } = await verify(exchange, store)
      if (!claims) return challenge(store.authUrl, access, problem)
      // Docker Hub lists its repositories for nobody: https://github.com/docker/hub-feedback/issues/2094
      if (access) return challenge(store.authUrl, access, 'insufficient_scope')
      return isReading(exchange) ? json(200, {}) : methodRefused(['GET', 'HEAD'])
    }
    default:
      return answerInRepository(exchange, target, store)
  }
}

async function answerInRepository(
  exchange: Exchange,
  target: RepositoryTarget,
  store: DockerHubStore,
): Promise<Answer> {
  const { name } = target
  if (!isRepositoryName(name)) {
    return registryError(400, 'NAME_INVALID', 'invalid repository name', { name })
  }
  const access = { type: 'repository', name, actions: actionsOf(exchange.method) }
  const { claims, problem } = await verify(exchange, store)
  if (!claims) return challenge(store.authUrl, access, problem)
  // A repository that does not exist looks like one that may not be seen.
  if (!isGranted(claims, access)) return challenge(store.authUrl, access, 'insufficient_scope')
  if (!methodsOf(target).includes(exchange.method)) return methodRefused(methodsOf(target))
  if (!isReading(exchange) || target.kind === 'upload') return notBuilt(exchange)

  const repository = store.catalogue.find(name)
  switch (target.kind) {
    case 'manifest': {
      const puller = store.issued.get(String(claims['jti']))
      return answerManifest(exchange, { repository, reference: target.reference, puller }, store)
    }
    case 'blob':
      return answerBlob(exchange, { repository, digest: target.reference }, store)
    case 'tags':
      return answerTags(exchange, name, repository)
  }
}

function isReading({ method }: Exchange): boolean {
  return method === 'GET' || method === 'HEAD'
}

interface WantedManifest {
  readonly repository: Repository | undefined
  readonly reference: string
  readonly puller: Pat | undefined
}

/** HEAD is free, GET is a pull. https://docs.docker.com/docker-hub/usage/pulls/ */
function answerManifest(
  exchange: Exchange,
  { repository, reference, puller }: WantedManifest,
  store: DockerHubStore,
): Answer {
  if (looksLikeDigest(reference) && !isDigest(reference)) return digestInvalid(reference)
  const { manifest, problem = 'manifest unknown' } = repository
    ? acceptedManifest(exchange, repository, reference)
    : {}
  if (!repository || !manifest) {
    return registryError(404, 'MANIFEST_UNKNOWN', problem, { Tag: reference })
  }
  if (exchange.method === 'GET' && !countPull(puller, repository, manifest, store)) {
    return pullLimitReached(puller ? 'user' : 'address', limitHeaders(puller, store))
  }
  return presentManifest(exchange, manifest, limitHeaders(puller, store))
}

function presentManifest(
  exchange: Exchange,
  manifest: Content,
  limits: Readonly<Record<string, string>>,
): Answer {
  const { mediaType, digest, body } = manifest
  const headers = { 'docker-content-digest': digest, etag: etagOf(manifest), ...limits }
  if (isKnown(exchange, manifest)) return { status: 304, headers }
  return {
    status: 200,
    headers: { 'content-type': mediaType, 'content-length': String(body.length), ...headers },
    body,
  }
}

function answerBlob(
  exchange: Exchange,
  { repository, digest }: { readonly repository: Repository | undefined; readonly digest: string },
  store: DockerHubStore,
): Answer {
  if (!isDigest(digest)) return digestInvalid(digest)
  const blob = repository && findBlob(repository, digest)
  if (blob) return redirectToBlob(blob, exchange, store)
  return registryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest })
}

function answerTags({ url }: Exchange, name: string, repository: Repository | undefined): Answer {
  if (!repository) {
    return registryError(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name })
  }
  const page = tagPage(repository.tags.keys(), url)
  if (!page) {
    const n = url.searchParams.get('n')
    return registryError(400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested', { n })
  }
  const link = page.next === undefined ? undefined : { link: `<${page.next}>; rel="next"` }
  return json(200, { name, tags: page.tags }, link)
}

function digestInvalid(digest: string): Answer {
  return registryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest })
}

function methodRefused(methods: readonly string[]): Answer {
  const refused = registryError(405, 'UNSUPPORTED', 'The operation is unsupported.')
  return { ...refused, headers: { ...refused.headers, allow: methods.join(', ') } }
}

function notBuilt({ method, url }: Exchange): Answer {
  return registryError(501, 'UNSUPPORTED', `the sandbox does not answer ${method} ${url.pathname}`)
}
