import type { ValueOf } from '../shape.ts'
import { authorizedRepositories } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { failureOfId, failureOfPull, type ImageFailure } from './image-failure.ts'
import { findImage, type ImageId, partsOf } from './image.ts'
import { findRepository } from './repositories.ts'
import type { Repository } from './repository.ts'
import type { shapes } from './shapes.ts'

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
 *
 * A tag that is named goes, and with the last one its image; a digest alone stands for the image and all of its tags.
 */
export function batchDeleteImage(call: Call, input: ValueOf<(typeof shapes)['BatchDeleteImage']>): Output {
  const { registryId, repositoryName: name } = input
  const registry = authorizedRepositories(call, { registryId, name })
  const before = findRepository(registry, name)
  const imageIds: ImageId[] = []
  const failures: ImageFailure[] = []
  let left = before
  for (const id of input.imageIds) {
    // Two ids may name one image: it is gone with the first, and the second is no failure.
    const failure = failureOfId(id) ?? failureOfSearch(before, id) ?? failureOfUse(left, id)
    if (failure) {
      failures.push(failure)
      continue
    }
    const { repository, deleted } = without(left, id)
    left = repository
    imageIds.push(...deleted)
  }
  registry.repositories.set(name, withoutUnusedLayers(left))
  return { imageIds, failures }
}

function failureOfSearch(repository: Repository, id: ImageId): ImageFailure | undefined {
  if (findImage(repository, id)) return undefined
  const { imageTag } = id
  const isTagged = imageTag !== undefined && findImage(repository, { imageTag })
  return failureOfPull(id, isTagged ? 'tag-mismatch' : 'image-not-found')
}

/** An image that an index lists goes only after the index. */
function failureOfUse({ images }: Repository, id: ImageId): ImageFailure | undefined {
  const parents = images.filter(({ manifest }) =>
    partsOf(manifest).children.some(({ digest }) => digest === id.imageDigest),
  )
  if (parents.length === 0 || id.imageTag !== undefined) return undefined
  return {
    imageId: id,
    failureCode: 'ImageReferencedByManifestList',
    failureReason: `Requested image referenced by manifest list: [${parents.map(({ imageDigest }) => imageDigest).join(', ')}]`,
  }
}

function without(
  repository: Repository,
  id: ImageId,
): { readonly repository: Repository; readonly deleted: readonly ImageId[] } {
  const image = findImage(repository, id)
  if (!image) return { repository, deleted: [] }
  const { imageDigest, imageTags } = image
  const gone = id.imageTag === undefined ? imageTags : [id.imageTag]
  const kept = imageTags.filter((tag) => !gone.includes(tag))
  const images = repository.images.flatMap((other) => {
    if (other.imageDigest !== imageDigest) return [other]
    return kept.length === 0 ? [] : [{ ...other, imageTags: kept }]
  })
  const deleted = gone.length === 0 ? [{ imageDigest }] : gone.map((imageTag) => ({ imageDigest, imageTag }))
  return { repository: { ...repository, images }, deleted }
}

function withoutUnusedLayers(repository: Repository): Repository {
  const used = new Set(
    repository.images.flatMap(({ manifest }) => {
      const { config, layers } = partsOf(manifest)
      return [config, ...layers].map((part) => part?.digest)
    }),
  )
  return { ...repository, layers: new Map([...repository.layers].filter(([digest]) => used.has(digest))) }
}
