import { cause } from './cause.ts'

/** A repository of one Region’s cache. */
interface Repository {
  readonly region: string
  /** `docker-hub/library/debian` */
  readonly path: string
}

const repository: Repository = { region: 'us-east-1', path: 'docker-hub/library/debian' }
const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const user = 'arn:aws:iam::123456789012:role/node'

/** What can be wrong on the way of an image through the cache. */
export const imageCauses = {
  'reference-invalid': cause<{ problem: string }>({
    check: 'image.reference',
    status: 'drift',
    symptom: 'docker: `invalid reference format`.',
    cause: ({ problem }) => `this is no image reference: ${problem}`,
    fix: () => 'write it as docker pull takes it: debian:12, or docker-hub/library/debian:12',
    example: { problem: 'the name of a repository has no upper-case letters' },
  }),
  'rule-for-no-prefix': cause<Repository & { nearest: string | undefined; corrected: string | undefined }>({
    check: 'image.rule',
    status: 'missing',
    symptom: 'docker: `repository … not found: name unknown: The repository with name … does not exist`.',
    cause: ({ region, path, nearest }) =>
      `no pull-through cache rule in ${region} has a prefix that ${path} begins with` +
      (nearest === undefined ? '' : `; the nearest is ${nearest}`),
    fix: ({ region, corrected }) =>
      corrected === undefined
        ? `see which rules there are: aws ecr describe-pull-through-cache-rules --region ${region}; the stack makes its own with pulumi up`
        : `pull ${corrected} instead`,
    example: {
      region: 'us-east-1',
      path: 'dockerhub/library/debian',
      nearest: 'docker-hub',
      corrected: 'docker-hub/library/debian',
    },
  }),
  'rule-for-no-upstream': cause<{ region: string; domain: string }>({
    check: 'image.rule',
    status: 'missing',
    symptom: 'The image is pulled from where it comes from, and its pull limits apply.',
    cause: ({ region, domain }) => `no pull-through cache rule in ${region} caches images of ${domain}`,
    fix: ({ region }) =>
      `run: pulumi up, for the stack that makes the rule; aws ecr describe-pull-through-cache-rules --region ${region} shows those there are`,
    example: { region: 'us-east-1', domain: 'docker.io' },
  }),
  'upstream-unsupported': cause<{ domain: string; upstreams: string }>({
    check: 'image.rule',
    status: 'missing',
    symptom: '`UnsupportedUpstreamRegistryException` when a rule for it is to be made.',
    cause: ({ domain, upstreams }) => `ECR cannot cache images of ${domain}, but of ${upstreams} alone`,
    fix: () => 'pull it from there, or push a copy to a repository of your own',
    example: { domain: 'gcr.io', upstreams: 'docker-hub, quay' },
  }),
  'registry-of-another-account': cause<{ account: string; own: string }>({
    check: 'image.rule',
    status: 'unreachable',
    symptom: 'The rules, templates and policies of another account’s registry cannot be looked at.',
    cause: ({ account, own }) =>
      `the registry is that of account ${account}, and these AWS credentials are of account ${own}: its rules cannot be asked for`,
    fix: () => 'choose a profile of that account (AWS_PROFILE), or correct the account in the reference',
    example: { account: '999999999999', own: '123456789012' },
  }),
  'registry-of-another-region': cause<{ region: string; asked: string }>({
    check: 'image.rule',
    status: 'unreachable',
    symptom: 'A rule, its secret and its repositories are in one Region, and no other sees them.',
    cause: ({ region, asked }) => `the registry is in ${region}, and ${asked} was asked for`,
    fix: ({ region }) => `run it without --region, or with --region ${region}`,
    example: { region: 'eu-west-1', asked: 'us-east-1' },
  }),
  'repository-without-rule': cause<Repository>({
    check: 'image.rule',
    status: 'warning',
    symptom: 'The image pulls, and stays as it is.',
    cause: ({ region, path }) =>
      `the image is in the repository ${path}, and no rule in ${region} covers it: it is not refreshed`,
    fix: ({ region }) =>
      `nothing, if the repository is an ordinary one; else see: aws ecr describe-pull-through-cache-rules --region ${region}`,
    example: { region: 'us-east-1', path: 'acme/widgets' },
  }),
  'library-missing': cause<{ path: string; corrected: string }>({
    check: 'image.library',
    status: 'drift',
    symptom: 'containerd: `failed with status code [manifests 12]: 403 Forbidden`.',
    cause: ({ path }) =>
      `Docker Hub has no repository without a namespace, and ECR does not add library/ to ${path} as docker does`,
    fix: ({ corrected }) => `pull ${corrected} instead`,
    example: { path: 'docker-hub/debian', corrected: `${host}/docker-hub/library/debian:12` },
  }),
  'library-superfluous': cause<{ path: string; corrected: string }>({
    check: 'image.library',
    status: 'drift',
    symptom:
      'docker: `denied: The authentication to the upstream registry failed`, though the credential is right.',
    cause: ({ path }) =>
      `the image has a namespace of its own, so that library/ in ${path} leads to a repository that is not there`,
    fix: ({ corrected }) => `pull ${corrected} instead`,
    example: {
      path: 'docker-hub/library/bitnami/redis',
      corrected: `${host}/docker-hub/bitnami/redis:latest`,
    },
  }),
  'library-not-official': cause<{ name: string; prefix: string }>({
    check: 'image.library',
    status: 'drift',
    symptom:
      'docker: `denied: The authentication to the upstream registry failed`, though the credential is right.',
    cause: ({ name }) => `Docker Hub has no official image ${name}, so that there is no library/${name}`,
    fix: ({ name, prefix }) =>
      `correct the name, or write the namespace of the image in place of library: ${prefix}NAMESPACE/${name}; see https://hub.docker.com/search?q=${name}`,
    example: { name: 'grafana', prefix: 'docker-hub/' },
  }),
  // https://github.com/aws/containers-roadmap/issues/2837
  'digest-first': cause<{ byTag: string }>({
    check: 'image.client',
    status: 'drift',
    symptom: 'docker: an image with `@sha256:` is `not found`, though the upstream has it.',
    cause: () =>
      'the image is not cached yet, and ECR answers a first pull by digest as if it were not there, a tag beside the digest or not',
    fix: ({ byTag }) => `run once: docker pull ${byTag}; from then on the digest works`,
    example: { byTag: `${host}/docker-hub/library/debian:12` },
  }),
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
  'fips-first': cause<{ usual: string }>({
    check: 'image.client',
    status: 'drift',
    symptom: 'The first pull of an image fails; those that are cached still pull.',
    cause: () => 'the image is not cached yet, and the first pull does not work through a FIPS endpoint',
    fix: ({ usual }) => `run once: docker pull ${usual}`,
    example: { usual: `${host}/docker-hub/library/debian:12` },
  }),
  'lambda-first': cause<{ pull: string }>({
    check: 'image.client',
    status: 'drift',
    symptom: 'Lambda: `Source image … does not exist. Provide a valid source image`.',
    cause: () => 'the image is not cached yet, and Lambda does not pull through a cache rule',
    fix: ({ pull }) => `run before the deployment: docker pull ${pull}`,
    example: { pull: `${host}/docker-hub/library/debian:12` },
  }),
  'permission-lacking': cause<Repository & { principalArn: string; actions: readonly string[] }>({
    check: 'image.permissions',
    status: 'drift',
    symptom:
      'docker: `manifest unknown: Requested image not found` without ecr:BatchImportUpstreamImage, `name unknown: The repository with name … does not exist` without ecr:CreateRepository.',
    cause: ({ principalArn, actions, path }) =>
      `${principalArn} may not ${actions.join(', ')} on ${path}, neither by its own policies nor by the registry’s` +
      (actions.includes('ecr:BatchImportUpstreamImage')
        ? '; without ecr:BatchImportUpstreamImage ECR says that the image is not found'
        : ''),
    fix: ({ principalArn, actions }) => `allow ${actions.join(', ')} to ${principalArn}`,
    example: { ...repository, principalArn: user, actions: ['ecr:BatchImportUpstreamImage'] },
  }),
  'permission-denied': cause<Repository & { principalArn: string; actions: readonly string[]; by: string }>({
    check: 'image.permissions',
    status: 'drift',
    symptom: 'docker: `denied: User … is not authorized to perform … with an explicit deny`.',
    cause: ({ principalArn, actions, path, by }) =>
      `${by} denies ${actions.join(', ')} on ${path} to ${principalArn} explicitly`,
    fix: ({ by }) => `change the statement with "Effect": "Deny" in ${by}`,
    example: {
      ...repository,
      principalArn: user,
      actions: ['ecr:CreateRepository'],
      by: 'the registry policy',
    },
  }),
  'permission-unknown': cause<{ principalArn: string; actions: readonly string[]; why: string }>({
    check: 'image.permissions',
    status: 'unknowable',
    symptom: 'Whether the pull is allowed hangs on something that cannot be asked for.',
    cause: ({ principalArn, actions, why }) =>
      `whether ${principalArn} may ${actions.join(', ')} is not known: ${why}`,
    fix: ({ actions }) => `see that ${actions.join(', ')} is allowed where it pulls`,
    example: {
      principalArn: user,
      actions: ['ecr:BatchImportUpstreamImage'],
      why: 'it hangs on aws:SourceVpc',
    },
  }),
  'permission-not-simulated': cause<{ why: string }>({
    check: 'image.permissions',
    status: 'unknowable',
    symptom: 'What the caller may do is not known beforehand.',
    cause: ({ why }) => `what the caller may do could not be simulated: ${why}`,
    fix: () =>
      'allow iam:SimulatePrincipalPolicy and iam:GetRole to the caller, or see that it may ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer, ecr:BatchImportUpstreamImage and ecr:CreateRepository',
    example: { why: 'AWS denies iam:SimulatePrincipalPolicy in us-east-1' },
  }),
  'credential-refused': cause<{ region: string; prefix: string; upstream: string; failure: string }>({
    check: 'image.credential',
    status: 'drift',
    symptom:
      'docker: `denied: The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct`.',
    cause: ({ prefix, upstream, failure }) =>
      `ECR cannot log in to ${upstream} with the secret of the rule ${prefix} (ECR says “${failure}”)`,
    fix: ({ region, prefix }) =>
      `put a credential that works into that secret, then run: aws ecr validate-pull-through-cache-rule --ecr-repository-prefix ${prefix} --region ${region}`,
    example: { region: 'us-east-1', prefix: 'github', upstream: 'ghcr.io', failure: 'authentication failed' },
  }),
  'upstream-without-tag': cause<{ repository: string; reference: string }>({
    check: 'image.upstream',
    status: 'missing',
    symptom: 'docker: `manifest unknown: Requested image not found`.',
    cause: ({ repository, reference }) => `Docker Hub has ${repository}, and no ${reference} in it`,
    fix: ({ repository }) =>
      `choose one of https://hub.docker.com/${repository.startsWith('library/') ? repository.replace('library/', '_/') : `r/${repository}`}/tags`,
    example: { repository: 'library/debian', reference: '99' },
  }),
  'upstream-without-repository': cause<{ repository: string; username: string }>({
    check: 'image.upstream',
    status: 'missing',
    symptom:
      'docker: `denied: The authentication to the upstream registry failed`, though the credential is right.',
    cause: ({ repository, username }) =>
      `Docker Hub has no repository ${repository}, or ${username} may not see it: it answers both alike`,
    fix: () =>
      'compare the name at https://hub.docker.com; a private repository needs a token with "Repo Read-only" of an account that may see it',
    example: { repository: 'acme/widgets', username: 'sandbox' },
  }),
  'upstream-hidden': cause<{ repository: string; why: string }>({
    check: 'image.upstream',
    status: 'unknowable',
    symptom: 'Docker Hub answers alike for what is not there and what may not be seen.',
    cause: ({ repository, why }) =>
      `Docker Hub has no repository ${repository} that everybody sees; whether there is a private one that ECR’s credential sees is not known: ${why}`,
    fix: () => 'compare the name at https://hub.docker.com, or run it where the source of the credential is',
    example: { repository: 'acme/widgets', why: 'no credential could be read here' },
  }),
  'upstream-not-asked': cause<{ image: string; domain: string }>({
    check: 'image.upstream',
    status: 'unknowable',
    symptom: 'Whether the image is there is not known beforehand.',
    cause: ({ domain }) => `whether ${domain} has the image is not known: Docker Hub alone is asked`,
    fix: ({ image }) => `run: docker buildx imagetools inspect ${image}`,
    example: { image: 'quay.io/acme/widgets:1', domain: 'quay.io' },
  }),
  'pulls-used-up': cause<{ rule: string }>({
    check: 'image.limit',
    status: 'drift',
    symptom:
      'ECR: `UpstreamTooManyRequests`; docker: `toomanyrequests: You have reached your pull rate limit`.',
    cause: ({ rule }) => `${rule}, and none is left now`,
    fix: () => 'wait until the window is over, or upgrade that account: https://www.docker.com/pricing',
    example: { rule: 'Docker Hub lets sandbox pull 200 images in 6 h' },
  }),
  'pulls-run-low': cause<{ rule: string; remaining: number }>({
    check: 'image.limit',
    status: 'warning',
    symptom: 'Nothing fails yet.',
    cause: ({ rule, remaining }) => `${rule}, and only ${remaining} ${remaining === 1 ? 'is' : 'are'} left`,
    fix: () => 'pull less for a while, or upgrade that account: https://www.docker.com/pricing',
    example: { rule: 'Docker Hub lets sandbox pull 200 images in 6 h', remaining: 3 },
  }),
  'limit-unknown': cause<{ why: string }>({
    check: 'image.limit',
    status: 'unknowable',
    symptom: 'ECR pulls count against the account of its credential, not against whoever asks.',
    cause: ({ why }) => `how many pulls ECR has left is not known: ${why}`,
    fix: () => 'run: pullthrough verify, where the source of the credential is',
    example: { why: 'no credential could be read here' },
  }),
} as const
