import type { Fault } from '../../fault.ts'
import { etagOf, isKnown } from '../../oci/answer-content.ts'
import { isDigest, looksLikeDigest } from '../../oci/digest.ts'
import { isRepositoryName, isTag } from '../../oci/repository-name.ts'
import { tagPage } from '../../oci/tag-page.ts'
import type { Answer, Exchange, Operation } from '../../service.ts'
import { authorizedRepositories } from '../ecr/authorization.ts'
import { recordPull } from '../ecr/batch-get-image.ts'
import type { Call, EcrWorld } from '../ecr/call.ts'
import { pullImage } from '../ecr/pull-through/pull.ts'
import { ServiceError } from '../service-error.ts'
import { downloadLayer } from './layer-download.ts'
import { readLogin } from './login.ts'
import {
  pullRefused,
  registryError,
  registryRefusal,
  repositoryUnknown,
  unsupported,
} from './registry-error.ts'
import { type Target, targetOf } from './target.ts'

/** Fault kinds that change what an import finds. */
const performingFaults = ['secret-lag', 'reads-as']

/** Fault kinds beyond the common ones. */
export const registryFaults: readonly string[] = ['expired-token', ...performingFaults]

/**
 * `ACCOUNT.dkr.ecr.REGION.amazonaws.com`: the pull half of a registry, for every account and Region.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export function registryOperation(exchange: Exchange, world: EcrWorld): Operation {
  const { method, url } = exchange
  const target = targetOf(url.pathname)
  const perform = async (fault?: Fault): Promise<Answer> =>
    finish(await answer(exchange, target, world, fault))
  return {
    service: 'ecr-registry',
    name: `${method} ${target.template}`,
    mutating: method !== 'GET' && method !== 'HEAD',
    perform: () => perform(),
    refuse: (fault) =>
      performingFaults.includes(fault.kind) ? perform(fault) : finish(registryRefusal(fault)),
  }
}

function finish(answered: Answer): Answer {
  return {
    ...answered,
    headers: { 'docker-distribution-api-version': 'registry/2.0', ...answered.headers },
  }
}

async function answer(
  exchange: Exchange,
  target: Target,
  world: EcrWorld,
  fault: Fault | undefined,
): Promise<Answer> {
  const { method, url } = exchange
  if (target.kind === 'layer') return downloadLayer(exchange, world)
  const { caller, place, refusal } = readLogin(exchange, world)
  if (refusal) return refusal
  if (target.kind === 'other' || (method !== 'GET' && method !== 'HEAD')) {
    return unsupported(`${method} ${url.pathname}`)
  }
  if (target.kind === 'api')
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }
  if (!isRepositoryName(target.name)) return registryError(400, 'NAME_INVALID', 'invalid repository name')
  const request: RegistryRequest = {
    exchange,
    name: target.name,
    reference: target.reference,
    account: place.account,
    call: {
      operation: operations[target.kind],
      caller,
      region: place.region,
      now: world.clock.now(),
      world,
      fault,
    },
  }
  try {
    return await answers[target.kind](request)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return registryError(403, 'DENIED', error.message)
  }
}

/** A request about a repository, from somebody who has logged in. */
interface RegistryRequest {
  readonly exchange: Exchange
  readonly name: string
  /** A tag or a digest, as written. */
  readonly reference: string
  /** Of the registry. */
  readonly account: string
  readonly call: Call
}

/** What a caller has to be allowed. https://docs.aws.amazon.com/AmazonECR/latest/userguide/security_iam_id-based-policy-examples.html */
const operations = { manifest: 'BatchGetImage', blob: 'GetDownloadUrlForLayer', tags: 'ListImages' } as const

const answers = { manifest: answerManifest, blob: answerBlob, tags: answerTags } as const

async function answerManifest({
  exchange,
  name,
  reference,
  account,
  call,
}: RegistryRequest): Promise<Answer> {
  const isByDigest = looksLikeDigest(reference)
  if (isByDigest ? !isDigest(reference) : !isTag(reference)) {
    return pullRefused('image-not-found', name, account)
  }
  const id = isByDigest ? { imageDigest: reference } : { imageTag: reference }
  const { registry, image, refusal } = await pullImage(call, { registryId: account, name, id })
  if (!image) return pullRefused(refusal, name, account)
  const { manifest } = image
  if (exchange.method === 'GET') recordPull(registry, name, image.imageDigest, call.now)
  const headers = { etag: etagOf(manifest), 'docker-content-digest': manifest.digest }
  if (isKnown(exchange, manifest)) return { status: 304, headers }
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': manifest.mediaType,
      'content-length': String(manifest.body.length),
    },
    body: manifest.body,
  }
}

/** GET leads to where layers are downloaded, HEAD says that the layer is there. */
function answerBlob({ exchange, name, reference, account, call }: RegistryRequest): Answer {
  const registry = authorizedRepositories(call, { registryId: account, name })
  const repository = registry.repositories.get(name)
  if (!repository) return repositoryUnknown(name, account)
  const layer = repository.layers.get(reference)
  if (!layer) return registryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry')
  const digest = { 'docker-content-digest': layer.digest }
  if (exchange.method === 'HEAD') {
    return {
      status: 200,
      headers: {
        ...digest,
        'content-type': 'application/octet-stream',
        'content-length': String(layer.body.length),
      },
    }
  }
  const place = { account, region: registry.region, name, digest: layer.digest }
  const { world, now } = call
  const location = `${layerOrigin(exchange)}${world.registries.layerUrls.sign(place, now)}`
  return { status: 307, headers: { ...digest, location } }
}

/**
 * Another host name than the one of the request, for the same port: S3 is somewhere else too, and clients decide by
 * the name whether their `Authorization` goes along.
 */
function layerOrigin({ origin, headers }: Exchange): string {
  const here = new URL(origin)
  if (!headers['host']?.startsWith('localhost')) here.hostname = 'localhost'
  return here.origin
}

function answerTags({ exchange, name, account, call }: RegistryRequest): Answer {
  const repository = authorizedRepositories(call, { registryId: account, name }).repositories.get(name)
  if (!repository) return repositoryUnknown(name, account)
  const page = tagPage(
    repository.images.flatMap(({ imageTags }) => imageTags),
    exchange.url,
  )
  if (!page) return registryError(400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested')
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      ...(page.next === undefined ? {} : { link: `<${page.next}>; rel="next"` }),
    },
    body: JSON.stringify({ name, tags: page.tags }),
  }
}
