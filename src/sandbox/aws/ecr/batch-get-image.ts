import { notImplemented } from '../not-implemented.ts'
import type { ValueOf } from '../shape.ts'
import type { Call, Output } from './call.ts'
import { repositoryNotFound, unableToGetUpstreamImage } from './errors.ts'
import { failureOfId, failureOfPull, type ImageFailure } from './image-failure.ts'
import { type ImageId, withPull } from './image.ts'
import { pullImage } from './pull-through/pull.ts'
import type { shapes } from './shapes.ts'
import type { Registry } from './store.ts'

type Input = ValueOf<(typeof shapes)['BatchGetImage']>

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
 *
 * A pull like that of the registry, imports included.
 */
export async function batchGetImage(call: Call, input: Input): Promise<Output> {
  const answers: (ImageFailure | readonly Output[])[] = []
  for (const id of input.imageIds) answers.push(await getImage(call, input, id))
  return {
    images: answers.flatMap((answer) => ('failureCode' in answer ? [] : answer)),
    failures: answers.filter((answer) => 'failureCode' in answer),
  }
}

async function getImage(
  call: Call,
  { registryId, repositoryName: name, acceptedMediaTypes }: Input,
  id: ImageId,
): Promise<ImageFailure | readonly Output[]> {
  const invalid = failureOfId(id)
  const { registry, image, refusal } = await pullImage(call, { registryId, name, id: invalid ? {} : id })
  if (refusal === 'repository-not-found') throw repositoryNotFound(name, registry.account)
  if (refusal === 'secret-unreadable') throw unableToGetUpstreamImage()
  if (refusal === 'upstream-undone') throw notImplemented('imports from this upstream (BatchGetImage)')
  if (invalid) return invalid
  if (!image) return failureOfPull(id, refusal)
  const { manifest, imageDigest, imageTags } = image
  if (acceptedMediaTypes && !acceptedMediaTypes.includes(manifest.mediaType)) {
    return failureOfPull(id, 'image-not-found')
  }
  recordPull(registry, name, imageDigest, call.now)
  const named = id.imageTag === undefined ? imageTags : [id.imageTag]
  const imageIds =
    named.length === 0 ? [{ imageDigest }] : named.map((imageTag) => ({ imageDigest, imageTag }))
  return imageIds.map((imageId) => ({
    registryId: registry.account,
    repositoryName: name,
    imageId,
    imageManifest: manifest.body.toString('utf8'),
    imageManifestMediaType: manifest.mediaType,
  }))
}

/** Note that an image was pulled. */
export function recordPull({ repositories }: Registry, name: string, digest: string, now: Date): void {
  const repository = repositories.get(name)
  if (repository) repositories.set(name, withPull(repository, digest, now))
}
