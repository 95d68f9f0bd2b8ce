import { createCaller } from './caller.ts'
import type { Caller } from './iam/principal.ts'

/**
 * The role that ECR reads upstream credentials with, and its managed policy as of 2025-03.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pullthroughcache.html
 *
 * @param arn for a test of what happens if ECR read them with another role
 * @throws `TypeError` if that is not the ARN of a role or a user
 */
export function pullThroughCacheRole(account: string, arn = pullThroughCacheRoleArn(account)): Caller {
  return createCaller(arn, managedPolicy)
}

function pullThroughCacheRoleArn(account: string): string {
  return `arn:aws:iam::${account}:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache`
}

const managedPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'ECR',
      Effect: 'Allow',
      Action: [
        'ecr:GetAuthorizationToken',
        'ecr:BatchCheckLayerAvailability',
        'ecr:InitiateLayerUpload',
        'ecr:UploadLayerPart',
        'ecr:CompleteLayerUpload',
        'ecr:PutImage',
        'ecr:BatchGetImage',
        'ecr:BatchImportUpstreamImage',
        'ecr:GetDownloadUrlForLayer',
        'ecr:GetImageCopyStatus',
      ],
      Resource: '*',
    },
    {
      Sid: 'SecretsManager',
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: 'arn:aws:secretsmanager:*:*:secret:ecr-pullthroughcache/*',
      Condition: { StringEquals: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } },
    },
  ],
}
