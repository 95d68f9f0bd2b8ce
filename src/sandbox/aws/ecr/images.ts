import type { ValueOf } from '../shape.ts'
import { authorizedRepositories } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { imageNotFound, invalidParameter } from './errors.ts'
import { listed } from './listed.ts'
import { findImage, type Image, partsOf, sizeOf } from './image.ts'
import { findRepository } from './repositories.ts'
import type { shapes } from './shapes.ts'

type Input = ValueOf<(typeof shapes)['DescribeImages']>

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
export function describeImages(call: Call, input: Input): Output {
  const { registryId, repositoryName: name } = input
  const registry = authorizedRepositories(call, { registryId, name })
  const repository = findRepository(registry, name)
  const { items, nextToken } = listed(
    repository.images.filter((image) => passes(image, input.filter)),
    {
      input,
      naming: 'imageIds',
      named: input.imageIds,
      find(id) {
        if (id.imageDigest === undefined && id.imageTag === undefined) {
          throw invalidParameter('imageIds', 'must have a digest or a tag')
        }
        const found = findImage(repository, id)
        if (!found) throw imageNotFound(id, name, registry.account)
        return found
      },
    },
  )
  return {
    imageDetails: items.map((image) => ({
      registryId: registry.account,
      repositoryName: name,
      imageDigest: image.imageDigest,
      imageTags: image.imageTags.length > 0 ? image.imageTags : undefined,
      imageSizeInBytes: sizeOf(image, repository),
      imagePushedAt: image.imagePushedAt,
      imageManifestMediaType: image.manifest.mediaType,
      artifactMediaType: partsOf(image.manifest).config?.mediaType,
      lastRecordedPullTime: image.lastRecordedPullTime,
      imageStatus: 'ACTIVE',
    })),
    nextToken,
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html */
export function listImages(call: Call, input: ValueOf<(typeof shapes)['ListImages']>): Output {
  const { registryId, repositoryName: name } = input
  const { images } = findRepository(authorizedRepositories(call, { registryId, name }), name)
  const ids = images
    .filter((image) => passes(image, input.filter))
    .flatMap(({ imageDigest, imageTags }) =>
      imageTags.length === 0 ? [{ imageDigest }] : imageTags.map((imageTag) => ({ imageDigest, imageTag })),
    )
  const { items, nextToken } = listed(ids, {
    input,
    naming: 'imageIds',
    named: undefined,
    find: () => undefined,
  })
  return { imageIds: items, nextToken }
}

/** Every image here is active. */
function passes(
  { imageTags }: Image,
  { tagStatus = 'ANY', imageStatus = 'ANY' }: Input['filter'] = {},
): boolean {
  if (imageStatus !== 'ANY' && imageStatus !== 'ACTIVE') return false
  return tagStatus === 'ANY' || (tagStatus === 'TAGGED') === imageTags.length > 0
}
