import { list, type StringShape, structure } from '../shape.ts'
import { upstreamRegistries } from './upstream.ts'

const rulePrefix: StringShape = { type: 'string', min: 2, max: 30, pattern: prefixPattern() }
const templatePrefix: StringShape = { type: 'string', min: 1, max: 256, pattern: prefixPattern() }
const registryId: StringShape = { type: 'string', pattern: /^[0-9]{12}$/ }
const credentialArn: StringShape = {
  type: 'string',
  min: 50,
  max: 612,
  pattern: /^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr-pullthroughcache\/[a-zA-Z0-9/_+=.@-]+$/,
}
const roleArn: StringShape = { type: 'string', max: 2048 }
const repositoryName: StringShape = {
  type: 'string',
  min: 2,
  max: 256,
  pattern: /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/,
}
const tags = list(structure({ Key: { type: 'string' }, Value: { type: 'string' } }, ['Key', 'Value']))
const encryptionType: StringShape = { type: 'string', values: ['AES256', 'KMS', 'KMS_DSSE'] }
const paging = { nextToken: { type: 'string' }, maxResults: { type: 'number', min: 1, max: 1000 } } as const

/** Its members are checked for each image apart: a wrong one is a failure among the answers. */
const imageIds = list(
  structure({ imageDigest: { type: 'string' }, imageTag: { type: 'string', min: 1, max: 300 } }),
  { min: 1, max: 100 },
)
const imageFilter = structure({
  tagStatus: { type: 'string', values: ['TAGGED', 'UNTAGGED', 'ANY'] },
  imageStatus: { type: 'string', values: ['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY'] },
})

const mutability = {
  imageTagMutability: {
    type: 'string',
    values: ['MUTABLE', 'IMMUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION'],
  },
  imageTagMutabilityExclusionFilters: list(
    structure(
      {
        filterType: { type: 'string', values: ['WILDCARD'] },
        filter: { type: 'string', min: 1, max: 128, pattern: /^[0-9a-zA-Z._*-]{1,128}$/ },
      },
      ['filterType', 'filter'],
    ),
    { min: 1, max: 5 },
  ),
} as const

const templateMembers = {
  prefix: templatePrefix,
  description: { type: 'string', max: 256 },
  encryptionConfiguration: structure(
    {
      encryptionType,
      kmsKey: {
        type: 'string',
        max: 2048,
        pattern: /^$|^arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-z0-9-]+$/,
      },
    },
    ['encryptionType'],
  ),
  resourceTags: tags,
  ...mutability,
  repositoryPolicy: { type: 'string', max: 10_240 },
  lifecyclePolicy: { type: 'string', max: 30_720 },
  appliedFor: list({ type: 'string', values: ['REPLICATION', 'PULL_THROUGH_CACHE', 'CREATE_ON_PUSH'] }),
  customRoleArn: roleArn,
} as const

/**
 * What each operation takes, with the lengths, patterns and values of the service model
 * (`ecr/2015-09-21/service-2.json` of botocore 1.44.5).
 */
export const shapes = {
  CreatePullThroughCacheRule: structure(
    {
      ecrRepositoryPrefix: rulePrefix,
      upstreamRegistryUrl: { type: 'string' },
      registryId,
      upstreamRegistry: { type: 'string', values: upstreamRegistries },
      credentialArn,
      customRoleArn: roleArn,
      upstreamRepositoryPrefix: rulePrefix,
    },
    ['ecrRepositoryPrefix', 'upstreamRegistryUrl'],
  ),
  DescribePullThroughCacheRules: structure({
    registryId,
    ecrRepositoryPrefixes: list(rulePrefix, { min: 1, max: 100 }),
    ...paging,
  }),
  UpdatePullThroughCacheRule: structure(
    { registryId, ecrRepositoryPrefix: rulePrefix, credentialArn, customRoleArn: roleArn },
    ['ecrRepositoryPrefix'],
  ),
  DeletePullThroughCacheRule: structure({ ecrRepositoryPrefix: rulePrefix, registryId }, [
    'ecrRepositoryPrefix',
  ]),
  ValidatePullThroughCacheRule: structure({ ecrRepositoryPrefix: rulePrefix, registryId }, [
    'ecrRepositoryPrefix',
  ]),
  CreateRepositoryCreationTemplate: structure(templateMembers, ['prefix', 'appliedFor']),
  DescribeRepositoryCreationTemplates: structure({ prefixes: list(templatePrefix), ...paging }),
  UpdateRepositoryCreationTemplate: structure(templateMembers, ['prefix']),
  DeleteRepositoryCreationTemplate: structure({ prefix: templatePrefix }, ['prefix']),
  GetRegistryPolicy: structure({}),
  PutRegistryPolicy: structure({ policyText: { type: 'string', max: 10_240 } }, ['policyText']),
  DeleteRegistryPolicy: structure({}),
  CreateRepository: structure(
    {
      registryId,
      repositoryName,
      tags,
      ...mutability,
      imageScanningConfiguration: structure({ scanOnPush: { type: 'boolean' } }),
      encryptionConfiguration: structure({ encryptionType, kmsKey: { type: 'string', min: 1, max: 2048 } }, [
        'encryptionType',
      ]),
    },
    ['repositoryName'],
  ),
  DescribeRepositories: structure({
    registryId,
    repositoryNames: list(repositoryName, { min: 1, max: 100 }),
    ...paging,
  }),
  DeleteRepository: structure({ registryId, repositoryName, force: { type: 'boolean' } }, ['repositoryName']),
  DescribeImages: structure({ registryId, repositoryName, imageIds, ...paging, filter: imageFilter }, [
    'repositoryName',
  ]),
  ListImages: structure({ registryId, repositoryName, ...paging, filter: imageFilter }, ['repositoryName']),
  BatchGetImage: structure(
    {
      registryId,
      repositoryName,
      imageIds,
      acceptedMediaTypes: list({ type: 'string' }, { min: 1, max: 100 }),
    },
    ['repositoryName', 'imageIds'],
  ),
  BatchDeleteImage: structure({ registryId, repositoryName, imageIds }, ['repositoryName', 'imageIds']),
  GetDownloadUrlForLayer: structure(
    {
      registryId,
      repositoryName,
      layerDigest: { type: 'string', pattern: /^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/ },
    },
    ['repositoryName', 'layerDigest'],
  ),
  BatchCheckLayerAvailability: structure(
    {
      registryId,
      repositoryName,
      layerDigests: list({ type: 'string', max: 1000 }, { min: 1, max: 100 }),
    },
    ['repositoryName', 'layerDigests'],
  ),
  GetAuthorizationToken: structure({ registryIds: list(registryId, { min: 1, max: 10 }) }),
} as const

function prefixPattern(): RegExp {
  return /^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$/
}
