import { isTag } from '../../oci/repository-name.ts'
import type { ImageId } from './image.ts'
import type { PullRefusal } from './pull-through/pull.ts'

/** What is told of an image in place of itself. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageFailure.html */
export interface ImageFailure {
  readonly imageId: ImageId
  readonly failureCode: string
  readonly failureReason: string
}

/** What is wrong with how an image is named; the texts are those of moto and LocalStack. */
export function failureOfId({ imageDigest, imageTag }: ImageId): ImageFailure | undefined {
  const imageId = { imageDigest, imageTag } as ImageId
  if (imageDigest === undefined && imageTag === undefined) {
    const failureReason = 'Invalid request parameters: both tag and digest cannot be null'
    return { imageId, failureCode: 'MissingDigestAndTag', failureReason }
  }
  if (imageDigest !== undefined && !/^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/.test(imageDigest)) {
    const failureReason =
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
    return { imageId, failureCode: 'InvalidImageDigest', failureReason }
  }
  if (imageTag !== undefined && !isTag(imageTag)) {
    const failureReason =
      "Invalid request parameters: image tag should satisfy the regex '[a-zA-Z0-9_][a-zA-Z0-9-_.]{0,127}'"
    return { imageId, failureCode: 'InvalidImageTag', failureReason }
  }
  return undefined
}

/** The reasons that end in "upstream registry …" are the sandbox's own. */
export function failureOfPull(
  imageId: ImageId,
  refusal: Exclude<PullRefusal, 'repository-not-found' | 'secret-unreadable' | 'upstream-undone'>,
): ImageFailure {
  return { imageId, ...failures[refusal] }
}

const failures = {
  'image-not-found': { failureCode: 'ImageNotFound', failureReason: 'Requested image not found' },
  'tag-mismatch': {
    failureCode: 'ImageTagDoesNotMatchDigest',
    failureReason: 'Invalid request parameters: given tag does not map to the given digest',
  },
  'upstream-denied': {
    failureCode: 'UpstreamAccessDenied',
    failureReason:
      'The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct, and try again.',
  },
  'upstream-throttled': {
    failureCode: 'UpstreamTooManyRequests',
    failureReason: 'Too many requests were sent to the upstream registry',
  },
  'upstream-unavailable': {
    failureCode: 'UpstreamUnavailable',
    failureReason: 'The upstream registry is not available',
  },
} as const
