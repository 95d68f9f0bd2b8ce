import type { RepositoryCreationTemplateArgs } from '@pulumi/aws/ecr/repositoryCreationTemplate.js'
import type { Input } from '@pulumi/pulumi'
import { PullthroughError } from '../errors.ts'

/**
 * How ECR makes the repositories of the cache, on the first pull of an image: a repository creation template for the
 * rule’s own prefix, never for `ROOT`, which would be for every repository of the registry.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export interface RepositoriesArgs {
  /** What the template is for, in at most 256 characters. */
  description?: Input<string>
  /**
   * Days after which an image without a tag goes: what a tag meant before its last refresh. Tags stay, and so do the
   * platforms of an image that a tag names. Whoever pulls by digest should leave this out: an image that is pulled by
   * digest alone may have no tag, and ECR does not fetch it again by digest.
   */
  expireUntaggedAfterDays?: number
  /** A lifecycle policy of your own, as JSON text; instead of `expireUntaggedAfterDays`. */
  lifecyclePolicy?: Input<string>
  /** A repository policy as JSON text: for other accounts that pull. */
  repositoryPolicy?: Input<string>
  /** `MUTABLE` unless it says otherwise. With `IMMUTABLE`, ECR never refreshes a tag. */
  imageTagMutability?: Input<string>
  /** The ARN of the KMS key that encrypts the repositories; AES-256 with ECR’s own key if it is left out. */
  kmsKeyArn?: Input<string>
  /** Tags of the repositories. */
  resourceTags?: Input<Record<string, Input<string>>>
  /** The role that makes the repositories; needed with `resourceTags` and `kmsKeyArn`. */
  customRoleArn?: Input<string>
}

/** @throws {@link PullthroughError} `ERR_USAGE` if two of them contradict each other, or one needs another. */
export function templateArgs(
  prefix: string,
  { expireUntaggedAfterDays, kmsKeyArn, ...rest }: RepositoriesArgs,
): Omit<RepositoryCreationTemplateArgs, 'region'> {
  if (expireUntaggedAfterDays !== undefined && rest.lifecyclePolicy !== undefined) {
    throw misused('expireUntaggedAfterDays and lifecyclePolicy are both given', 'keep one of them')
  }
  if (
    expireUntaggedAfterDays !== undefined &&
    !(Number.isInteger(expireUntaggedAfterDays) && expireUntaggedAfterDays > 0)
  ) {
    throw misused(
      `expireUntaggedAfterDays is ${expireUntaggedAfterDays}`,
      'give a whole number of days, 1 or more',
    )
  }
  // ECR takes such a template, and then every first pull fails.
  if (rest.customRoleArn === undefined && (rest.resourceTags ?? kmsKeyArn) !== undefined) {
    const what = rest.resourceTags === undefined ? 'kmsKeyArn' : 'resourceTags'
    throw misused(`${what} needs a role that makes the repositories`, 'give customRoleArn')
  }
  return {
    appliedFors: ['PULL_THROUGH_CACHE'],
    prefix,
    ...rest,
    ...(expireUntaggedAfterDays === undefined
      ? {}
      : { lifecyclePolicy: expireUntagged(expireUntaggedAfterDays) }),
    ...(kmsKeyArn === undefined
      ? {}
      : { encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: kmsKeyArn }] }),
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
function expireUntagged(days: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `Images that no tag names, ${days} days after they were cached`,
        selection: {
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: days,
        },
        action: { type: 'expire' },
      },
    ],
  })
}

function misused(what: string, hint: string): PullthroughError {
  return new PullthroughError('ERR_USAGE', `repositories: ${what}`, { hint })
}
