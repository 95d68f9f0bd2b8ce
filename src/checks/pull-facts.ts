import { cachedPaths } from '../ecr/cached-reference.ts'
import { type ImageReference, parseReference } from '../ecr/image-reference.ts'
import type { Pull, WantedImage } from '../ecr/pull-image.ts'
import type { CacheRule } from '../ecr/registry.ts'
import type { RegistryLogin } from '../ecr/registry-login.ts'
import type { ImageId, RepositoryImages } from '../ecr/repository-images.ts'
import type { ImageAtDockerHub } from '../registries/docker-hub-image.ts'
import type { PullLimit } from '../registries/pull-limit.ts'
import { type Answered, answered } from './finding.ts'
import { newTag } from './new-tag.ts'

/** One pull, as asked for and as answered. */
export interface PullTried {
  /** The tag, or the digest. */
  readonly reference: string
  readonly pull: Answered<Pull>
}

/** The pull of a tag that the cache did not have. */
export interface NewPull extends PullTried {
  /** What Docker Hub says that the tag stands for, if it was asked and told. */
  readonly atUpstream: string | undefined
}

/** What became of the clean-up: what was deleted, and whether the repository went too. */
export interface CleanedUp {
  readonly digests: number
  readonly isRepositoryGone: boolean
}

/** Everything that came of pulling through the cache of one Region. */
export interface PullFacts {
  readonly region: string
  /** The image at its upstream; its tag, if one was asked for. */
  readonly upstream: ImageReference
  readonly rule: CacheRule
  /** The ECR repository. */
  readonly repository: string
  /** The new one; in its place why there is none to pull. */
  readonly fresh: Answered<NewPull | { readonly none: string }>
  /** One that was cached, before or by the new one; `undefined` if there is none. */
  readonly cached: (PullTried & { readonly isFromBefore: boolean }) | undefined
  /** The account’s limit before, after the new pull and after the cached one; `undefined` without a login. */
  readonly limits: readonly [PullLimit, PullLimit, PullLimit] | undefined
  /** `undefined` if it was not asked for, or there is nothing to clean up. */
  readonly cleanedUp: Answered<CleanedUp> | undefined
}

/** How the cache of a Region is tried. */
export interface PullQuestions {
  readonly images: RepositoryImages
  readonly logIn: () => Promise<RegistryLogin>
  readonly pull: (image: WantedImage, login: RegistryLogin) => Promise<Pull>
  readonly tags: (repository: string) => Promise<readonly string[] | undefined>
  readonly find: (image: WantedImage) => Promise<ImageAtDockerHub>
  /** The pull limit of the source’s credential; `undefined` if Docker Hub does not take that. */
  readonly limit: () => Promise<PullLimit | undefined>
}

/** What is to be tried. */
export interface PullWanted {
  readonly region: string
  readonly upstream: ImageReference
  readonly cleanUp: boolean
}

/**
 * Pull an image that is not cached through the cache of a Region, and one that is, and look whose pulls were counted.
 * The first is cached afterwards, unless it is to be cleaned up.
 *
 * @returns `undefined` if no rule of the Region covers the image.
 *
 * @throws {@link PullthroughError} `ERR_INTERRUPTED`, and any error of the login or of the list of what is cached:
 * without these nothing can be tried.
 */
export async function observePull(
  { region, upstream, cleanUp }: PullWanted,
  rules: readonly CacheRule[],
  questions: PullQuestions,
): Promise<PullFacts | undefined> {
  const [place] = cachedPaths(upstream, rules)
  if (!place) return undefined
  const { rule, path: repository } = place
  const { images, logIn, pull, limit } = questions
  const [login, before] = await Promise.all([logIn(), images.list(repository)])
  const tryPull = async (reference: string) => ({
    reference,
    pull: await answered(pull({ repository, reference }, login)),
  })

  const chosen = await answered(chooseNew(upstream, before ?? [], questions))
  const limitBefore = await limit()
  const fresh = chosen.error
    ? chosen
    : {
        value:
          'none' in chosen.value ? chosen.value : { ...chosen.value, ...(await tryPull(chosen.value.tag)) },
      }
  const limitBetween = await limit()
  const known = knownReference(upstream, before ?? [])
  const made = fresh.value && 'pull' in fresh.value && fresh.value.pull.value?.image ? fresh.value : undefined
  const reference = known ?? made?.reference
  const cached =
    reference === undefined ? undefined : { ...(await tryPull(reference)), isFromBefore: known !== undefined }
  const limitAfter = await limit()
  return {
    region,
    upstream,
    rule,
    repository,
    fresh,
    cached,
    limits: limitBefore && limitBetween && limitAfter ? [limitBefore, limitBetween, limitAfter] : undefined,
    cleanedUp: cleanUp && made ? await answered(takeBack(made, repository, before, images)) : undefined,
  }
}

/** The tag that was asked for if the cache has it not, or another that Docker Hub has. */
async function chooseNew(
  { domain, path, tag }: ImageReference,
  before: readonly ImageId[],
  { tags, find }: PullQuestions,
): Promise<{ readonly tag: string; readonly atUpstream: string | undefined } | { readonly none: string }> {
  const cached = new Set(before.flatMap(({ imageTag }) => (imageTag === undefined ? [] : [imageTag])))
  const isAsked = tag !== undefined && !cached.has(tag)
  if (domain !== 'docker.io') {
    if (isAsked) return { tag, atUpstream: undefined }
    return {
      none: `name a tag of ${domain}/${path} that is not cached: only Docker Hub is asked for its tags`,
    }
  }
  const wanted = isAsked ? tag : newTag((await tags(path)) ?? [], cached)
  if (wanted === undefined) return { none: `every tag of ${path} that Docker Hub shows is cached` }
  const { digest } = await find({ repository: path, reference: wanted })
  return { tag: wanted, atUpstream: digest }
}

/** What the cache has already: the tag that was asked for, or any. */
function knownReference({ tag }: ImageReference, before: readonly ImageId[]): string | undefined {
  const tags = before.flatMap(({ imageTag }) => (imageTag === undefined ? [] : [imageTag]))
  return tag !== undefined && tags.includes(tag) ? tag : tags[0]
}

/**
 * Delete what the new pull brought, and the repository if it made that and nothing else is in it. An image that was there
 * before stays, and loses the tag alone.
 */
async function takeBack(
  { reference, pull }: PullTried,
  repository: string,
  before: readonly ImageId[] | undefined,
  images: RepositoryImages,
): Promise<CleanedUp> {
  const known = new Set(before?.map(({ imageDigest }) => imageDigest))
  const now = new Set((await images.list(repository))?.map(({ imageDigest }) => imageDigest))
  const [index = '', ...parts] = pull.value?.image?.digests ?? []
  const brought = parts.filter((digest) => now.has(digest) && !known.has(digest))
  // ECR keeps what an index lists, so that the index goes first.
  await images.remove(repository, [known.has(index) ? { imageTag: reference } : { imageDigest: index }])
  if (brought.length > 0)
    await images.remove(
      repository,
      brought.map((imageDigest) => ({ imageDigest })),
    )
  return {
    digests: brought.length + (known.has(index) ? 0 : 1),
    isRepositoryGone: before === undefined && (await images.removeEmpty(repository)),
  }
}

/** Read the image of `--pull`. A digest is no use: only a tag shows whether the upstream is asked. */
export function imageToPull(text: string): ImageReference | undefined {
  const { reference } = parseReference(text)
  return reference === undefined || reference.digest !== undefined ? undefined : reference
}
