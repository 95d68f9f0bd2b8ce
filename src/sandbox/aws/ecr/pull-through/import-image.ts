import type { Content } from '../../../oci/content.ts'
import type { Call } from '../call.ts'
import { findImage, type ImageAddition, type Part, type Parts, partsOf, withImage } from '../image.ts'
import type { Repository } from '../repository.ts'
import type { Rule } from '../rule.ts'
import type { Registry } from '../store.ts'
import { parseUpstreamCredential, readUpstreamSecret } from '../upstream-secret.ts'
import { newRepository } from './new-repository.ts'
import { upstreamName } from './prefix-match.ts'
import { type UpstreamProblem, UpstreamRefusal } from './upstream-refusal.ts'
import type { Upstream } from './upstream-request.ts'
import { openUpstreamRepository, type UpstreamRepository } from './upstream-repository.ts'

/** What became of an import: why it did not come to be, or `done`. */
export type Imported = UpstreamProblem | 'repository-not-created' | 'done'

/** What is imported. */
export interface ImportWish {
  readonly registry: Registry
  readonly rule: Rule
  readonly name: string
  readonly tag: string
  readonly upstream: Upstream
}

/**
 * Bring an image up to date with its upstream: nothing but the question what the tag stands for if it has not changed,
 * else the whole image, with everything that an index lists. Who wants it meanwhile waits for the same import.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export function importImage(call: Call, wish: ImportWish): Promise<Imported> {
  const { imports } = wish.registry
  const key = `${wish.name}:${wish.tag}`
  const underWay = imports.get(key)
  if (underWay) return underWay
  const started = importNow(call, wish).finally(() => {
    imports.delete(key)
  })
  imports.set(key, started)
  return started
}

async function importNow(call: Call, wish: ImportWish): Promise<Imported> {
  const { registry, rule, name, tag } = wish
  const { repositories } = registry
  const now = () => call.world.clock.now()
  const repository = () => repositories.get(name) ?? newRepository(registry, name, now())
  const before = repository()
  if (!before) return 'repository-not-created'
  try {
    const upstream = await openUpstreamRepository(
      wish.upstream,
      upstreamName(rule, name),
      readCredential(call, wish),
    )
    const digest = await upstream.digestOf(tag)
    if (findImage(before, { imageDigest: digest, imageTag: tag })) {
      const validatedAt = new Map([...before.validatedAt, [tag, now()]])
      repositories.set(name, { ...(repository() ?? before), validatedAt })
      return 'done'
    }
    const fetched = await fetchImage(upstream, digest, before)
    repositories.set(name, withImage(repository() ?? before, fetched, { tag, now: now() }))
    return 'done'
  } catch (error) {
    if (error instanceof UpstreamRefusal) return error.problem
    throw error
  }
}

/** @throws `UpstreamRefusal` */
function readCredential(call: Call, { rule, registry }: ImportWish) {
  const secret =
    rule.credentialArn === undefined ? undefined : readUpstreamSecret(call, rule.credentialArn, registry)
  const credential = secret?.readable ? parseUpstreamCredential(secret.value) : undefined
  if (!credential) throw new UpstreamRefusal('secret-unreadable')
  return credential
}

async function fetchImage(
  upstream: UpstreamRepository,
  digest: string,
  { layers: known }: Repository,
): Promise<ImageAddition> {
  const manifest = await upstream.manifest(digest)
  const { children: parts, ...own } = readParts(manifest)
  const children: Content[] = []
  const wanted: Part[] = blobsOf(own)
  for (const { digest: childDigest } of parts) {
    const child = await upstream.manifest(childDigest)
    children.push(child)
    wanted.push(...blobsOf(readParts(child)))
  }
  const missing = new Map(wanted.filter((part) => !known.has(part.digest)).map((part) => [part.digest, part]))
  const blobs = await Promise.all(Array.from(missing.values(), (part) => upstream.layer(part)))
  return { manifest, children, blobs }
}

function blobsOf({ config, layers }: Pick<Parts, 'config' | 'layers'>): Part[] {
  return [...(config ? [config] : []), ...layers]
}

/** @throws `UpstreamRefusal` for a manifest that cannot be read */
function readParts(manifest: Content): Parts {
  try {
    return partsOf(manifest)
  } catch (error) {
    if (error instanceof TypeError) throw new UpstreamRefusal('upstream-unavailable', { cause: error })
    throw error
  }
}
