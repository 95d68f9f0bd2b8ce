import { cachedPaths } from '../ecr/cached-reference.ts'
import { type ImageReference, parseReference } from '../ecr/image-reference.ts'
import type { Pull, WantedImage } from '../ecr/pull-image.ts'
import type { CacheRule } from '../ecr/registry.ts'
import type { RegistryLogin } from '../ecr/registry-login.ts'
import type { ImageId, RepositoryImages } from '../ecr/repository-images.ts'
import type { ImageAtDockerHub } from '../registries/docker-hub-image.ts'
import type { PullLimit } from '../registries/pull-limit.ts'
import { PullthroughError } from '../errors.ts'
import { type Answered, answered } from './finding.ts'
import { newTag } from './new-tag.ts'
import { type CleanedUp, takeBack } from './pull-clean-up.ts'

/** One pull, as asked for and as answered. */
export interface PullTried {
  /** The tag, or the digest. */
  readonly reference: string
  readonly pull: Answered<Pull>
}

/** The pull of a tag that the cache did not have. */
export interface NewPull extends PullTried {
  /** What Docker Hub says of it; `undefined` of another upstream, and if Docker Hub gave no answer. */
  readonly atUpstream: Pick<ImageAtDockerHub, 'state' | 'digest'> | undefined
}

/** Why nothing new is pulled. */
export type NoNewPull =
  /** The cache has all that there is. */
  | { readonly none: string }
  /** The upstream has not what was asked for. */
  | { readonly notThere: string }

/** Everything that came of pulling through the cache of one Region. */
export interface PullFacts {
  readonly region: string
  /** The image at its upstream; its tag, if one was asked for, and no digest. */
  readonly upstream: Omit<ImageReference, 'digest'>
  readonly rule: CacheRule
  /** The ECR repository. */
  readonly repository: string
  /** The new one; in its place why there is none to pull. */
  readonly fresh: Answered<NewPull | NoNewPull>
  /** One that was cached, before or by the new one; `undefined` if there is none. */
  readonly cached: (PullTried & { readonly isFromBefore: boolean }) | undefined
  /** The same image by the digest that was asked for, after its tag; `undefined` if none was. */
  readonly pinned: PullTried | undefined
  /** The account’s limit before, after the new pull and after the cached one; `undefined` without a login. */
  readonly limits: readonly [PullLimit, PullLimit, PullLimit] | undefined
  /** `undefined` if it was not asked for, or there is nothing to clean up. */
  readonly cleanedUp: Answered<CleanedUp | undefined> | undefined
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
  { region, upstream: { digest, ...upstream }, cleanUp }: PullWanted,
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
  const tag = chosen.value && 'tag' in chosen.value ? chosen.value.tag : undefined
  try {
    const fresh =
      chosen.value && 'tag' in chosen.value
        ? { value: { ...(await tryPull(chosen.value.tag)), atUpstream: chosen.value.atUpstream } }
        : (chosen as Answered<NoNewPull>)
    const tried = fresh.value && 'pull' in fresh.value ? fresh.value : undefined
    const limitBetween = await limit()
    const known = knownReference(upstream, before ?? [])
    const reference = known ?? (tried?.pull.value?.image && tag)
    const cached =
      reference === undefined
        ? undefined
        : { ...(await tryPull(reference)), isFromBefore: known !== undefined }
    const limitAfter = await limit()
    // Only now: by its digest ECR gives what it has, and fetches nothing.
    const pinned = digest === undefined ? undefined : await tryPull(digest)
    return {
      region,
      upstream,
      rule,
      repository,
      fresh,
      cached,
      pinned,
      limits: limitBefore && limitBetween && limitAfter ? [limitBefore, limitBetween, limitAfter] : undefined,
      cleanedUp: cleanUp && tried ? await answered(takeBack(tried, repository, before, images)) : undefined,
    }
  } catch (error) {
    if (!cleanUp || tag === undefined || !(error instanceof PullthroughError)) throw error
    throw new PullthroughError(error.code, error.message, {
      hint: `nothing is cleaned up; see whether ${repository}:${tag} is there: aws ecr list-images --repository-name ${repository} --region ${region}`,
      cause: error.cause,
    })
  }
}

/** A tag that the cache has not. */
interface NewTag {
  readonly tag: string
  readonly atUpstream: NewPull['atUpstream']
}

/** The tag that was asked for if the cache has it not, or another that Docker Hub has. */
async function chooseNew(
  { domain, path, tag }: PullFacts['upstream'],
  before: readonly ImageId[],
  { tags, find }: PullQuestions,
): Promise<NewTag | NoNewPull> {
  const cached = new Set(before.flatMap(({ imageTag }) => (imageTag === undefined ? [] : [imageTag])))
  const isAsked = tag !== undefined && !cached.has(tag)
  if (domain !== 'docker.io') {
    if (isAsked) return { tag, atUpstream: undefined }
    return {
      none: `name a tag of ${domain}/${path} that is not cached: only Docker Hub is asked for its tags`,
    }
  }
  const chosen = isAsked ? { tag } : chooseAmong(await tags(path), cached, path)
  if (!('tag' in chosen)) return chosen
  // ECR may reach Docker Hub where this machine does not: then the pull is worth trying all the same.
  const { value } = await answered(find({ repository: path, reference: chosen.tag }))
  if (value?.state === 'no-such-tag') return { notThere: `Docker Hub has no tag ${chosen.tag} of ${path}` }
  return { tag: chosen.tag, atUpstream: value && { state: value.state, digest: value.digest } }
}

function chooseAmong(
  tags: readonly string[] | undefined,
  cached: ReadonlySet<string>,
  path: string,
): { readonly tag: string } | NoNewPull {
  if (tags === undefined) {
    return {
      notThere: `Docker Hub shows no repository ${path}: there is none, or whoever asked may not see it`,
    }
  }
  if (tags.length === 0) return { notThere: `Docker Hub has no tags of ${path}` }
  const tag = newTag(tags, cached)
  if (tag !== undefined) return { tag }
  const areAllCached = tags.every((tag) => cached.has(tag))
  return {
    none: areAllCached
      ? `every tag of ${path} that Docker Hub shows is cached`
      : `the tags of ${path} that are not cached look like Windows’, which are large: name one`,
  }
}

/** What the cache has already: the tag that was asked for, or any. */
function knownReference({ tag }: PullFacts['upstream'], before: readonly ImageId[]): string | undefined {
  const tags = before.flatMap(({ imageTag }) => (imageTag === undefined ? [] : [imageTag]))
  return tag !== undefined && tags.includes(tag) ? tag : tags[0]
}

/** Read the image of `--pull`. A digest alone is no use: only a tag brings an image into the cache. */
export function imageToPull(text: string): ImageReference | undefined {
  const { reference } = parseReference(text)
  return reference?.digest !== undefined && reference.tag === undefined ? undefined : reference
}
