import type { ValueOf } from '../shape.ts'
import { authorizedRepositories } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { imageNotFound, invalidParameter } from './errors.ts'
import { listed } from './listed.ts'
import { findRepository } from './repositories.ts'
import type { Image } from './repository.ts'
import type { shapes } from './shapes.ts'

type Input = ValueOf<(typeof shapes)['DescribeImages']>

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
 *
 * Images have no layers here, so they have no size; every one is active.
 */
export function describeImages(call: Call, input: Input): Output {
  const { registryId, repositoryName: name } = input
  const registry = authorizedRepositories(call, { registryId, name })
  const { images } = findRepository(registry, name)
  const { items, nextToken } = listed(
    images.filter((image) => passes(image, input.filter)),
    {
      input,
      naming: 'imageIds',
      named: input.imageIds,
      find(id) {
        if (id.imageDigest === undefined && id.imageTag === undefined) {
          throw invalidParameter('imageIds', 'must have a digest or a tag')
        }
        const found = images.find((image) => isMeant(image, id))
        if (!found) throw imageNotFound(id, name, registry.account)
        return found
      },
    },
  )
  return {
    imageDetails: items.map((image) => ({
      registryId: registry.account,
      repositoryName: name,
      ...image,
      imageSizeInBytes: 0,
      imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactMediaType: 'application/vnd.oci.image.config.v1+json',
      imageStatus: 'ACTIVE',
    })),
    nextToken,
  }
}

function isMeant(
  image: Image,
  { imageDigest, imageTag }: { readonly imageDigest?: string; readonly imageTag?: string },
): boolean {
  if (imageDigest !== undefined && image.imageDigest !== imageDigest) return false
  return imageTag === undefined || image.imageTags.includes(imageTag)
}

function passes(
  { imageTags }: Image,
  { tagStatus = 'ANY', imageStatus = 'ANY' }: Input['filter'] = {},
): boolean {
  if (imageStatus !== 'ANY' && imageStatus !== 'ACTIVE') return false
  return tagStatus === 'ANY' || (tagStatus === 'TAGGED') === imageTags.length > 0
}
