import { accessDenied } from '../access-denied.ts'
import type { ServiceRequest } from '../aws-service.ts'
import { jsonService } from '../json-service.ts'
import { readInput, type Shape, type ValueOf } from '../shape.ts'
import { getAuthorizationToken } from './authorization-token.ts'
import type { Call, EcrWorld, Output } from './call.ts'
import { createPullThroughCacheRule } from './create-rule.ts'
import { batchDeleteImage } from './batch-delete-image.ts'
import { batchGetImage } from './batch-get-image.ts'
import { describeImages, listImages } from './images.ts'
import { batchCheckLayerAvailability, getDownloadUrlForLayer } from './layers.ts'
import { deleteRegistryPolicy, getRegistryPolicy, putRegistryPolicy } from './registry-policy.ts'
import { createRepository, deleteRepository, describeRepositories } from './repositories.ts'
import {
  deletePullThroughCacheRule,
  describePullThroughCacheRules,
  updatePullThroughCacheRule,
} from './rules.ts'
import { shapes } from './shapes.ts'
import {
  createRepositoryCreationTemplate,
  deleteRepositoryCreationTemplate,
  describeRepositoryCreationTemplates,
  updateRepositoryCreationTemplate,
} from './templates.ts'
import { undone } from './undone.ts'
import { validatePullThroughCacheRule } from './validate-rule.ts'

/** Fault kinds that change what ECR finds while it performs; `expired-token` refuses like the common ones. */
const performingFaults = ['secret-lag', 'invalid', 'reads-as']

/** Fault kinds that only ECR has. */
export const ecrFaults: readonly string[] = ['expired-token', ...performingFaults]

/** Recognise a call of ECR by what follows `AmazonEC2ContainerRegistry_V20150921.` in `X-Amz-Target`. */
export const recogniseEcr = jsonService<EcrWorld>('message', {
  name: 'ecr',
  reads: {
    DescribePullThroughCacheRules: operation(
      shapes.DescribePullThroughCacheRules,
      describePullThroughCacheRules,
    ),
    ValidatePullThroughCacheRule: operation(
      shapes.ValidatePullThroughCacheRule,
      validatePullThroughCacheRule,
    ),
    DescribeRepositoryCreationTemplates: operation(
      shapes.DescribeRepositoryCreationTemplates,
      describeRepositoryCreationTemplates,
    ),
    GetRegistryPolicy: operation(shapes.GetRegistryPolicy, getRegistryPolicy),
    DescribeRepositories: operation(shapes.DescribeRepositories, describeRepositories),
    DescribeImages: operation(shapes.DescribeImages, describeImages),
    ListImages: operation(shapes.ListImages, listImages),
    BatchGetImage: operation(shapes.BatchGetImage, batchGetImage),
    BatchCheckLayerAvailability: operation(shapes.BatchCheckLayerAvailability, batchCheckLayerAvailability),
    GetDownloadUrlForLayer: operation(shapes.GetDownloadUrlForLayer, getDownloadUrlForLayer),
    GetAuthorizationToken: operation(shapes.GetAuthorizationToken, getAuthorizationToken),
  },
  writes: {
    CreatePullThroughCacheRule: operation(shapes.CreatePullThroughCacheRule, createPullThroughCacheRule),
    UpdatePullThroughCacheRule: operation(shapes.UpdatePullThroughCacheRule, updatePullThroughCacheRule),
    DeletePullThroughCacheRule: operation(shapes.DeletePullThroughCacheRule, deletePullThroughCacheRule),
    CreateRepositoryCreationTemplate: operation(
      shapes.CreateRepositoryCreationTemplate,
      createRepositoryCreationTemplate,
    ),
    UpdateRepositoryCreationTemplate: operation(
      shapes.UpdateRepositoryCreationTemplate,
      updateRepositoryCreationTemplate,
    ),
    DeleteRepositoryCreationTemplate: operation(
      shapes.DeleteRepositoryCreationTemplate,
      deleteRepositoryCreationTemplate,
    ),
    PutRegistryPolicy: operation(shapes.PutRegistryPolicy, putRegistryPolicy),
    DeleteRegistryPolicy: operation(shapes.DeleteRegistryPolicy, deleteRegistryPolicy),
    CreateRepository: operation(shapes.CreateRepository, createRepository),
    DeleteRepository: operation(shapes.DeleteRepository, deleteRepository),
    BatchDeleteImage: operation(shapes.BatchDeleteImage, batchDeleteImage),
  },
  isUndone: (name) => undone.includes(name),
  denied: ({ callerArn, operation }) =>
    accessDenied(callerArn, {
      action: `ecr:${operation}`,
      shown: '*',
      decision: { by: 'no-allow', policy: 'identity-based' },
    }),
  serverError: {
    code: 'ServerException',
    message: 'These errors are usually caused by a server-side issue.',
  },
  isPerformedWith: ({ kind }) => performingFaults.includes(kind),
})

/** ECR says of a member outside the model that it is an invalid parameter. */
function operation<S extends Shape>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output | Promise<Output>,
) {
  return (request: ServiceRequest<EcrWorld>) =>
    perform(request, readInput(shape, request.body, 'InvalidParameterException'))
}
