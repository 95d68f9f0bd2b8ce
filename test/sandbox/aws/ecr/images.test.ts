import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  type DescribeImagesCommandInput,
} from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { createImage } from '../../../../src/sandbox/oci/image.ts'
import { linuxAmd64 } from '../../../../src/sandbox/oci/platform.ts'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { account } from './ecr-world.ts'

const repositoryName = 'docker-hub/library/debian'
const [twelve = '', thirteen = ''] = ['12', '13'].map((tag) => {
  const image = createImage({ name: `${repositoryName}:${tag}`, platforms: [linuxAmd64] })
  return image.top.digest
})

function describe(sandbox: AwsSandbox, input: Partial<DescribeImagesCommandInput> = {}) {
  return sandbox.ecr().send(new DescribeImagesCommand({ repositoryName, ...input }))
}

function seed(sandbox: AwsSandbox, body: unknown): void {
  sandbox.aws.seeds['/aws/repositories']?.(body)
}

function image(imageDigest: string, ...imageTags: readonly string[]) {
  return {
    registryId: account,
    repositoryName,
    imageDigest,
    imageTags,
    imagePushedAt: expect.any(Date) as Date,
    imageSizeInBytes: expect.any(Number) as number,
    imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactMediaType: 'application/vnd.oci.image.config.v1+json',
    imageStatus: 'ACTIVE',
  }
}

test('has the images that a test put there', async () => {
  const sandbox = await startAwsSandbox()
  seed(sandbox, { repositoryName, imageTags: ['12'] })
  expect(await members(describe(sandbox))).toEqual({ imageDetails: [image(twelve, '12')] })
  seed(sandbox, { repositoryName, imageTags: ['12', '13', '13'] })
  expect(await members(describe(sandbox))).toEqual({
    imageDetails: [image(twelve, '12'), image(thirteen, '13')],
  })
})

test('has none otherwise', async () => {
  const sandbox = await startAwsSandbox()
  await sandbox.ecr().send(new CreateRepositoryCommand({ repositoryName }))
  expect(await members(describe(sandbox))).toEqual({ imageDetails: [] })
  seed(sandbox, { repositoryName })
  expect(await members(describe(sandbox))).toEqual({ imageDetails: [] })
})

test.each<[title: string, input: Partial<DescribeImagesCommandInput>, tags: readonly string[]]>([
  ['by tag', { imageIds: [{ imageTag: '13' }] }, ['13']],
  ['by digest', { imageIds: [{ imageDigest: twelve }] }, ['12']],
  ['by both', { imageIds: [{ imageDigest: twelve, imageTag: '12' }] }, ['12']],
  ['with tags', { filter: { tagStatus: 'TAGGED' } }, ['12', '13']],
  ['without tags', { filter: { tagStatus: 'UNTAGGED' } }, []],
  ['that are archived', { filter: { imageStatus: 'ARCHIVED' } }, []],
  ['that are active', { filter: { imageStatus: 'ACTIVE' } }, ['12', '13']],
  ['on a page', { maxResults: 1 }, ['12']],
])('finds images %s', async (_, input, tags) => {
  const sandbox = await startAwsSandbox()
  seed(sandbox, { repositoryName, imageTags: ['12', '13'] })
  const { imageDetails = [] } = await describe(sandbox, input)
  expect(imageDetails.flatMap(({ imageTags }) => imageTags)).toEqual(tags)
})

test.each([
  [{ imageTag: '14' }, "{imageDigest:'null', imageTag:'14'}"],
  [{ imageDigest: twelve, imageTag: '13' }, `{imageDigest:'${twelve}', imageTag:'13'}`],
])('does not find the image %j', async (id, shown) => {
  const sandbox = await startAwsSandbox()
  seed(sandbox, { repositoryName, imageTags: ['12', '13'] })
  expect(await refusal(describe(sandbox, { imageIds: [id] }))).toEqual({
    name: 'ImageNotFoundException',
    message: `The image with imageId ${shown} does not exist within the repository with name '${repositoryName}' in the registry with id '${account}'`,
    status: 400,
  })
})

test('refuses an image id that says nothing, and a repository that is not there', async () => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(describe(sandbox))).toEqual({
    name: 'RepositoryNotFoundException',
    message: `The repository with name '${repositoryName}' does not exist in the registry with id '${account}'`,
    status: 400,
  })
  seed(sandbox, { repositoryName })
  expect(await refusal(describe(sandbox, { imageIds: [{}] }))).toEqual({
    name: 'InvalidParameterException',
    message: "Invalid parameter at 'imageIds' failed to satisfy constraint: 'must have a digest or a tag'",
    status: 400,
  })
})

test.each<[body: unknown, message: string]>([
  [[], 'the body must be a JSON object'],
  [{}, '"repositoryName" must be the name of a repository'],
  [{ repositoryName: 'Debian' }, '"repositoryName" must be the name of a repository'],
  [{ repositoryName, imageTags: '12' }, '"imageTags" must be a list of tags'],
  [{ repositoryName, imageTags: ['-'] }, '"imageTags" must be a list of tags'],
  [{ repositoryName, account: 'mine' }, '"account" must be 12 digits'],
  [{ repositoryName, region: 'here' }, '"region" must be a Region like us-east-1'],
  [{ repositoryName, tags: [] }, '"tags" is not one of account, region, repositoryName, imageTags'],
])('POST /aws/repositories refuses %j', async (body, message) => {
  const sandbox = await startAwsSandbox()
  expect(() => {
    seed(sandbox, body)
  }).toThrow(new TypeError(message))
})

test.each<[body: unknown, message: string]>([
  ['gone', 'the body must be a JSON object'],
  [{ present: 'no' }, '"present" must be true or false'],
  [{ present: true, account: 1 }, '"account" must be 12 digits'],
  [{ present: true, role: 'a' }, '"role" is not one of account, present'],
])('POST /aws/service-linked-roles refuses %j', async (body, message) => {
  const sandbox = await startAwsSandbox()
  expect(() => {
    sandbox.aws.seeds['/aws/service-linked-roles']?.(body)
  }).toThrow(new TypeError(message))
})
