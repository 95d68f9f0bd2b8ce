import {
  BatchGetImageCommand,
  type BatchGetImageCommandInput,
  CreatePullThroughCacheRuleCommand,
  DescribeImagesCommand,
} from '@aws-sdk/client-ecr'
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { createImage } from '../../../../src/sandbox/oci/image.ts'
import { linuxAmd64, linuxArm64 } from '../../../../src/sandbox/oci/platform.ts'
import { type AwsSandbox, members, refusal } from '../aws-sandbox.ts'
import { changeAccount, hours, startPullSandbox } from '../ecr-registry/pull-world.ts'
import { account, signAs } from './ecr-world.ts'

const repositoryName = 'docker-hub/library/debian'
const upstream = createImage({ name: 'library/debian:12', platforms: [linuxAmd64, linuxArm64] })
const [amd64, arm64] = upstream.children

type Send = Partial<BatchGetImageCommandInput> & { readonly as?: Parameters<AwsSandbox['ecr']>[0] }

const get = (sandbox: AwsSandbox, { as, ...input }: Send = {}) =>
  sandbox.ecr(as).send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: '12' }], ...input }))

const failure = (imageId: object, failureCode: string, failureReason: string) => ({
  images: [],
  failures: [{ imageId, failureCode, failureReason }],
})
const notFound = (imageId: object = { imageTag: '12' }) =>
  failure(imageId, 'ImageNotFound', 'Requested image not found')

function image(content: typeof upstream.top | undefined, imageTag?: string) {
  return {
    registryId: account,
    repositoryName,
    imageId: { imageDigest: content?.digest, ...(imageTag === undefined ? {} : { imageTag }) },
    imageManifest: content?.body.toString(),
    imageManifestMediaType: content?.mediaType,
  }
}

test('imports an image, and gets it by tag, by digest, and its manifests', async () => {
  const sandbox = await startPullSandbox()
  expect(await members(get(sandbox))).toEqual({ images: [image(upstream.top, '12')], failures: [] })
  sandbox.upstreamRequests()
  const imageIds = [{ imageDigest: upstream.top.digest }, { imageDigest: amd64?.digest }]
  expect(await members(get(sandbox, { imageIds }))).toEqual({
    images: [image(upstream.top, '12'), image(amd64)],
    failures: [],
  })
  expect(sandbox.upstreamRequests()).toEqual([])
})

test('has an image of two tags twice by its digest', async () => {
  const sandbox = await startPullSandbox()
  sandbox.dockerHub.seeds['/docker-hub/images']?.({ repository: 'library/debian', tags: ['13', 'trixie'] })
  const imageIds = [{ imageTag: '13' }, { imageTag: 'trixie' }]
  const { images = [] } = await get(sandbox, { imageIds })
  const [{ imageId } = {}] = images
  const again = await get(sandbox, { imageIds: [{ imageDigest: imageId?.imageDigest }] })
  expect(again.images?.map(({ imageId: id }) => id?.imageTag)).toEqual(['13', 'trixie'])
})

test('tells of a digest alone, or with its tag, that has not been imported, that it is not there', async () => {
  const sandbox = await startPullSandbox()
  const imageDigest = upstream.top.digest
  for (const id of [{ imageDigest }, { imageDigest, imageTag: '12' }]) {
    expect(await members(get(sandbox, { imageIds: [id] }))).toEqual(notFound(id))
  }
  expect(sandbox.upstreamRequests()).toEqual([])
  await get(sandbox)
  const both = { imageDigest, imageTag: '12' }
  expect(await members(get(sandbox, { imageIds: [both] }))).toEqual({
    images: [image(upstream.top, '12')],
    failures: [],
  })
  const mismatch = { imageDigest: arm64?.digest, imageTag: '12' }
  expect(await members(get(sandbox, { imageIds: [mismatch] }))).toEqual(
    failure(
      mismatch,
      'ImageTagDoesNotMatchDigest',
      'Invalid request parameters: given tag does not map to the given digest',
    ),
  )
})

test.each([
  [{}, 'MissingDigestAndTag', 'both tag and digest cannot be null'],
  [
    { imageDigest: 'none' },
    'InvalidImageDigest',
    "image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
  ],
  [
    { imageTag: '-' },
    'InvalidImageTag',
    "image tag should satisfy the regex '[a-zA-Z0-9_][a-zA-Z0-9-_.]{0,127}'",
  ],
])('says what is wrong with the id %j, and gets the others', async (id, code, reason) => {
  const sandbox = await startPullSandbox()
  const { images, failures } = await get(sandbox, { imageIds: [id, { imageTag: '12' }] })
  expect(failures).toEqual([
    { imageId: id, failureCode: code, failureReason: `Invalid request parameters: ${reason}` },
  ])
  expect(images).toEqual([image(upstream.top, '12')])
})

const denied = failure(
  { imageTag: '12' },
  'UpstreamAccessDenied',
  'The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct, and try again.',
)
const throttled = failure(
  { imageTag: '12' },
  'UpstreamTooManyRequests',
  'Too many requests were sent to the upstream registry',
)
const unavailable = failure(
  { imageTag: '12' },
  'UpstreamUnavailable',
  'The upstream registry is not available',
)

test.each<[title: string, breakIt: (sandbox: AwsSandbox) => void, answer: object]>([
  [
    'the token was revoked',
    (sandbox) => {
      changeAccount(sandbox, { state: 'revoked' })
    },
    denied,
  ],
  [
    'no pulls are left',
    (sandbox) => {
      changeAccount(sandbox, { pullsLeft: 0 })
    },
    throttled,
  ],
  [
    'Docker Hub is down',
    ({ faults }) => {
      faults.add({ service: 'docker-registry', operation: '*', times: 'always', fault: { kind: 'html' } })
    },
    unavailable,
  ],
])('tells what the upstream lacks where %s', async (_, breakIt, answer) => {
  const sandbox = await startPullSandbox()
  breakIt(sandbox)
  expect(await members(get(sandbox))).toEqual(answer)
})

test('refuses the whole where the secret is gone', async () => {
  const sandbox = await startPullSandbox()
  await sandbox.secretsManager().send(new DeleteSecretCommand({ SecretId: sandbox.credentialArn }))
  expect(await refusal(get(sandbox))).toEqual({
    name: 'UnableToGetUpstreamImageException',
    message:
      'The image or images were unable to be pulled using the pull through cache rule. This is usually caused because of an issue with the Secrets Manager secret containing the credentials for the upstream registry.',
    status: 400,
  })
})

test.each([
  ['ecr:BatchImportUpstreamImage', { answered: expect.objectContaining(notFound()) as unknown }],
  [
    'ecr:CreateRepository',
    {
      name: 'RepositoryNotFoundException',
      message: `The repository with name '${repositoryName}' does not exist in the registry with id '${account}'`,
      status: 400,
    },
  ],
])('asks for %s', async (action, answer) => {
  const sandbox = await startPullSandbox()
  const as = signAs(sandbox, { Effect: 'Allow', NotAction: action, Resource: '*' })
  expect(await refusal(get(sandbox, { as }))).toEqual(answer)
})

test('says loudly that it has no other upstream', async () => {
  const sandbox = await startPullSandbox()
  const rule = { ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io' }
  await sandbox.ecr().send(new CreatePullThroughCacheRuleCommand(rule))
  expect(await refusal(get(sandbox, { repositoryName: 'quay/prometheus/node' }))).toEqual({
    name: 'SandboxNotImplemented',
    message: 'the sandbox does not do imports from this upstream (BatchGetImage); AWS does',
    status: 501,
  })
})

test('gets what is accepted', async () => {
  const sandbox = await startPullSandbox()
  const acceptedMediaTypes = ['application/vnd.oci.image.manifest.v1+json']
  expect(await members(get(sandbox, { acceptedMediaTypes }))).toEqual(notFound())
  const imageIds = [{ imageDigest: amd64?.digest }]
  expect(await members(get(sandbox, { acceptedMediaTypes, imageIds }))).toEqual({
    images: [image(amd64)],
    failures: [],
  })
})

test('DescribeImages tells sizes, types, and when an image was pulled', async () => {
  const sandbox = await startPullSandbox()
  sandbox.clock.set(new Date('2027-01-01T00:00:00Z'))
  // HEAD imports and is no pull.
  await sandbox.registry(`/v2/${repositoryName}/manifests/12`, { method: 'HEAD' })
  sandbox.clock.advance(hours(1))
  await sandbox.registry(`/v2/${repositoryName}/manifests/${amd64?.digest ?? ''}`)
  const { imageDetails = [] } = await sandbox.ecr().send(new DescribeImagesCommand({ repositoryName }))

  const sizeOf = (index: number) =>
    upstream.blobs.slice(3 * index, 3 * index + 3).reduce((total, { body }) => total + body.length, 0)
  const common = {
    registryId: account,
    repositoryName,
    imagePushedAt: expect.any(Date) as Date,
    imageStatus: 'ACTIVE',
  }
  const manifest = {
    imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactMediaType: 'application/vnd.oci.image.config.v1+json',
  }
  expect(imageDetails).toEqual([
    {
      ...common,
      ...manifest,
      imageDigest: amd64?.digest,
      imageSizeInBytes: sizeOf(0),
      lastRecordedPullTime: expect.any(Date) as Date,
    },
    { ...common, ...manifest, imageDigest: arm64?.digest, imageSizeInBytes: sizeOf(1) },
    {
      ...common,
      imageDigest: upstream.top.digest,
      imageTags: ['12'],
      imageManifestMediaType: 'application/vnd.oci.image.index.v1+json',
      imageSizeInBytes: Math.max(sizeOf(0), sizeOf(1)),
    },
  ])
  const [{ lastRecordedPullTime } = {}] = imageDetails
  expect(lastRecordedPullTime?.toISOString().slice(0, 13)).toBe('2027-01-01T01')
})
