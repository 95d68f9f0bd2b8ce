import type { Pull } from '../ecr/pull-image.ts'
import type { ImageId, RepositoryImages } from '../ecr/repository-images.ts'
import type { Answered } from './finding.ts'

/** What became of the clean-up. */
export interface CleanedUp {
  /** How many images were deleted. */
  readonly images: number
  /** Whether the tag was: with its image, unless that has another tag by now. */
  readonly isTagGone: boolean
  readonly isRepositoryGone: boolean
  /** How many images came to the repository meanwhile and stay: it is not known that this pull brought them. */
  readonly left: number
}

/** The pull of a tag that was not cached. */
interface Tried {
  readonly reference: string
  readonly pull: Answered<Pull>
}

/**
 * Delete what a pull brought into a repository, even if it failed half-way, and the repository if it made that and
 * nothing is in it. Others pull meanwhile: an image that was there before, that has another tag, or that another index
 * lists stays, and a tag that stands for something else by now stays too. Whether somebody else pulled the very same tag
 * meanwhile cannot be known; their next pull caches it again.
 *
 * @param before what the repository held before the pull; `undefined` if it was not there
 * @returns `undefined` if nothing has come.
 *
 * @throws {@link PullthroughError} if ECR does not let it be listed or deleted.
 */
export async function takeBack(
  { reference, pull }: Tried,
  repository: string,
  before: readonly ImageId[] | undefined,
  images: RepositoryImages,
): Promise<CleanedUp | undefined> {
  const now = await images.list(repository)
  if (!now) return undefined
  const known = new Set(before?.map(({ imageDigest }) => imageDigest))
  const came = new Set(now.map(({ imageDigest }) => imageDigest).filter((digest) => !known.has(digest)))
  const untagged = (digest: string) =>
    !now.some(({ imageDigest, imageTag }) => imageDigest === digest && imageTag !== undefined)

  const stands = now.find(({ imageTag }) => imageTag === reference)?.imageDigest
  const [pulled = stands, ...parts] = pull.value?.digests ?? []
  const hasOtherTag = now.some(
    ({ imageDigest, imageTag }) => imageDigest === stands && imageTag !== undefined && imageTag !== reference,
  )
  // With its last tag an image goes: one that was there before without any keeps this one.
  const isOurs = stands !== undefined && stands === pulled && (came.has(stands) || hasOtherTag)
  // By its tag, so that an image that gets another one in this moment stays.
  const gone = isOurs ? await images.remove(repository, [{ imageTag: reference }]) : 0
  const isImageGone = gone > 0 && !hasOtherTag
  const brought = parts.filter((digest) => came.has(digest) && untagged(digest))
  // ECR keeps what an index lists, so that the index goes first.
  const goneParts =
    isImageGone && brought.length > 0
      ? await images.remove(
          repository,
          brought.map((imageDigest) => ({ imageDigest })),
        )
      : 0
  const deleted = goneParts + (isImageGone ? 1 : 0)
  const left = came.size - deleted
  const isRepositoryGone = before === undefined && left === 0 && (await images.removeEmpty(repository))
  if (gone === 0 && left === 0 && !isRepositoryGone) return undefined
  return { images: deleted, isTagGone: gone > 0, isRepositoryGone, left }
}
