import type { ErrorText } from './error-text.ts'

const logIn =
  'aws ecr get-login-password --region REGION | docker login --username AWS --password-stdin ACCOUNT.dkr.ecr.REGION.amazonaws.com'

const unauthenticatedUpstream = [
  {
    check: 'image.library',
    cause: 'the path has library/ before an image that is not official, or an official image has it not',
    fix: 'write official images as PREFIX/library/NAME, and all others without library/',
  },
  {
    check: 'image.upstream',
    cause:
      'the upstream has no such repository, or the account may not see it: Docker Hub answers both alike',
    fix: 'docker buildx imagetools inspect IMAGE, with the image’s own name',
  },
  {
    check: 'image.credential',
    cause: 'the credential in the secret is wrong or no longer valid',
    fix: 'aws ecr validate-pull-through-cache-rule --ecr-repository-prefix PREFIX --region REGION',
  },
] as const

/**
 * What ECR says to whoever pulls an image through the cache.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/error-pullthroughcache.html
 */
export const pullTexts = {
  // docker and containerd ask for the digest alone, also where there is a tag beside it.
  // https://github.com/aws/containers-roadmap/issues/2837
  'digest-first-pull': {
    symptom: 'an image with @sha256: is “not found”',
    patterns: [
      /dkr[.-]ecr[^ ]{1,300}@sha256:[0-9a-f]{64}.{0,200}(?:not found|does not exist|manifest unknown)/i,
    ],
    causes: [
      {
        check: 'image.client',
        cause: 'the image is not cached yet, and a first pull by digest is answered as if it were missing',
        fix: 'pull it once by its tag, without the digest; from then on the digest works',
      },
      {
        check: 'image.upstream',
        cause: 'the upstream has no image with this digest',
        fix: 'docker buildx imagetools inspect IMAGE@DIGEST, with the image’s own name',
      },
    ],
  },
  'upstream-authentication-failed': {
    symptom: 'The authentication to the upstream registry failed',
    patterns: [/authentication to the upstream registry failed/i],
    causes: unauthenticatedUpstream,
  },
  'upstream-access-denied': {
    symptom: 'UpstreamAccessDenied',
    patterns: [/UpstreamAccessDenied/i],
    causes: unauthenticatedUpstream,
  },
  'unable-to-get-upstream': {
    symptom: 'UnableToGetUpstreamImageException',
    patterns: [
      /UnableToGetUpstream(?:Image|Layer)Exception/i,
      /UnableToListUpstreamImageReferrersException/i,
    ],
    causes: [
      {
        check: 'image.credential',
        cause: 'ECR could not read the secret, or could not log in to the upstream with it',
        fix: 'aws ecr validate-pull-through-cache-rule --ecr-repository-prefix PREFIX --region REGION',
      },
      {
        check: 'image.upstream',
        cause: 'the upstream does not have the image',
        fix: 'docker buildx imagetools inspect IMAGE, with the image’s own name',
      },
    ],
  },
  'upstream-too-many-requests': {
    symptom: 'UpstreamTooManyRequests',
    patterns: [/UpstreamTooManyRequests/i],
    causes: [
      {
        check: 'image.limit',
        cause: 'the account whose credential ECR uses has no pulls left',
        fix: 'wait until the window ends, or use the credential of an account with a paid plan',
      },
    ],
  },
  'upstream-unavailable': {
    symptom: 'UpstreamUnavailable',
    patterns: [/UpstreamUnavailable/i],
    causes: [
      {
        check: 'image.upstream',
        cause: 'ECR could not reach the upstream',
        fix: 'look at https://www.dockerstatus.com and pull again',
      },
    ],
  },
  'not-allowed-to-import': {
    symptom: 'not authorized to perform: ecr:BatchImportUpstreamImage',
    patterns: [/not authorized to perform:? ecr:BatchImportUpstreamImage/i],
    causes: [
      {
        check: 'image.permissions',
        cause: 'whoever pulls may not import images from the upstream',
        fix: 'allow ecr:BatchImportUpstreamImage to the role that pulls, or in the registry policy',
      },
    ],
  },
  'not-allowed-to-create': {
    symptom: 'not authorized to perform: ecr:CreateRepository',
    patterns: [/not authorized to perform:? ecr:CreateRepository\b/i],
    causes: [
      {
        check: 'image.permissions',
        cause: 'the first pull of an image makes its repository, and whoever pulls may not',
        fix: 'allow ecr:CreateRepository to the role that pulls, or in the registry policy',
      },
    ],
  },
  'not-allowed-to-pull': {
    symptom: 'not authorized to perform: ecr:BatchGetImage',
    patterns: [
      /not authorized to perform:? ecr:(?:BatchGetImage|GetDownloadUrlForLayer|BatchCheckLayerAvailability|GetAuthorizationToken)/i,
    ],
    causes: [
      {
        check: 'image.permissions',
        cause: 'whoever pulls may not pull from ECR at all',
        fix: 'attach the managed policy AmazonEC2ContainerRegistryPullOnly to the role that pulls',
      },
    ],
  },
  'repository-missing': {
    symptom: 'name unknown: The repository with name … does not exist in the registry',
    patterns: [
      /repository with name .{1,300} does not exist in the registry/i,
      /RepositoryNotFoundException/i,
    ],
    causes: [
      {
        check: 'image.permissions',
        cause: 'the image is not cached yet, and whoever pulls may not create its repository',
        fix: 'allow ecr:CreateRepository to the role that pulls, or in the registry policy',
      },
      {
        check: 'image.rule',
        cause: 'no rule of this account and Region has the prefix',
        fix: 'aws ecr describe-pull-through-cache-rules --region REGION',
      },
    ],
  },
  'image-missing': {
    symptom: 'manifest unknown: Requested image not found',
    patterns: [/requested image not found/i],
    causes: [
      {
        check: 'image.permissions',
        cause:
          'whoever pulls may not import from the upstream, which ECR answers as if the image were not there',
        fix: 'allow ecr:BatchImportUpstreamImage to the role that pulls, or in the registry policy',
      },
      {
        check: 'image.upstream',
        cause: 'the upstream has no image with this tag',
        fix: 'docker buildx imagetools inspect IMAGE, with the image’s own name',
      },
    ],
  },
  'ecr-forbidden': {
    symptom: '403 Forbidden from ECR',
    patterns: [/dkr[.-]ecr.{1,300}403 \(?Forbidden/i],
    causes: [
      {
        check: 'image.library',
        cause: 'an official image of Docker Hub is written without library/',
        fix: 'write it as PREFIX/library/NAME',
      },
      {
        check: 'image.client',
        cause: 'the login to ECR is more than 12 hours old',
        fix: logIn,
      },
      {
        check: 'image.permissions',
        cause: 'whoever pulls may not pull from this repository',
        fix: 'allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer to the role that pulls',
      },
    ],
  },
  'ecr-login-expired': {
    symptom: 'Your authorization token has expired. Reauthenticate and try again',
    patterns: [/authorization token has expired/i],
    causes: [
      {
        check: 'image.client',
        cause: 'the login to ECR, not the one to Docker Hub, is more than 12 hours old',
        fix: logIn,
      },
    ],
  },
  'ecr-login-missing': {
    symptom: 'no basic auth credentials',
    patterns: [/no basic auth credentials/i, /dkr[.-]ecr.{1,300}401 \(?Unauthorized/i],
    causes: [
      {
        check: 'image.client',
        cause: 'whoever pulls is not logged in to this ECR registry',
        fix: logIn,
      },
    ],
  },
  'ecr-throttled': {
    symptom: 'toomanyrequests: Rate exceeded',
    patterns: [/\brate exceeded\b/i],
    causes: [
      {
        check: 'image.client',
        cause: 'ECR or another service of AWS, not Docker Hub, is asked too often',
        fix: 'run it again with fewer pulls at once',
      },
    ],
  },
  'tag-immutable': {
    symptom: 'cannot be overwritten because the tag is immutable',
    patterns: [/tag is immutable/i, /ImageTagAlreadyExistsException/i],
    causes: [
      {
        check: 'image.template',
        cause: 'the repository’s tags are immutable, so that a tag that moved upstream cannot be refreshed',
        fix: 'aws ecr put-image-tag-mutability --repository-name REPOSITORY --image-tag-mutability MUTABLE --region REGION',
      },
    ],
  },
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
  'lambda-source-image': {
    symptom: 'Source image … does not exist. Provide a valid source image',
    patterns: [/source image .{1,400} (?:does not exist|is not valid)/i],
    causes: [
      {
        check: 'image.client',
        cause: 'Lambda does not pull through the cache, and the image is not in the repository yet',
        fix: 'docker pull the cached reference once, from where it may be imported, before the deployment',
      },
      {
        check: 'image.cached',
        cause: 'the repository has no image with this tag, or it is in another Region than the function',
        fix: 'aws ecr describe-images --repository-name REPOSITORY --region REGION',
      },
    ],
  },
} as const satisfies Readonly<Record<string, ErrorText>>
