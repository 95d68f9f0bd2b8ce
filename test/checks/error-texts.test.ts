import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorTexts, explainErrorText, type ErrorTextId } from '../../src/checks/error-texts.ts'
import type { ErrorText } from '../../src/checks/error-texts/error-text.ts'
import { checks } from '../../src/checks/finding.ts'
import { imageIn } from '../../src/checks/image-in-text.ts'

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const debian = `${host}/docker-hub/library/debian`
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const role = 'arn:aws:sts::123456789012:assumed-role/builder/i-0'

function denied(action: string): string {
  return `Error response from daemon: pull access denied for ${debian}, repository does not exist or may require 'docker login': denied: User: ${role} is not authorized to perform: ${action} on resource: arn:aws:ecr:us-east-1:123456789012:repository/docker-hub/library/debian because no identity-based policy allows the ${action} action`
}

/** What was printed, what it is explained with, best first, and the image that it is about. */
const texts: readonly (readonly [text: string, ids: readonly ErrorTextId[], image?: string])[] = [
  // ECR, through docker, containerd, BuildKit, kubelet, ECS, skopeo, podman and the API.
  [
    `Error response from daemon: repository ${debian} not found: name unknown: The repository with name 'docker-hub/library/debian' does not exist in the registry with id '123456789012'`,
    ['repository-missing'],
    debian,
  ],
  [
    "An error occurred (RepositoryNotFoundException) when calling the DescribeImages operation: The repository with name 'docker-hub/library/debian' does not exist in the registry with id '123456789012'",
    ['repository-missing'],
    'docker-hub/library/debian',
  ],
  [
    `time="2026-11-23T10:00:00Z" level=fatal msg="Error parsing image name \\"docker://${debian}:12\\": reading manifest 12 in ${debian}: name unknown: The repository with name 'docker-hub/library/debian' does not exist in the registry with id '123456789012'"`,
    ['repository-missing'],
    `${debian}:12`,
  ],
  [
    `manifest for ${debian}:12 not found: manifest unknown: Requested image not found`,
    ['image-missing'],
    `${debian}:12`,
  ],
  [
    `Failed to pull image "${debian}@${digest}": rpc error: code = NotFound desc = failed to pull and unpack image "${debian}@${digest}": failed to resolve reference "${debian}@${digest}": ${debian}@${digest}: not found`,
    ['digest-first-pull'],
    `${debian}@${digest}`,
  ],
  [
    `Error response from daemon: manifest for ${debian}:12@${digest} not found: manifest unknown: Requested image not found`,
    ['digest-first-pull', 'image-missing'],
    `${debian}:12@${digest}`,
  ],
  [
    `failed to resolve reference "${host}/docker-hub/amazonlinux:2023": pulling from host ${host} failed with status code [manifests 2023]: 403 Forbidden`,
    ['ecr-forbidden'],
    `${host}/docker-hub/amazonlinux:2023`,
  ],
  [
    `ERROR: failed to solve: ${host}/docker-hub/debian:12: unexpected status from HEAD request to https://${host}/v2/docker-hub/debian/manifests/12: 403 Forbidden`,
    ['ecr-forbidden'],
    `${host}/docker-hub/debian:12`,
  ],
  [
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${host}/docker-hub/debian:12: unexpected status from HEAD request to https://${host}/v2/docker-hub/debian/manifests/12: 403 Forbidden`,
    ['ecr-forbidden'],
    `${host}/docker-hub/debian:12`,
  ],
  [
    `Error response from daemon: pull access denied for ${host}/docker-hub/library/percona/pxc, repository does not exist or may require 'docker login': denied: The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct, and try again.`,
    ['upstream-authentication-failed'],
    `${host}/docker-hub/library/percona/pxc`,
  ],
  // GitHub masks the account.
  [
    `#5 ERROR: ***.dkr.ecr.us-east-1.amazonaws.com/docker-hub/acme/widgets:1: denied: The authentication to the upstream registry failed.`,
    ['upstream-authentication-failed'],
    'docker-hub/acme/widgets:1',
  ],
  [
    '{"failures":[{"imageId":{"imageTag":"12"},"failureCode":"UpstreamAccessDenied","failureReason":"denied"}]}',
    ['upstream-access-denied'],
  ],
  ['"failureCode": "UpstreamTooManyRequests"', ['upstream-too-many-requests']],
  ['"failureCode": "UpstreamUnavailable"', ['upstream-unavailable']],
  [
    'An error occurred (UnableToGetUpstreamImageException) when calling the BatchGetImage operation: The image or images were unable to be pulled using the pull through cache rule.',
    ['unable-to-get-upstream'],
  ],
  [
    'UnableToGetUpstreamLayerException: There was an issue getting the upstream layer',
    ['unable-to-get-upstream'],
  ],
  ['UnableToListUpstreamImageReferrersException: …', ['unable-to-get-upstream']],
  [denied('ecr:BatchImportUpstreamImage'), ['not-allowed-to-import'], debian],
  [denied('ecr:CreateRepository'), ['not-allowed-to-create'], debian],
  [denied('ecr:BatchGetImage'), ['not-allowed-to-pull'], debian],
  [
    `An error occurred (AccessDeniedException) when calling the BatchGetImage operation: User: ${role} is not authorized to perform: ecr:BatchGetImage on resource: arn:aws-cn:ecr:cn-north-1:123456789012:repository/docker-hub/acme/widgets`,
    ['not-allowed-to-pull'],
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/docker-hub/acme/widgets',
  ],
  [
    `An error occurred (AccessDeniedException) when calling the GetAuthorizationToken operation: User: ${role} is not authorized to perform: ecr:GetAuthorizationToken on resource: *`,
    ['not-allowed-to-pull'],
  ],
  ['denied: Your authorization token has expired. Reauthenticate and try again.', ['ecr-login-expired']],
  [
    `Error response from daemon: Head "https://${host}/v2/docker-hub/library/debian/manifests/12": no basic auth credentials`,
    ['ecr-login-missing'],
    `${debian}:12`,
  ],
  [
    `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://${host}/token/?scope=repository%3Adocker-hub%2Fdebian%3Apull&service=${host}: 401 Unauthorized`,
    ['ecr-login-missing'],
  ],
  ['Error response from daemon: toomanyrequests: Rate exceeded', ['ecr-throttled']],
  [
    'An error occurred (ThrottlingException) when calling the GetAuthorizationToken operation (reached max retries: 2): Rate exceeded',
    ['ecr-throttled'],
  ],
  [
    "tag invalid: The image tag '12' already exists in the 'docker-hub/library/debian' repository and cannot be overwritten because the tag is immutable.",
    ['tag-immutable'],
  ],
  ['ImageTagAlreadyExistsException: …', ['tag-immutable']],
  [
    `InvalidParameterValueException: Source image ${debian}:12 does not exist. Provide a valid source image.`,
    ['lambda-source-image'],
    `${debian}:12`,
  ],
  [
    `Resource handler returned message: "Source image ${debian} is not valid. Provide a valid source image. (Service: Lambda, Status Code: 400)"`,
    ['lambda-source-image'],
    debian,
  ],

  // Docker Hub.
  [
    'Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    ['pull-limit-unauthenticated'],
  ],
  [
    'failed to solve: debian:12: failed to resolve source metadata for docker.io/library/debian:12: failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/debian/manifests/12: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
    ['pull-limit'],
    'docker.io/library/debian:12',
  ],
  ['Error response from daemon: toomanyrequests: Too Many Requests', ['abuse-limit']],
  [
    `unexpected status from HEAD request to https://registry-1.docker.io/v2/library/debian/manifests/${digest}: 429 Too Many Requests`,
    ['abuse-limit'],
    `docker.io/library/debian@${digest}`,
  ],
  [
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password',
    ['login-incorrect'],
  ],
  ['{"detail":"Incorrect authentication credentials"}', ['login-incorrect']],
  [
    'Error response from daemon: Head "https://registry-1.docker.io/v2/library/debian/manifests/12": unauthorized: personal access token is expired',
    ['token-expired'],
    'docker.io/library/debian:12',
  ],
  [
    'failed to fetch oauth token: unexpected status from GET request to https://auth.docker.io/token?scope=repository%3Aacme%2Fwidgets%3Apull%2Cpush&service=registry.docker.io: 401 Unauthorized: access token has insufficient scopes',
    ['token-scope'],
  ],
  [
    'unauthorized: your account must log in with a Personal Access Token (PAT) - learn more at docs.docker.com/go/access-tokens',
    ['password-refused'],
  ],
  ['{"detail":"Require secondary authentication on MFA enabled account"}', ['password-refused']],
  [
    "docker: Error response from daemon: pull access denied for acme/widgets, repository does not exist or may require 'docker login': denied: requested access to the resource is denied.",
    ['repository-refused'],
    'acme/widgets',
  ],
  [
    'Failed to pull image "acme/widgets:1": failed to resolve reference "docker.io/acme/widgets:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ['repository-refused'],
    'docker.io/acme/widgets:1',
  ],
  [
    'FATA[0000] Error parsing image name "docker://quay.io/acme/widgets:1": reading manifest 1 in quay.io/acme/widgets : unauthorized: authentication required',
    ['authentication-required'],
    'quay.io/acme/widgets:1',
  ],
  ['unable to retrieve auth token: 401 unauthorized', ['authentication-required']],
  [
    'Error response from daemon: manifest for debian:13.99 not found: manifest unknown: manifest unknown',
    ['manifest-unknown'],
    'debian:13.99',
  ],

  // Secrets Manager, ECR’s control plane and IAM, through Pulumi, Terraform, the CLI and the SDKs.
  [
    'aws:secretsmanager:Secret (dockerHub):\n    error: creating Secrets Manager Secret (ecr-pullthroughcache/docker-hub): operation error Secrets Manager: CreateSecret, https response error StatusCode: 400, RequestID: 0, ResourceExistsException: The operation failed because the secret ecr-pullthroughcache/docker-hub already exists.',
    ['secret-exists'],
  ],
  ['ResourceExistsException', ['secret-exists']],
  [
    "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion.",
    ['secret-scheduled-for-deletion'],
  ],
  [
    "You can't perform this operation on the secret because it was marked for deletion.",
    ['secret-scheduled-for-deletion'],
  ],
  [
    "You tried to perform the operation on a secret that's currently marked deleted.",
    ['secret-scheduled-for-deletion'],
  ],
  [
    "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    ['secret-without-value'],
  ],
  [
    'Error: Secrets Manager Secret "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub-AbCdEf" Version "AWSCURRENT" not found',
    ['secret-without-value'],
  ],
  [
    'An error occurred (ResourceNotFoundException) when calling the DescribeSecret operation: Secrets Manager can’t find the specified secret.',
    ['secret-missing'],
  ],
  [
    "│ Error: reading Secrets Manager Secret (ecr-pullthroughcache/docker-hub): couldn't\n│ find resource",
    ['secret-missing'],
  ],
  [
    "Exception: invoke of aws:secretsmanager/getSecret:getSecret failed: invocation of aws:secretsmanager/getSecret:getSecret returned an error: invoking aws:secretsmanager/getSecret:getSecret: 1 error occurred:\n\t* couldn't find resource",
    ['secret-missing'],
  ],
  ['Error: Secret not found', ['secret-missing']],
  ['ResourceNotFoundException', ['resource-missing']],
  ["reading RDS Cluster (db): couldn't find resource", ['resource-missing']],
  [
    'SecretNotFoundException: The ARN of the secret specified in the pull through cache rule was not found. Update the pull through cache rule with a valid secret ARN and try again.',
    ['secret-not-found-by-ecr'],
  ],
  [
    'UnableToAccessSecretException: The secret is unable to be accessed. Verify the resource permissions for the secret and try again.',
    ['secret-inaccessible'],
  ],
  [
    'UnableToDecryptSecretValueException: The secret is accessible but is unable to be decrypted. Verify the resource permisisons and try again.',
    ['secret-undecryptable'],
  ],
  ['AccessDeniedException: Access to KMS is not allowed', ['secret-undecryptable']],
  [
    `AccessDeniedException: User: ${role} is not authorized to perform: secretsmanager:GetSecretValue on resource: ecr-pullthroughcache/docker-hub with an explicit deny in a resource-based policy`,
    ['secret-read-denied'],
  ],
  [
    'PublicPolicyException: The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
    ['policy-public'],
  ],
  [
    'MalformedPolicyDocumentException: This resource policy contains an unsupported principal.',
    ['policy-malformed'],
  ],
  [
    'PullThroughCacheRuleAlreadyExistsException: A pull through cache rule with these settings already exists for the private registry.',
    ['rule-exists'],
  ],
  [
    'PullThroughCacheRuleNotFoundException: The pull through cache rule was not found. Specify a valid pull through cache rule and try again.',
    ['rule-missing'],
  ],
  [
    'UnsupportedUpstreamRegistryException: The specified upstream registry requires authentication. Specify a valid Secrets Manager ARN',
    ['rule-without-credential'],
  ],
  [
    "UnsupportedUpstreamRegistryException: The specified upstream registry isn't supported.",
    ['rule-upstream'],
  ],
  ['api error UnsupportedUpstreamRegistryException', ['rule-upstream']],
  [
    'Invalid input: Please set either credential arn or role arn to update the credential',
    ['rule-update-empty'],
  ],
  [
    `User: ${role} is not authorized to perform: ecr:CreatePullThroughCacheRule on resource: *`,
    ['rule-not-allowed'],
  ],
  [
    `User: ${role} is not authorized to perform: ecr:DescribePullThroughCacheRules on resource: *`,
    ['rule-not-allowed'],
  ],
  [
    `User: ${role} is not authorized to perform: iam:CreateServiceLinkedRole on resource: *`,
    ['role-not-allowed'],
  ],
  [
    'InvalidInput: Service role name AWSServiceRoleForECRPullThroughCache has been taken in this account, please try a different suffix.',
    ['role-exists'],
  ],
  [
    'LimitExceededException: The operation did not succeed because it would have exceeded a service limit for your account.',
    ['rule-quota'],
  ],
  ['ExpiredTokenException: The security token included in the request is expired', ['aws-session-expired']],
  ['An error occurred (ExpiredToken) when calling the GetCallerIdentity operation', ['aws-session-expired']],
  [
    'UnrecognizedClientException: The security token included in the request is invalid.',
    ['aws-key-unknown'],
  ],
  ['InvalidClientTokenId', ['aws-key-unknown']],
  [
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
    ['aws-credentials-missing'],
  ],
  [
    'Error: Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers',
    ['aws-credentials-missing'],
  ],
  ['error: no valid credential sources for AWS Provider found', ['aws-credentials-missing']],
  [
    'Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ['aws-role-refused'],
  ],
  [`User: ${role} is not authorized to perform: s3:GetObject`, ['not-authorized']],
  ['An error occurred (AccessDeniedException) when calling the PutSecretValue operation', ['not-authorized']],

  // GitHub Actions, gh and Pulumi.
  ['Error: Username and password required', ['workflow-credential-empty']],
  ['Error: Password required', ['workflow-credential-empty']],
  ['Error: Cannot perform an interactive login from a non TTY device', ['workflow-credential-empty']],
  [
    'pullthrough: error: DOCKER_HUB_USERNAME is empty and DOCKER_HUB_TOKEN is empty',
    ['workflow-credential-empty'],
  ],
  ['./deploy.sh: line 3: DOCKER_HUB_TOKEN: unbound variable', ['workflow-credential-empty']],
  ['sh: DOCKER_HUB_TOKEN: parameter null or not set', ['workflow-credential-empty']],
  ['  env:\n    DOCKER_HUB_USERNAME: \n    DOCKER_HUB_TOKEN: \n', ['workflow-credential-empty']],
  ['HTTP 403: Resource not accessible by integration', ['github-not-accessible']],
  ['gh: Resource not accessible by personal access token (HTTP 403)', ['github-not-accessible']],
  [
    'failed to fetch public key: HTTP 404: Not Found (https://api.github.com/repos/acme/widgets/actions/secrets/public-key)',
    ['github-not-accessible'],
  ],
  [
    'gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable.',
    ['github-token-missing'],
  ],
  [
    "error: Missing required configuration variable 'infrastructure:dockerHubToken'\n\tplease set a value using the command `pulumi config set --secret infrastructure:dockerHubToken <value>`",
    ['config-missing'],
  ],
  ['error: incorrect passphrase', ['passphrase-wrong']],
  [
    'error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables',
    ['passphrase-wrong'],
  ],

  // The reference, the network and the platform.
  ['docker: invalid reference format', ['reference-invalid']],
  ['invalid reference format: repository name (library/Debian) must be lowercase', ['reference-invalid']],
  [
    'Failed to apply default image tag "Debian": couldn\'t parse image name "Debian": invalid reference format: repository name (library/Debian) must be lowercase',
    ['reference-invalid'],
  ],
  ['Warning  Failed  kubelet  Error: InvalidImageName', ['reference-invalid']],
  [
    `rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "${debian}:12": failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://production.cloudflare.docker.com/registry-v2/docker/registry/v2/blobs/sha256/1c/1c10/data?verify=0": dial tcp 104.16.100.207:443: i/o timeout`,
    ['layers-unreachable'],
    `${debian}:12`,
  ],
  [
    `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${debian}:12: failed to do request: Head "https://${host}/v2/docker-hub/library/debian/manifests/12": dial tcp 10.0.0.1:443: i/o timeout`,
    ['ecr-unreachable'],
    `${debian}:12`,
  ],
  [
    'ResourceInitializationError: unable to pull secrets or registry auth: RequestError: send request failed caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout',
    ['ecr-unreachable'],
  ],
  [
    'error pulling image configuration: Get https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/x: dial tcp 52.216.0.1:443: i/o timeout',
    ['ecr-unreachable'],
  ],
  [
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    ['docker-hub-unreachable'],
  ],
  [
    'Get "https://registry.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ['certificate-unknown'],
  ],
  ['Error: self-signed certificate in certificate chain', ['certificate-unknown']],
  [
    'Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries',
    ['platform-missing'],
  ],
  [`ctr: no match for platform in manifest ${digest}: not found`, ['platform-missing']],
  ['exec /bin/sh: exec format error', ['platform-wrong']],
  ['standard_init_linux.go:228: exec user process caused: exec format error', ['platform-wrong']],
  ['dial tcp: lookup registry.example on 10.0.0.2:53: no such host', ['network-unreachable']],
  [`Back-off pulling image "${debian}:12"`, ['pull-failed'], `${debian}:12`],
  ['Error: ImagePullBackOff', ['pull-failed']],
  [`Error: ErrImagePull`, ['pull-failed']],
]

/** The entries as the explanations of a text. */
function explained(ids: readonly ErrorTextId[]) {
  return ids.map((id) => ({ id, symptom: errorTexts[id].symptom, causes: errorTexts[id].causes }))
}

describe('a text', () => {
  test.each(texts.map((row) => [row[0], row] as const))('%s', (text, [, ids, image]) => {
    expect(explainErrorText(text)).toEqual(explained(ids))
    expect(imageIn(text)).toBe(image)
  })

  test('is there for every explanation', () => {
    const covered = new Set(texts.flatMap(([, ids]) => ids))
    expect(Object.keys(errorTexts).filter((id) => !covered.has(id as ErrorTextId))).toEqual([])
  })

  test('is explained in full', () => {
    expect(explainErrorText('denied: The authentication to the upstream registry failed.')).toEqual([
      {
        id: 'upstream-authentication-failed',
        symptom: 'The authentication to the upstream registry failed',
        causes: [
          {
            check: 'image.library',
            cause:
              'the path has library/ before an image that is not official, or an official image has it not',
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
        ],
      },
    ])
  })

  test('is read through colours, frames, broken lines, capitals and the escapes of JSON', () => {
    const ids = explained(['upstream-authentication-failed'])
    for (const text of [
      '\u001b[31mdenied: The authentication\u001b[0m to the upstream registry failed.',
      '│ denied: The authentication\r\n│   to the upstream\n│ registry failed.',
      'DENIED: THE AUTHENTICATION TO THE UPSTREAM REGISTRY FAILED',
      '{"message":"denied: The authentication to the\\nupstream registry failed."}',
    ]) {
      expect(explainErrorText(text)).toEqual(ids)
    }
  })

  test('with several errors has several explanations, the more exact first', () => {
    const log = [
      'Error: Username and password required',
      `manifest for ${debian}:12 not found: manifest unknown: Requested image not found`,
      'toomanyrequests: You have reached your unauthenticated pull rate limit.',
      'dial tcp 10.0.0.1:443: i/o timeout',
    ].join('\n')
    expect(explainErrorText(log)).toEqual(
      explained(['image-missing', 'pull-limit-unauthenticated', 'workflow-credential-empty']),
    )
  })
})

describe('no text', () => {
  test.each([
    [''],
    [' \n '],
    ['debian:12'],
    [`${debian}:12`],
    ['Status: Downloaded newer image for debian:12'],
    ['Login Succeeded'],
    ['secret "regcred" not found'],
    ['HTTP 403: Forbidden (https://api.github.com/user)'],
    ['unexpected status from HEAD request to https://ghcr.io/v2/acme/widgets/manifests/1: 403 Forbidden'],
    ['429 Too Many Requests'],
    ['pull rate limits are documented at https://docs.docker.com/docker-hub/usage/'],
    ['env:\n  DOCKER_HUB_USERNAME: acme\n  DOCKER_HUB_TOKEN: ***'],
    [
      "ResourceExistsException: You can't use ClientRequestToken 0 because that value is already in use for a version of secret x.",
    ],
    ['the token has expired'],
    ['format error'],
    ["Missing required configuration variable 'infrastructure:domain'"],
    ['The repository has a name'],
  ])('%j is explained', (text) => {
    expect(explainErrorText(text)).toEqual([])
  })
})

describe('the image of a text', () => {
  test.each([
    ['a URI with a tag before one without', `pull access denied for ${debian}: ${debian}:12`, `${debian}:12`],
    ['a URI in quotes', `image "${debian}:12", and more`, `${debian}:12`],
    ['a URI at the end of a sentence', `It was ${debian}:12.`, `${debian}:12`],
    [
      'a dual-stack URI',
      'repository 123456789012.dkr-ecr.us-east-1.on.aws/docker-hub/a/b not found',
      '123456789012.dkr-ecr.us-east-1.on.aws/docker-hub/a/b',
    ],
    [
      'a digest in a URL',
      `https://${host}/v2/docker-hub/a/b/manifests/${digest}: 404`,
      `${host}/docker-hub/a/b@${digest}`,
    ],
    [
      'a Dockerfile’s line',
      '> [1/2] FROM docker.io/library/debian:12@' + digest,
      `docker.io/library/debian:12@${digest}`,
    ],
    ['a platform before it', 'FROM --platform=$BUILDPLATFORM golang:1.24 AS build', 'golang:1.24'],
    ['what docker run looks for', "Unable to find image 'debian:latest' locally", 'debian:latest'],
    ['a command', '$ docker pull quay.io/acme/widgets', 'quay.io/acme/widgets'],
    ['an official image without a tag', 'pull access denied for debiam, repository does not exist', 'debiam'],
    [
      'another name of Docker Hub',
      'pull access denied for registry.hub.docker.com/debian,',
      'docker.io/library/debian',
    ],
  ])('is found: %s', (_, text, image) => {
    expect(imageIn(text)).toBe(image)
  })

  test.each([
    [''],
    ['Error response from daemon: toomanyrequests'],
    ['denied from host: the pull failed'],
    ['the docker pull failed with an error'],
    ['docker pull rate limit'],
    ['failed to solve: rpc error: code = Unknown'],
    ['failed to solve: failed to compute cache key: x'],
    ['failed to solve: process "/bin/sh -c make" did not complete'],
    ['failed to solve: DeadlineExceeded: context deadline exceeded'],
    ['repository does not exist or may require authorization'],
    ['pull access denied for Debian, repository does not exist'],
    ['pull image manifest has been retried 5 time(s)'],
    [`https://${host}/v2/`],
    ['pull access denied for dckr_pat_abcdefghijklmnopqrstuvwxyz0, repository does not exist'],
    [`${host}/docker-hub/dckr_oat_abc:1`],
    ['/Users/acme/project/node_modules/.bin:/usr/bin'],
  ])('is not found in %j', (text) => {
    expect(imageIn(text)).toBeUndefined()
  })
})

describe('whatever is given', () => {
  const secret = 'dckr_pat_0123456789ABCDEFabcdefghijk'

  test('nothing of it but an image comes back', () => {
    for (const [text] of texts) {
      const noisy = `${secret} ${text}\nAuthorization: Basic ${btoa(`acme:${secret}`)}\nFROM ${secret}\n`
      const shown = JSON.stringify([explainErrorText(noisy), imageIn(noisy)])
      expect(shown).not.toContain('dckr_pat_01')
      expect(shown).not.toContain(btoa(`acme:${secret}`))
    }
  })

  test('an image is one that can be read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...texts.map(([text]) => text)))),
        (parts) => {
          const text = parts.join(' ')
          expect(explainErrorText(text)).toEqual(explained(explainErrorText(text).map(({ id }) => id)))
          expect(imageIn(text) ?? 'a').toMatch(/^[\w./:@-]+$/)
        },
      ),
    )
  })

  test('of a long text the end counts', () => {
    const noise = 'x'.repeat(100_000)
    expect(explainErrorText(`${noise}\nexec format error`)).toEqual(explained(['platform-wrong']))
    expect(explainErrorText(`exec format error\n${noise}`)).toEqual([])
  })

  // Openings of patterns, over and over, are where a pattern could take time that grows with the square.
  test.each([
    ['a/', 'a/'],
    ['blanks', ' '],
    ['control characters', '\u0000\u001b['],
    ['backslashes', '\\'],
    ['digits', '123456789012'],
    ['characters beyond ASCII', '💥é\u202e'],
    ['ECR hosts', `${host}/`],
    ['ECR hosts without a path', '123456789012.dkr.ecr.'],
    ['ECR digests', `dkr.ecr@${digest}`],
    ['URLs', 'https://a/v2/'],
    ['manifests', 'https://a/v2/a/manifests/'],
    ['secrets', 'the secret '],
    ['the storage of Docker', 'production.cloudflare.docker.com'],
    ['Docker Hub', 'registry-1.docker.io 429 Too Many Requests'],
    ['source images', 'source image a '],
    ['dashes', 'pull access denied for a-'],
    ['manifests of podman', 'reading manifest a in a:'],
    ['lines of Dockerfiles', 'FROM --platform='],
    ['ARNs', 'arn:aws:ecr:us-east-1:123456789012:repository/'],
    ['getSecret', 'secretsmanager/getSecret Secrets Manager Secret '],
    ['repositories', "repository with name '"],
    ['endings of builds', 'failed to solve: a:'],
  ])('100 KB of %s take no time', (_, unit) => {
    const text = unit.repeat(Math.ceil(100_000 / unit.length))
    const start = performance.now()
    explainErrorText(text)
    imageIn(text)
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

describe('the table', () => {
  test.each(Object.entries<ErrorText>(errorTexts))(
    'has sentences for %s',
    (_, { symptom, patterns, causes }) => {
      expect(symptom).toMatch(/^\S.{3,110}[^.\s]$/)
      for (const { check, cause, fix } of causes) {
        expect(Object.keys(checks)).toContain(check)
        expect(cause).toMatch(/^(?:ECR|AWS|Docker Hub|Lambda|\p{Ll}).*[^.]$/u)
        expect(fix).toMatch(/^(?:\p{Ll}).*[^.]$/u)
      }
      for (const { source, flags } of patterns) {
        expect(flags).toBe('i')
        expect(source.replace(/\\[+*]/g, '')).not.toMatch(/[+*]|\{\d+,\}/)
      }
    },
  )
})
