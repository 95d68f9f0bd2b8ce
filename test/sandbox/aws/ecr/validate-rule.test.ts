import { CreatePullThroughCacheRuleCommand, ValidatePullThroughCacheRuleCommand } from '@aws-sdk/client-ecr'
import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import {
  account,
  createDockerHubRule,
  createUpstreamSecret,
  denySecret,
  serviceLinkedRole,
  upstreamCredential,
} from './ecr-world.ts'

function validate(sandbox: AwsSandbox, ecrRepositoryPrefix = 'docker-hub') {
  return sandbox.ecr().send(new ValidatePullThroughCacheRuleCommand({ ecrRepositoryPrefix }))
}

function putValue(sandbox: AwsSandbox, secretId: string, value: string) {
  return sandbox.secretsManager().send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }))
}

function seedToken(sandbox: AwsSandbox, seed: object): void {
  const token = 'dckr_pat_sandbox_0123456789abcdefghi'
  sandbox.dockerHub.seeds['/docker-hub/accounts']?.({ username: 'sandbox', token, ...seed })
}

const secretNotFound =
  'The ARN of the secret specified in the pull through cache rule was not found. Update the pull through cache rule with a valid secret ARN and try again.'
const notAccessible =
  'The secret is unable to be accessed. Verify the resource permissions for the secret and try again.'
const malformed =
  'The secret is not in the required format. It must be a JSON object with the keys username and accessToken.'
const loginFailed =
  'The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct, and try again.'

test('is valid if Docker Hub lets the credential in, which counts as a login', async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createDockerHubRule(sandbox)
  expect(await members(validate(sandbox, 'docker-hub/'))).toEqual({
    ecrRepositoryPrefix: 'docker-hub',
    registryId: account,
    upstreamRegistryUrl: 'registry-1.docker.io',
    credentialArn,
    isValid: true,
  })
  expect(sandbox.dockerHub.state().accounts).toMatchObject([{ username: 'sandbox', logins: 1 }])
})

test.each([
  ['public.ecr.aws', 'ecr-public'],
  ['quay.io', 'quay'],
  ['registry.k8s.io', 'kubernetes'],
])('is valid for %s, which asks for no credential', async (upstreamRegistryUrl, ecrRepositoryPrefix) => {
  const sandbox = await startAwsSandbox()
  await sandbox
    .ecr()
    .send(new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix, upstreamRegistryUrl }))
  expect(await members(validate(sandbox, ecrRepositoryPrefix))).toEqual({
    ecrRepositoryPrefix,
    registryId: account,
    upstreamRegistryUrl,
    isValid: true,
  })
})

test('refuses a rule that is not there', async () => {
  expect(await refusal(validate(await startAwsSandbox()))).toEqual({
    name: 'PullThroughCacheRuleNotFoundException',
    message:
      'The pull through cache rule was not found. Specify a valid pull through cache rule and try again.',
    status: 400,
  })
})

const key = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

test.each<[title: string, breakIt: (sandbox: AwsSandbox, arn: string) => unknown, failure: string]>([
  [
    'the secret is pending deletion',
    (sandbox, arn) => sandbox.secretsManager().send(new DeleteSecretCommand({ SecretId: arn })),
    secretNotFound,
  ],
  [
    'the secret was made again',
    async (sandbox, arn) => {
      const deletion = new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true })
      await sandbox.secretsManager().send(deletion)
      await createUpstreamSecret(sandbox)
    },
    secretNotFound,
  ],
  ['a policy keeps the secret from ECR', (sandbox, arn) => denySecret(sandbox, arn), notAccessible],
  [
    "ECR's role is gone",
    (sandbox) => sandbox.aws.seeds['/aws/service-linked-roles']?.({ account, present: false }),
    notAccessible,
  ],
  [
    "the secret is under the customer's key",
    (sandbox, arn) =>
      sandbox.secretsManager().send(new UpdateSecretCommand({ SecretId: arn, KmsKeyId: key })),
    'The secret is accessible but is unable to be decrypted. Verify the resource permisisons and try again.',
  ],
  ['the secret is not JSON', (sandbox, arn) => putValue(sandbox, arn, 'sandbox:token'), malformed],
  ['the secret is null', (sandbox, arn) => putValue(sandbox, arn, 'null'), malformed],
  ['the secret is a list', (sandbox, arn) => putValue(sandbox, arn, '["sandbox","token"]'), malformed],
  [
    'the keys are others',
    (sandbox, arn) => putValue(sandbox, arn, '{"username":"sandbox","password":"token"}'),
    malformed,
  ],
  [
    'the keys are in another case',
    (sandbox, arn) => putValue(sandbox, arn, '{"Username":"sandbox","AccessToken":"token"}'),
    malformed,
  ],
  [
    'the token is a number',
    (sandbox, arn) => putValue(sandbox, arn, '{"username":"sandbox","accessToken":1}'),
    malformed,
  ],
  [
    'the username is empty',
    (sandbox, arn) => putValue(sandbox, arn, '{"username":"","accessToken":"token"}'),
    malformed,
  ],
  [
    'the token is wrong',
    (sandbox, arn) => putValue(sandbox, arn, '{"username":"sandbox","accessToken":"wrong"}'),
    loginFailed,
  ],
  [
    "the token is somebody else's",
    (sandbox, arn) => putValue(sandbox, arn, upstreamCredential.replace('sandbox', 'other')),
    loginFailed,
  ],
  [
    'the token has expired',
    (sandbox) => {
      seedToken(sandbox, { state: 'expired' })
    },
    loginFailed,
  ],
  [
    'the token was revoked',
    (sandbox) => {
      seedToken(sandbox, { state: 'revoked' })
    },
    loginFailed,
  ],
  [
    'the token is deactivated',
    (sandbox) => {
      seedToken(sandbox, { state: 'disabled' })
    },
    loginFailed,
  ],
  [
    'ECR does not see the secret yet',
    (sandbox) => {
      fault(sandbox, { kind: 'secret-lag' })
    },
    secretNotFound,
  ],
  [
    'a test says so',
    (sandbox) => {
      fault(sandbox, { kind: 'invalid' })
    },
    loginFailed,
  ],
  [
    'a test says so and why',
    (sandbox) => {
      fault(sandbox, { kind: 'invalid', failure: 'the upstream is on fire' })
    },
    'the upstream is on fire',
  ],
])('is not valid if %s, and is an answer', async (_, breakIt, failure) => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createDockerHubRule(sandbox)
  await breakIt(sandbox, credentialArn)
  expect(await members(validate(sandbox))).toEqual({
    ecrRepositoryPrefix: 'docker-hub',
    registryId: account,
    upstreamRegistryUrl: 'registry-1.docker.io',
    credentialArn,
    isValid: false,
    failure,
  })
  expect(sandbox.dockerHub.state().accounts.map(({ logins }) => logins)).toEqual([0])
})

function fault(
  sandbox: AwsSandbox,
  kind: { readonly kind: string; readonly [detail: string]: unknown },
): void {
  sandbox.faults.add({ service: 'ecr', operation: 'ValidatePullThroughCacheRule', times: 1, fault: kind })
}

test('the lag of a secret passes', async () => {
  const sandbox = await startAwsSandbox()
  await createDockerHubRule(sandbox)
  fault(sandbox, { kind: 'secret-lag' })
  expect(await validate(sandbox)).toMatchObject({ isValid: false })
  expect(await validate(sandbox)).toMatchObject({ isValid: true })
})

test('reads what is current now, other keys included', async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createDockerHubRule(sandbox)
  seedToken(sandbox, { token: 'dckr_pat_new', scope: 'repo:write' })
  await putValue(sandbox, credentialArn, '{"username":"sandbox","accessToken":"dckr_pat_new","note":"b"}')
  expect(await validate(sandbox)).toMatchObject({ isValid: true })
  expect(sandbox.dockerHub.state().accounts).toMatchObject([
    { logins: 0 },
    { token: 'dckr_pat_new', logins: 1 },
  ])
})

test('does not read bytes', async () => {
  const sandbox = await startAwsSandbox()
  await createDockerHubRule(sandbox, { value: Buffer.from(upstreamCredential) })
  expect(await validate(sandbox)).toMatchObject({ isValid: false, failure: malformed })
})

test("reads with ECR's own role unless a fault names another", async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createDockerHubRule(sandbox)
  await denySecret(sandbox, credentialArn, { but: serviceLinkedRole })
  expect(await validate(sandbox)).toMatchObject({ isValid: true })
  fault(sandbox, { kind: 'reads-as', role: `arn:aws:iam::${account}:role/AnotherRole` })
  expect(await validate(sandbox)).toMatchObject({ isValid: false, failure: notAccessible })
})

test('a role of another account may not read the secret', async () => {
  const sandbox = await startAwsSandbox()
  await createDockerHubRule(sandbox)
  fault(sandbox, { kind: 'reads-as', role: serviceLinkedRole.replace(account, '999999999999') })
  expect(await validate(sandbox)).toMatchObject({ isValid: false, failure: notAccessible })
})

test.each(['ghcr.io', 'registry.gitlab.com', 'widgets.azurecr.io', 'cgr.dev'])(
  'does not pretend to log in to %s',
  async (upstreamRegistryUrl) => {
    const sandbox = await startAwsSandbox()
    const credentialArn = await createUpstreamSecret(sandbox)
    const rule = { ecrRepositoryPrefix: 'other', upstreamRegistryUrl, credentialArn }
    await sandbox.ecr().send(new CreatePullThroughCacheRuleCommand(rule))
    expect(await refusal(validate(sandbox, 'other'))).toEqual({
      name: 'SandboxNotImplemented',
      message: `the sandbox does not do logins to ${upstreamRegistryUrl} (ValidatePullThroughCacheRule); AWS does`,
      status: 501,
    })
    await denySecret(sandbox, credentialArn)
    expect(await validate(sandbox, 'other')).toMatchObject({ isValid: false, failure: notAccessible })
  },
)

test('does not pretend to log in to ECR', async () => {
  const sandbox = await startAwsSandbox()
  const upstreamRegistryUrl = `${account}.dkr.ecr.eu-west-1.amazonaws.com`
  const rule = { ecrRepositoryPrefix: 'other', upstreamRegistryUrl }
  await sandbox.ecr().send(new CreatePullThroughCacheRuleCommand(rule))
  expect(await refusal(validate(sandbox, 'other'))).toEqual({
    name: 'SandboxNotImplemented',
    message: 'the sandbox does not do the validation of rules for the upstream ecr; AWS does',
    status: 501,
  })
})
