/** Whose registry it is, and where. */
interface Registry {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string
  /** Twelve digits. */
  readonly account: string
  readonly region: string
}

/** What it takes to log in, which knows no resource. */
export const loginAction = 'ecr:GetAuthorizationToken'

/**
 * What a pull through the cache takes on the repository. Without `BatchImportUpstreamImage` ECR says that there is no
 * such image; without `CreateRepository`, that there is no such repository.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 */
export const repositoryActions = [
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchImportUpstreamImage',
  'ecr:CreateRepository',
] as const

/**
 * @param path a repository, or a pattern: `docker-hub/*`
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
 */
export function repositoryArn({ partition, account, region }: Registry, path: string): string {
  return `arn:${partition}:ecr:${region}:${account}:repository/${path}`
}

/** The least that an identity needs to pull through a rule, and nothing else: an IAM policy, as JSON text. */
export function pullPolicy(registry: Registry, prefix: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'LogIn', Effect: 'Allow', Action: loginAction, Resource: '*' },
      {
        Sid: 'PullThroughCache',
        Effect: 'Allow',
        Action: repositoryActions,
        Resource: repositoryArn(registry, `${prefix.replace(/\/$/, '')}/*`),
      },
    ],
  })
}
