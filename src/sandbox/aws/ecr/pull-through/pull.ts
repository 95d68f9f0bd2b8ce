import { authorizedRepositories, mayUseRepository } from '../authorization.ts'
import type { Call } from '../call.ts'
import { findImage, type Image, type ImageId } from '../image.ts'
import { isImmutable, type Repository } from '../repository.ts'
import type { Rule } from '../rule.ts'
import type { Registry } from '../store.ts'
import { importImage, type Imported } from './import-image.ts'
import { ruleFor } from './prefix-match.ts'
import type { UpstreamProblem } from './upstream-refusal.ts'

/** Why there is no image, in no one's words: the registry and the control plane have each their own. */
export type PullRefusal = UpstreamProblem | 'repository-not-found' | 'tag-mismatch' | 'upstream-undone'

export type Pull = { readonly registry: Registry } & (
  | { readonly image: Image; readonly refusal?: never }
  | { readonly refusal: PullRefusal; readonly image?: never }
)

/** What is pulled. */
export interface PullWish {
  /** The caller's account if absent. */
  readonly registryId: string | undefined
  readonly name: string
  /** A tag, a digest, or both: only a tag alone reaches the upstream. */
  readonly id: ImageId
}

/** "ECR checks the upstream at least once every 24 hours": in milliseconds. */
const freshness = 24 * 60 * 60 * 1000

/**
 * Find an image as ECR does when it is pulled: in its repository, or through the rule whose prefix it has.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 *
 * What a caller lacks for an import is told by an image or a repository that is not there.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/error-pullthroughcache.html
 *
 * @throws `AccessDeniedException` to whoever may not pull at all
 */
export async function pullImage(call: Call, { registryId, name, id }: PullWish): Promise<Pull> {
  const registry = authorizedRepositories(call, { registryId, name, action: 'ecr:BatchGetImage' })
  const refused = (refusal: PullRefusal): Pull => ({ registry, refusal })
  const may = (action: string) => mayUseRepository(call, { registryId, name, action })
  const before = registry.repositories.get(name)
  const rule = ruleFor(registry, name)
  if (!before && (!rule || !may('ecr:CreateRepository'))) return refused('repository-not-found')
  if (rule) {
    if (!may('ecr:BatchImportUpstreamImage')) return refused('image-not-found')
    const outcome = await refresh(call, { registry, rule, name, id, repository: before })
    const after = registry.repositories.get(name)
    if (outcome !== 'done' && !(after && findImage(after, id))) {
      return refused(outcome === 'repository-not-created' ? 'repository-not-found' : outcome)
    }
  }
  return found(registry, name, id)
}

function found(registry: Registry, name: string, id: ImageId): Pull {
  const repository = registry.repositories.get(name)
  const image = repository && findImage(repository, id)
  if (image) return { registry, image }
  const { imageTag } = id
  const isTagged = repository && imageTag !== undefined && findImage(repository, { imageTag })
  return { registry, refusal: isTagged ? 'tag-mismatch' : 'image-not-found' }
}

async function refresh(
  call: Call,
  {
    registry,
    rule,
    name,
    id: { imageTag: tag, imageDigest },
    repository,
  }: {
    readonly registry: Registry
    readonly rule: Rule
    readonly name: string
    readonly id: ImageId
    readonly repository: Repository | undefined
  },
): Promise<Imported | 'upstream-undone'> {
  // A digest is never looked for upstream: aws/containers-roadmap#2837.
  if (tag === undefined || imageDigest !== undefined) return 'done'
  if (repository && findImage(repository, { imageTag: tag })) {
    const validatedAt = repository.validatedAt.get(tag)?.getTime() ?? 0
    if (call.now.getTime() - validatedAt <= freshness || isImmutable(repository, tag)) return 'done'
  }
  const upstream = call.world.addresses.dockerHub
  if (rule.upstreamRegistry !== 'docker-hub' || upstream === undefined) return 'upstream-undone'
  return importImage(call, { registry, rule, name, tag, upstream })
}
