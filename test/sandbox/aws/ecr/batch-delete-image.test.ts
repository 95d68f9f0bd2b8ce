import {
  BatchDeleteImageCommand,
  type ImageIdentifier,
  ListImagesCommand,
  type ListImagesCommandInput,
} from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { createImage } from '../../../../src/sandbox/oci/image.ts'
import { linuxAmd64, linuxArm64 } from '../../../../src/sandbox/oci/platform.ts'
import { type AwsSandbox, members, refusal } from '../aws-sandbox.ts'
import { debian, startPullSandbox } from '../ecr-registry/pull-world.ts'
import { account } from './ecr-world.ts'

const repositoryName = 'docker-hub/library/debian'
const { top, children } = createImage({ name: 'library/debian:12', platforms: [linuxAmd64, linuxArm64] })
const [amd64, arm64] = children.map(({ digest }) => ({ imageDigest: digest }))
const index = { imageDigest: top.digest, imageTag: '12' }

/** With an index, its two manifests, and nothing else. */
async function started() {
  const sandbox = await startPullSandbox()
  await sandbox.registry(`${debian}/manifests/12`)
  return sandbox
}

const remove = (sandbox: AwsSandbox, ...imageIds: ImageIdentifier[]) =>
  sandbox.ecr().send(new BatchDeleteImageCommand({ repositoryName, imageIds }))
const list = async (sandbox: AwsSandbox, input: Partial<ListImagesCommandInput> = {}) =>
  members(sandbox.ecr().send(new ListImagesCommand({ repositoryName, ...input })))

test('lists images, those with tags, those without, and page by page', async () => {
  const sandbox = await started()
  expect(await list(sandbox)).toEqual({ imageIds: [amd64, arm64, index] })
  expect(await list(sandbox, { filter: { tagStatus: 'TAGGED' } })).toEqual({ imageIds: [index] })
  expect(await list(sandbox, { filter: { tagStatus: 'UNTAGGED' } })).toEqual({ imageIds: [amd64, arm64] })
  const { nextToken } = await list(sandbox, { maxResults: 2 })
  expect(await list(sandbox, { maxResults: 2, nextToken })).toEqual({ imageIds: [index] })
})

test('deletes an image with its last tag, and leaves the manifests that it listed', async () => {
  const sandbox = await started()
  expect(await members(remove(sandbox, { imageTag: '12' }))).toEqual({ imageIds: [index], failures: [] })
  expect(await list(sandbox)).toEqual({ imageIds: [amd64, arm64] })
  // What is gone is imported again.
  expect((await sandbox.registry(`${debian}/manifests/12`)).status).toBe(200)
})

test('keeps the manifests of an index until the index is gone', async () => {
  const sandbox = await started()
  expect(await members(remove(sandbox, amd64 ?? {}))).toEqual({
    imageIds: [],
    failures: [
      {
        imageId: amd64,
        failureCode: 'ImageReferencedByManifestList',
        failureReason: `Requested image referenced by manifest list: [${top.digest}]`,
      },
    ],
  })
  const all = [{ imageDigest: top.digest }, amd64 ?? {}, arm64 ?? {}]
  expect(await members(remove(sandbox, ...all))).toEqual({ imageIds: [index, amd64, arm64], failures: [] })
  expect(await list(sandbox)).toEqual({ imageIds: [] })
})

test('deletes one tag of two, then the image by its digest with the tags that are left', async () => {
  const sandbox = await startPullSandbox()
  sandbox.dockerHub.seeds['/docker-hub/images']?.({
    repository: 'library/debian',
    tags: ['a', 'b', 'c'],
    platforms: ['linux/amd64'],
  })
  for (const tag of ['a', 'b', 'c']) await sandbox.registry(`${debian}/manifests/${tag}`)
  const { imageIds: [{ imageDigest } = {}] = [] } = await list(sandbox)
  expect((await remove(sandbox, { imageTag: 'a' })).imageIds).toEqual([{ imageDigest, imageTag: 'a' }])
  expect(await members(remove(sandbox, { imageDigest }, { imageTag: 'b' }))).toEqual({
    imageIds: [
      { imageDigest, imageTag: 'b' },
      { imageDigest, imageTag: 'c' },
    ],
    failures: [],
  })
})

test.each<[id: ImageIdentifier, code: string, reason: string]>([
  [{ imageTag: 'none' }, 'ImageNotFound', 'Requested image not found'],
  [{ imageDigest: `sha256:${'a'.repeat(64)}` }, 'ImageNotFound', 'Requested image not found'],
  [
    { imageDigest: `sha256:${'a'.repeat(64)}`, imageTag: '12' },
    'ImageTagDoesNotMatchDigest',
    'Invalid request parameters: given tag does not map to the given digest',
  ],
  [{}, 'MissingDigestAndTag', 'Invalid request parameters: both tag and digest cannot be null'],
])('does not delete %j', async (id, failureCode, failureReason) => {
  const sandbox = await started()
  expect(await members(remove(sandbox, id))).toEqual({
    imageIds: [],
    failures: [{ imageId: id, failureCode, failureReason }],
  })
  expect((await list(sandbox)).imageIds).toHaveLength(3)
})

test('refuses a repository that is not there', async () => {
  const sandbox = await startPullSandbox()
  const answer = {
    name: 'RepositoryNotFoundException',
    message: `The repository with name '${repositoryName}' does not exist in the registry with id '${account}'`,
    status: 400,
  }
  expect(await refusal(remove(sandbox, { imageTag: '12' }))).toEqual(answer)
  expect(await refusal(list(sandbox))).toEqual(answer)
})
