import { ServiceError } from '../service-error.ts'
import type { ImageId } from './image.ts'

// The texts, in one place. [MODEL] is the service model's description of the exception, [SEEN] was quoted by users
// of AWS, the rest is chosen: docs/sandbox.md says where each comes from.

/** [MODEL] */
export function ruleExists(): ServiceError {
  return new ServiceError(
    'PullThroughCacheRuleAlreadyExistsException',
    'A pull through cache rule with these settings already exists for the private registry.',
  )
}

/** [MODEL] */
export function ruleNotFound(): ServiceError {
  return new ServiceError(
    'PullThroughCacheRuleNotFoundException',
    'The pull through cache rule was not found. Specify a valid pull through cache rule and try again.',
  )
}

/** [MODEL] */
export function unsupportedUpstream(): ServiceError {
  return new ServiceError(
    'UnsupportedUpstreamRegistryException',
    "The specified upstream registry isn't supported.",
  )
}

/** [SEEN] aws-controllers-k8s/community#2589 */
export function upstreamNeedsCredential(): ServiceError {
  return new ServiceError(
    'UnsupportedUpstreamRegistryException',
    'The specified upstream registry requires authentication. Specify a valid Secrets Manager ARN',
  )
}

/** [MODEL] */
export function secretNotFound(): ServiceError {
  return new ServiceError(
    'SecretNotFoundException',
    'The ARN of the secret specified in the pull through cache rule was not found. Update the pull through cache rule with a valid secret ARN and try again.',
  )
}

/** [MODEL] */
export function unableToAccessSecret(): ServiceError {
  return new ServiceError(
    'UnableToAccessSecretException',
    'The secret is unable to be accessed. Verify the resource permissions for the secret and try again.',
  )
}

/** [MODEL], the typing error included. */
export function unableToDecryptSecret(): ServiceError {
  return new ServiceError(
    'UnableToDecryptSecretValueException',
    'The secret is accessible but is unable to be decrypted. Verify the resource permisisons and try again.',
  )
}

/** [MODEL] */
export function limitExceeded(): ServiceError {
  return new ServiceError(
    'LimitExceededException',
    'The operation did not succeed because it would have exceeded a service limit for your account. For more information, see Amazon ECR service quotas in the Amazon Elastic Container Registry User Guide.',
  )
}

/** The text is [SEEN] in pulumi/pulumi-aws#5714, the class is not. */
export function nothingToUpdate(): ServiceError {
  return new ServiceError(
    'ValidationException',
    'Invalid input: Please set either credential arn or role arn to update the credential',
  )
}

/** [MODEL] */
export function templateExists(): ServiceError {
  return new ServiceError(
    'TemplateAlreadyExistsException',
    'The repository creation template already exists. Specify a unique prefix and try again.',
  )
}

/** [MODEL] */
export function templateNotFound(): ServiceError {
  return new ServiceError(
    'TemplateNotFoundException',
    "The specified repository creation template can't be found. Verify the registry ID and prefix and try again.",
  )
}

/** As moto has it. */
export function registryPolicyNotFound(account: string): ServiceError {
  return new ServiceError(
    'RegistryPolicyNotFoundException',
    `Registry policy does not exist in the registry with id '${account}'`,
  )
}

/** [SEEN] metaps/genova#164 */
export function repositoryExists(name: string, account: string): ServiceError {
  return new ServiceError(
    'RepositoryAlreadyExistsException',
    `The repository with name '${name}' already exists in the registry with id '${account}'`,
  )
}

/** [SEEN] awslabs/aws-orbit-workbench#720 */
export function repositoryNotFound(name: string, account: string): ServiceError {
  return new ServiceError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${account}'`,
  )
}

/** [SEEN] nitrictech/cli#273 */
export function repositoryNotEmpty(name: string, account: string): ServiceError {
  return new ServiceError(
    'RepositoryNotEmptyException',
    `The repository with name '${name}' in registry with id '${account}' cannot be deleted because it still contains images`,
  )
}

/** [SEEN] hashicorp/terraform-provider-aws#35268 */
export function imageNotFound(
  { imageDigest, imageTag }: ImageId,
  name: string,
  account: string,
): ServiceError {
  return new ServiceError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'} does not exist ` +
      `within the repository with name '${name}' in the registry with id '${account}'`,
  )
}

/** As moto has it. */
export function layerNotFound(digest: string, name: string, account: string): ServiceError {
  return new ServiceError(
    'LayersNotFoundException',
    `The layer with digest '${digest}' does not exist in the repository with name '${name}' in the registry with id '${account}'`,
  )
}

/** [MODEL] */
export function unableToGetUpstreamImage(): ServiceError {
  return new ServiceError(
    'UnableToGetUpstreamImageException',
    'The image or images were unable to be pulled using the pull through cache rule. This is usually caused because of an issue with the Secrets Manager secret containing the credentials for the upstream registry.',
  )
}

/** [MODEL] */
export function invalidTag(): ServiceError {
  return new ServiceError(
    'InvalidTagParameterException',
    'An invalid parameter has been specified. Tag keys can have a maximum character length of 128 characters, and tag values can have a maximum length of 256 characters.',
  )
}

/** [MODEL] */
export function tooManyTags(): ServiceError {
  return new ServiceError(
    'TooManyTagsException',
    'The list of tags on the repository is over the limit. The maximum number of tags that can be applied to a repository is 50.',
  )
}

/** The form is [SEEN]: terraform-aws-modules/terraform-aws-ecr#19. */
export function invalidParameter(name: string, constraint: string): ServiceError {
  return new ServiceError(
    'InvalidParameterException',
    `Invalid parameter at '${name}' failed to satisfy constraint: '${constraint}'`,
  )
}
