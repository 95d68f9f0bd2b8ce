import { expect, test } from 'vitest'
import { createImage } from '../../src/sandbox/oci/image.ts'
import { linuxAmd64 } from '../../src/sandbox/oci/platform.ts'
import { type AwsSandbox, startAwsSandbox } from '../sandbox/aws/aws-sandbox.ts'
import { callEcr, createUpstreamSecret, denySecret } from '../sandbox/aws/ecr/ecr-world.ts'
import {
  botocore,
  createAnswerCheck,
  type Input,
  modelOf,
  type ModelledService,
  testInputs,
} from './modelled-service.ts'

const model = modelOf('ecr/2015-09-21')

const account = '123456789012'
const role = `arn:aws:iam::${account}:role/pull`
const policy = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'ecr:*', Resource: '*' },
}
const policyText = JSON.stringify(policy)
const dockerHub = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: 'registry-1.docker.io' }
const quay = { ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io' }
const upstreamEcr = {
  ecrRepositoryPrefix: 'team',
  upstreamRegistryUrl: '999999999999.dkr.ecr.us-east-1.amazonaws.com',
  customRoleArn: role,
}

/** A layer of an image in the world of {@link started}. */
const [{ digest: layerDigest } = { digest: '' }] = createImage({
  name: 'docker-hub/a:1',
  platforms: [linuxAmd64],
}).blobs

/** An input that each operation takes, in the world of {@link started}. */
const validInputs: Readonly<Record<string, Input>> = {
  CreatePullThroughCacheRule: { ecrRepositoryPrefix: 'k8s', upstreamRegistryUrl: 'registry.k8s.io' },
  DescribePullThroughCacheRules: {},
  UpdatePullThroughCacheRule: { ecrRepositoryPrefix: 'team', customRoleArn: role },
  DeletePullThroughCacheRule: { ecrRepositoryPrefix: 'docker-hub' },
  ValidatePullThroughCacheRule: { ecrRepositoryPrefix: 'docker-hub' },
  CreateRepositoryCreationTemplate: { prefix: 'quay', appliedFor: ['PULL_THROUGH_CACHE'] },
  DescribeRepositoryCreationTemplates: {},
  UpdateRepositoryCreationTemplate: { prefix: 'docker-hub' },
  DeleteRepositoryCreationTemplate: { prefix: 'docker-hub' },
  GetRegistryPolicy: {},
  PutRegistryPolicy: { policyText },
  DeleteRegistryPolicy: {},
  CreateRepository: { repositoryName: 'docker-hub/b' },
  DescribeRepositories: {},
  DeleteRepository: { repositoryName: 'docker-hub/a', force: true },
  DescribeImages: { repositoryName: 'docker-hub/a' },
  ListImages: { repositoryName: 'docker-hub/a' },
  // Under no rule: what it would say of an upstream is not the model's.
  BatchGetImage: { repositoryName: 'apps/a', imageIds: [{ imageTag: '1' }] },
  BatchDeleteImage: { repositoryName: 'docker-hub/a', imageIds: [{ imageTag: '1' }] },
  GetDownloadUrlForLayer: { repositoryName: 'docker-hub/a', layerDigest },
  BatchCheckLayerAvailability: { repositoryName: 'docker-hub/a', layerDigests: [layerDigest] },
  GetAuthorizationToken: {},
}

/** A sandbox with two rules, a template, a policy, and a repository with two images. */
async function started(): Promise<AwsSandbox & { readonly credentialArn: string }> {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createUpstreamSecret(sandbox)
  await callEcr(sandbox, 'CreatePullThroughCacheRule', { ...dockerHub, credentialArn })
  await callEcr(sandbox, 'CreatePullThroughCacheRule', upstreamEcr)
  await callEcr(sandbox, 'CreateRepositoryCreationTemplate', { prefix: 'docker-hub', appliedFor: [] })
  await callEcr(sandbox, 'PutRegistryPolicy', { policyText })
  sandbox.aws.seeds['/aws/repositories']?.({ repositoryName: 'docker-hub/a', imageTags: ['1', '2'] })
  sandbox.aws.seeds['/aws/repositories']?.({ repositoryName: 'apps/a', imageTags: ['1'] })
  return { ...sandbox, credentialArn }
}

const service: ModelledService = {
  model,
  validInputs,
  started,
  call: callEcr,
  isInvalid: ({ __type: code, message }) =>
    (code === 'InvalidParameterException' && String(message).includes('Member must')) ||
    code === 'SerializationException',
  // One member alone is not always enough for an object: only the size counts here.
  isTooStrict: (_variant, { message }) => /Member must have (length|value)/.test(String(message)),
}

testInputs(service)

test.skipIf(!botocore)('every answer of a long life is of the form of the model', async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createUpstreamSecret(sandbox)
  const template = {
    prefix: 'docker-hub',
    description: 'd',
    encryptionConfiguration: {
      encryptionType: 'KMS',
      kmsKey: `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    },
    resourceTags: [{ Key: 'k', Value: '' }],
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: '*' }],
    repositoryPolicy: policyText,
    lifecyclePolicy: '{"rules":[]}',
    appliedFor: ['REPLICATION', 'PULL_THROUGH_CACHE', 'CREATE_ON_PUSH'],
    customRoleArn: role,
  }
  const repository = {
    repositoryName: 'docker-hub/b',
    tags: [{ Key: 'k', Value: '' }],
    imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: '*' }],
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'KMS', kmsKey: 'alias/theirs' },
  }
  sandbox.aws.seeds['/aws/repositories']?.({ repositoryName: 'docker-hub/a', imageTags: ['1', '2'] })
  const steps: readonly [operation: string, input: Input][] = [
    ['CreatePullThroughCacheRule', { ...dockerHub, credentialArn }],
    ['CreatePullThroughCacheRule', { ...upstreamEcr, upstreamRepositoryPrefix: 'apps/' }],
    ['CreatePullThroughCacheRule', quay],
    ['DescribePullThroughCacheRules', {}],
    ['DescribePullThroughCacheRules', { maxResults: 1 }],
    ['DescribePullThroughCacheRules', { ecrRepositoryPrefixes: ['team'] }],
    ['ValidatePullThroughCacheRule', { ecrRepositoryPrefix: 'docker-hub' }],
    ['ValidatePullThroughCacheRule', { ecrRepositoryPrefix: 'quay' }],
    ['UpdatePullThroughCacheRule', { ecrRepositoryPrefix: 'docker-hub', credentialArn }],
    ['UpdatePullThroughCacheRule', { ecrRepositoryPrefix: 'team', customRoleArn: role }],
    ['CreateRepositoryCreationTemplate', template],
    ['CreateRepositoryCreationTemplate', { prefix: 'ROOT', appliedFor: [] }],
    ['DescribeRepositoryCreationTemplates', { maxResults: 1 }],
    ['UpdateRepositoryCreationTemplate', { prefix: 'docker-hub', description: '' }],
    ['DeleteRepositoryCreationTemplate', { prefix: 'docker-hub' }],
    ['PutRegistryPolicy', { policyText }],
    ['GetRegistryPolicy', {}],
    ['DeleteRegistryPolicy', {}],
    ['CreateRepository', repository],
    ['DescribeRepositories', { maxResults: 1 }],
    ['DescribeImages', { repositoryName: 'docker-hub/a', maxResults: 1 }],
    ['DescribeImages', { repositoryName: 'docker-hub/a', imageIds: [{ imageTag: '1' }] }],
    ['ListImages', { repositoryName: 'docker-hub/a', maxResults: 1 }],
    ['BatchGetImage', { repositoryName: 'docker-hub/a', imageIds: [{ imageTag: '1' }, {}] }],
    ['GetDownloadUrlForLayer', { repositoryName: 'docker-hub/a', layerDigest }],
    [
      'BatchCheckLayerAvailability',
      { repositoryName: 'docker-hub/a', layerDigests: [layerDigest, 'sha256:0', ''] },
    ],
    [
      'BatchDeleteImage',
      { repositoryName: 'docker-hub/a', imageIds: [{ imageTag: '2' }, { imageTag: '3' }] },
    ],
    ['DeleteRepository', { repositoryName: 'docker-hub/b' }],
    ['GetAuthorizationToken', {}],
    ['DeletePullThroughCacheRule', { ecrRepositoryPrefix: 'team' }],
  ]
  const check = createAnswerCheck(service)
  for (const [operation, input] of steps) await check.call(sandbox, operation, input)
  await denySecret(sandbox, credentialArn)
  await check.call(sandbox, 'ValidatePullThroughCacheRule', { ecrRepositoryPrefix: 'docker-hub' })
  await check.call(sandbox, 'DeletePullThroughCacheRule', { ecrRepositoryPrefix: 'docker-hub' })
  expect(check.faults).toEqual([])
  // Rules for the upstream ECR, which alone have these, are not validated.
  expect(check.unseen()).toEqual([
    'ValidatePullThroughCacheRule.customRoleArn',
    'ValidatePullThroughCacheRule.upstreamRepositoryPrefix',
  ])
})

/** Inputs that every operation gets besides its own, those that it does not know included. */
const oddInputs: readonly Input[] = [
  {},
  { ecrRepositoryPrefix: 'none', ecrRepositoryPrefixes: ['none'], prefix: 'none' },
  { repositoryName: 'none', repositoryNames: ['none'] },
  { nextToken: 'x' },
  { ecrRepositoryPrefixes: ['team'], repositoryNames: ['docker-hub/a'], prefixes: ['team'], maxResults: 1 },
  { imageIds: [{ imageTag: 'none' }] },
  { upstreamRegistryUrl: 'gcr.io' },
  { upstreamRegistryUrl: 'ghcr.io' },
  { upstreamRegistry: 'quay' },
  { credentialArn: `arn:aws:secretsmanager:us-east-1:${account}:secret:ecr-pullthroughcache/none-AbCdEf` },
  { customRoleArn: 'arn:aws:iam::999999999999:role/pull' },
  { policyText: '{', repositoryPolicy: '{', lifecyclePolicy: '{' },
  { tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) },
  { tags: [{ Key: 'k'.repeat(129), Value: '' }] },
  { force: false },
  { registryId: '999999999999' },
]

const done = Object.keys(validInputs)

test.skipIf(!botocore).each(done)('%s refuses with errors that the model gives it', async (operation) => {
  const modelled = (model.operations[operation]?.errors ?? []).map(({ shape }) => shape)
  const codes = new Set<string>()
  for (const odd of oddInputs) {
    for (const twice of [false, true]) {
      const sandbox = await started()
      const input = { ...validInputs[operation], ...odd }
      if (twice) await callEcr(sandbox, operation, validInputs[operation])
      const { status, body } = await callEcr(sandbox, operation, input)
      if (status !== 200) codes.add(String(body['__type']))
    }
  }
  // What AWS answers beside the errors of its models: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
  expect([...codes].filter((code) => ![...modelled, 'AccessDeniedException'].includes(code))).toEqual([])
})
