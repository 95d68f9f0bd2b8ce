import type { ECRClient } from '@aws-sdk/client-ecr'
import { askAws } from '../aws/ask.ts'
import { clientConfig, watchRequests } from '../aws/client.ts'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'

/** An image of a repository; one with several tags is there once for each. */
export interface ImageId {
  /** `sha256:…` */
  readonly imageDigest: string
  readonly imageTag?: string
}

type Sdk = typeof import('@aws-sdk/client-ecr')

/** The images of one Region's repositories. Every call throws a {@link PullthroughError} if it gets no answer. */
export interface RepositoryImages {
  /** All images, page after page; `undefined` if there is no such repository. */
  list(repositoryName: string): Promise<readonly ImageId[] | undefined>
  /**
   * Delete images: by digest with all their tags, or a tag, with which the image goes if it has no other.
   * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
   *
   * @returns how many of them are gone: what is not there any more is, and what an index lists stays.
   *
   * @throws {@link PullthroughError} `ERR_STATE` too, if ECR keeps one of them for another reason.
   */
  remove(
    repositoryName: string,
    ids: readonly { readonly imageDigest?: string; readonly imageTag?: string }[],
  ): Promise<number>
  /** Delete a repository that holds nothing; `false` if it holds something, and stays. */
  removeEmpty(repositoryName: string): Promise<boolean>
}

/** How many images one call deletes. */
const mostAtOnce = 100

/** The repositories of one Region's private registry. */
export function repositoryImages(region: string, world: World): RepositoryImages {
  let connection: Promise<{ readonly client: ECRClient; readonly sdk: Sdk }> | undefined
  const connect = () =>
    (connection ??= import('@aws-sdk/client-ecr').then((sdk) => {
      const client = new sdk.ECRClient(clientConfig('ECR', region, world))
      watchRequests(client, world)
      return { client, sdk }
    }))
  const options = { abortSignal: world.signal }
  const ask = <Output>(operation: string, sent: Promise<Output>, notFound?: string) =>
    askAws(sent, { service: 'ecr', operation, region }, world, notFound)

  return {
    async list(repositoryName) {
      const { client, sdk } = await connect()
      const images: ImageId[] = []
      let nextToken: string | undefined
      do {
        const command = new sdk.ListImagesCommand({ repositoryName, maxResults: 1000, nextToken })
        const page = await ask('ListImages', client.send(command, options), 'RepositoryNotFoundException')
        if (!page) return undefined
        for (const { imageDigest, imageTag } of page.imageIds ?? []) {
          if (imageDigest !== undefined) images.push({ imageDigest, ...(imageTag ? { imageTag } : {}) })
        }
        nextToken = page.nextToken
      } while (nextToken)
      return images
    },

    async remove(repositoryName, ids) {
      const { client, sdk } = await connect()
      let stay = 0
      for (let start = 0; start < ids.length; start += mostAtOnce) {
        const imageIds = ids.slice(start, start + mostAtOnce)
        const command = new sdk.BatchDeleteImageCommand({ repositoryName, imageIds })
        const answer = await ask('BatchDeleteImage', client.send(command, options))
        const failures = answer?.failures ?? []
        const listed = failures.filter(({ failureCode }) => failureCode === 'ImageReferencedByManifestList')
        stay += listed.length
        const kept = failures.find(
          (failure) => failure.failureCode !== 'ImageNotFound' && !listed.includes(failure),
        )
        if (kept) {
          throw new PullthroughError(
            'ERR_STATE',
            `ECR keeps ${kept.imageId?.imageDigest ?? kept.imageId?.imageTag ?? 'an image'} of ${repositoryName}: ${kept.failureReason ?? kept.failureCode ?? 'it says not why'}`,
          )
        }
      }
      return ids.length - stay
    },

    async removeEmpty(repositoryName) {
      const { client, sdk } = await connect()
      const command = new sdk.DeleteRepositoryCommand({ repositoryName })
      const deleted = await ask(
        'DeleteRepository',
        client.send(command, options),
        'RepositoryNotEmptyException',
      )
      return deleted !== undefined
    },
  }
}
