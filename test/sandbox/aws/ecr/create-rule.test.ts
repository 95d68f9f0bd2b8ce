import {
  CreatePullThroughCacheRuleCommand,
  type CreatePullThroughCacheRuleCommandInput,
  DescribePullThroughCacheRulesCommand,
} from '@aws-sdk/client-ecr'
import { DeleteSecretCommand, UpdateSecretCommand } from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { account, createUpstreamSecret, denySecret, serviceLinkedRole, signAs } from './ecr-world.ts'

type Input = CreatePullThroughCacheRuleCommandInput

const url = 'registry-1.docker.io'
const date = expect.any(Date) as Date

/** The same number for every account: what matters is that it is not the registry's. */
const other = '999999999999'

function create(sandbox: AwsSandbox, input: Input, region = 'us-east-1') {
  return sandbox.ecr({ region }).send(new CreatePullThroughCacheRuleCommand(input))
}

function rulesOf(sandbox: AwsSandbox, region = 'us-east-1') {
  return sandbox.aws.state()[account]?.[region]?.rules ?? []
}

const notFound = {
  name: 'SecretNotFoundException',
  message:
    'The ARN of the secret specified in the pull through cache rule was not found. Update the pull through cache rule with a valid secret ARN and try again.',
  status: 400,
}
const notAccessible = {
  name: 'UnableToAccessSecretException',
  message:
    'The secret is unable to be accessed. Verify the resource permissions for the secret and try again.',
  status: 400,
}

function invalid(name: string, constraint: string) {
  return {
    name: 'InvalidParameterException',
    message: `Invalid parameter at '${name}' failed to satisfy constraint: '${constraint}'`,
    status: 400,
  }
}

test('creates a rule for Docker Hub and says what it is', async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createUpstreamSecret(sandbox)
  const created = await members(
    create(sandbox, { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: url, credentialArn }),
  )
  expect(created).toEqual({
    ecrRepositoryPrefix: 'docker-hub',
    upstreamRegistryUrl: url,
    createdAt: date,
    registryId: account,
    upstreamRegistry: 'docker-hub',
    credentialArn,
  })
  const createdAt = created.createdAt?.toISOString()
  expect(rulesOf(sandbox)).toEqual([
    {
      ecrRepositoryPrefix: 'docker-hub',
      upstreamRegistryUrl: url,
      upstreamRegistry: 'docker-hub',
      credentialArn,
      customRoleArn: null,
      upstreamRepositoryPrefix: null,
      createdAt,
      updatedAt: createdAt,
    },
  ])
})

test('keeps the rules of each Region apart', async () => {
  const sandbox = await startAwsSandbox()
  const quay = { ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io' }
  await create(sandbox, quay)
  await create(sandbox, quay, 'eu-west-1')
  expect([rulesOf(sandbox).length, rulesOf(sandbox, 'eu-west-1').length]).toEqual([1, 1])
  sandbox.aws.reset()
  const { pullThroughCacheRules } = await sandbox.ecr().send(new DescribePullThroughCacheRulesCommand({}))
  expect(pullThroughCacheRules).toEqual([])
})

const role = `arn:aws:iam::${account}:role/pull`

test.each<[upstream: string, input: Omit<Input, 'ecrRepositoryPrefix'>]>([
  ['ecr-public', { upstreamRegistryUrl: 'public.ecr.aws' }],
  ['quay', { upstreamRegistryUrl: 'quay.io' }],
  ['k8s', { upstreamRegistryUrl: 'registry.k8s.io', upstreamRegistry: 'k8s' }],
  ['ecr', { upstreamRegistryUrl: `${account}.dkr.ecr.eu-west-1.amazonaws.com` }],
  ['ecr', { upstreamRegistryUrl: `${other}.dkr.ecr.us-east-1.amazonaws.com`, customRoleArn: role }],
])('derives the upstream %s from the URL and asks for no credential', async (upstream, input) => {
  const sandbox = await startAwsSandbox()
  const created = await members(create(sandbox, { ecrRepositoryPrefix: 'a/b', ...input }))
  expect(created).toEqual({
    ecrRepositoryPrefix: 'a/b',
    ...(upstream === 'ecr' ? { upstreamRepositoryPrefix: 'ROOT' } : {}),
    createdAt: date,
    registryId: account,
    ...input,
    upstreamRegistry: upstream,
  })
})

const secured = [
  ['docker-hub', url],
  ['github-container-registry', 'ghcr.io'],
  ['gitlab-container-registry', 'registry.gitlab.com'],
  ['azure-container-registry', 'widgets.azurecr.io'],
  ['chainguard', 'cgr.dev'],
] as const

test.each(secured)('%s needs a credential', async (upstream, upstreamRegistryUrl) => {
  const sandbox = await startAwsSandbox()
  const rule = { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl, upstreamRegistry: upstream }
  expect(await refusal(create(sandbox, rule))).toEqual({
    name: 'UnsupportedUpstreamRegistryException',
    message: 'The specified upstream registry requires authentication. Specify a valid Secrets Manager ARN',
    status: 400,
  })
  expect(rulesOf(sandbox)).toEqual([])
  const credentialArn = await createUpstreamSecret(sandbox)
  expect(await create(sandbox, { ...rule, credentialArn })).toMatchObject({ upstreamRegistry: upstream })
})

test.each([
  'docker.io',
  'https://registry-1.docker.io',
  'registry-1.docker.io/library',
  'REGISTRY-1.docker.io',
  'gcr.io',
  'azurecr.io',
  '12.dkr.ecr.us-east-1.amazonaws.com',
  '',
])('does not support the upstream %j', async (upstreamRegistryUrl) => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(create(sandbox, { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl }))).toEqual({
    name: 'UnsupportedUpstreamRegistryException',
    message: "The specified upstream registry isn't supported.",
    status: 400,
  })
})

test.each<[title: string, input: Partial<Input>, expected: object]>([
  [
    'another upstream registry than that of the URL',
    { upstreamRegistry: 'quay' },
    invalid('upstreamRegistry', `must be docker-hub for the upstream registry URL ${url}`),
  ],
  [
    'a role for a registry that is not ECR',
    { customRoleArn: role },
    invalid('customRoleArn', 'is only supported for the upstream registry ecr'),
  ],
  [
    'an upstream prefix for everything',
    { ecrRepositoryPrefix: 'ROOT', upstreamRepositoryPrefix: 'library' },
    invalid('upstreamRepositoryPrefix', 'must be ROOT where the ECR repository prefix is ROOT'),
  ],
  [
    'a credential for a registry that takes none',
    { upstreamRegistryUrl: 'quay.io' },
    invalid('credentialArn', 'is not supported for the upstream registry quay'),
  ],
  [
    "another account's ECR without a role",
    { upstreamRegistryUrl: `${other}.dkr.ecr.us-east-1.amazonaws.com`, credentialArn: undefined },
    invalid('customRoleArn', "must not be null for another account's registry"),
  ],
  [
    "another account's role",
    {
      upstreamRegistryUrl: `${other}.dkr.ecr.us-east-1.amazonaws.com`,
      credentialArn: undefined,
      customRoleArn: `arn:aws:iam::${other}:role/pull`,
    },
    invalid('customRoleArn', 'must be the ARN of a role in the account of the registry'),
  ],
  [
    'a user for a role',
    {
      upstreamRegistryUrl: `${other}.dkr.ecr.us-east-1.amazonaws.com`,
      credentialArn: undefined,
      customRoleArn: `arn:aws:iam::${account}:user/pull`,
    },
    invalid('customRoleArn', 'must be the ARN of a role in the account of the registry'),
  ],
])('refuses %s', async (_, input, expected) => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createUpstreamSecret(sandbox)
  const rule = { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: url, credentialArn, ...input }
  expect(await refusal(create(sandbox, rule))).toEqual(expected)
  expect(rulesOf(sandbox)).toEqual([])
})

test.each(['cn-north-1', 'cn-northwest-1', 'us-gov-east-1', 'us-gov-west-1'])(
  'creates no rules in %s',
  async (region) => {
    const sandbox = await startAwsSandbox()
    const rule = { ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io' }
    expect(await refusal(create(sandbox, rule, region))).toEqual(
      invalid('region', `pull through cache rules are not supported in ${region}`),
    )
  },
)

test.each(['hub', 'hub/'])('has one rule for a prefix, %s included', async (ecrRepositoryPrefix) => {
  const sandbox = await startAwsSandbox()
  await create(sandbox, { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'quay.io' })
  const again = { ecrRepositoryPrefix, upstreamRegistryUrl: 'registry.k8s.io' }
  expect(await refusal(create(sandbox, again))).toEqual({
    name: 'PullThroughCacheRuleAlreadyExistsException',
    message: 'A pull through cache rule with these settings already exists for the private registry.',
    status: 400,
  })
})

test('has at most 50 rules in a Region', async () => {
  const sandbox = await startAwsSandbox()
  const rule = (number: number) => ({ ecrRepositoryPrefix: `hub${number}`, upstreamRegistryUrl: 'quay.io' })
  for (let number = 1; number <= 50; number += 1) await create(sandbox, rule(number))
  expect(await refusal(create(sandbox, rule(51)))).toEqual({
    name: 'LimitExceededException',
    message:
      'The operation did not succeed because it would have exceeded a service limit for your account. For more information, see Amazon ECR service quotas in the Amazon Elastic Container Registry User Guide.',
    status: 400,
  })
  expect(await create(sandbox, rule(51), 'us-west-2')).toMatchObject({ ecrRepositoryPrefix: 'hub51' })
})

const key = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

test.each<[title: string, prepare: (sandbox: AwsSandbox, arn: string) => Promise<string>, expected: object]>([
  ['that was never there', (_, arn) => Promise.resolve(arn.replace('docker-hub-', 'docker-hug-')), notFound],
  [
    'under the ARN of one that was made before',
    (_, arn) => Promise.resolve(arn.replace(/.{6}$/, 'AbCdEf')),
    notFound,
  ],
  ['of another Region', (sandbox) => createUpstreamSecret(sandbox, { region: 'eu-west-1' }), notFound],
  ['of another account', (_, arn) => Promise.resolve(arn.replace(account, other)), notFound],
  ['of another partition', (_, arn) => Promise.resolve(arn.replace('arn:aws:', 'arn:aws-cn:')), notFound],
  [
    'that is pending deletion',
    async (sandbox, arn) => {
      await sandbox.secretsManager().send(new DeleteSecretCommand({ SecretId: arn }))
      return arn
    },
    notFound,
  ],
  [
    'that a policy keeps from ECR',
    async (sandbox, arn) => {
      await denySecret(sandbox, arn)
      return arn
    },
    notAccessible,
  ],
  [
    'under a key of the customer',
    async (sandbox, arn) => {
      await sandbox.secretsManager().send(new UpdateSecretCommand({ SecretId: arn, KmsKeyId: key }))
      return arn
    },
    {
      name: 'UnableToDecryptSecretValueException',
      message:
        'The secret is accessible but is unable to be decrypted. Verify the resource permisisons and try again.',
      status: 400,
    },
  ],
])('refuses a secret %s', async (_, prepare, expected) => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await prepare(sandbox, await createUpstreamSecret(sandbox))
  const rule = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: url, credentialArn }
  expect(await refusal(create(sandbox, rule))).toEqual(expected)
  expect(rulesOf(sandbox)).toEqual([])
})

test('takes a secret that a policy spares for its role', async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createUpstreamSecret(sandbox)
  await denySecret(sandbox, credentialArn, { but: serviceLinkedRole })
  const rule = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: url, credentialArn }
  expect(await create(sandbox, rule)).toMatchObject({ credentialArn })
})

test.each([
  ['not a JSON object', 'username=sandbox'],
  ['with a wrong token', '{"username":"sandbox","accessToken":"wrong"}'],
])('does not look into the secret, as ECR has no exception for one %s', async (_, value) => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createUpstreamSecret(sandbox, { value })
  const rule = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: url, credentialArn }
  expect(await create(sandbox, rule)).toMatchObject({ credentialArn })
})

test.each([
  ['a prefix that is too short', { ecrRepositoryPrefix: 'a' }, 'ecrRepositoryPrefix'],
  ['a prefix in upper case', { ecrRepositoryPrefix: 'Docker' }, 'ecrRepositoryPrefix'],
  ['a prefix with three underscores', { ecrRepositoryPrefix: 'a___b' }, 'ecrRepositoryPrefix'],
  ['a prefix with a slash in front', { ecrRepositoryPrefix: '/a' }, 'ecrRepositoryPrefix'],
  ['a prefix of 31 characters', { ecrRepositoryPrefix: 'a'.repeat(31) }, 'ecrRepositoryPrefix'],
  ['the name of a secret for its ARN', { credentialArn: 'ecr-pullthroughcache/docker-hub' }, 'credentialArn'],
  [
    'the ARN of a secret with another prefix',
    { credentialArn: `arn:aws:secretsmanager:us-east-1:${account}:secret:ECRPTCDockerHub-EXAMPLE` },
    'credentialArn',
  ],
])('refuses %s', async (_, input, member) => {
  const sandbox = await startAwsSandbox()
  const rule = { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'quay.io', ...input }
  expect(await refusal(create(sandbox, rule))).toEqual({
    name: 'InvalidParameterException',
    message: expect.stringContaining(`' at '${member}' failed to satisfy constraint: Member must `) as string,
    status: 400,
  })
})

test.each(['docker-hub', 'docker_hub', 'a--b', 'a__b', 'docker.io', 'a/b', 'ROOT', 'root'])(
  'takes the prefix %s',
  async (ecrRepositoryPrefix) => {
    const sandbox = await startAwsSandbox()
    const rule = { ecrRepositoryPrefix, upstreamRegistryUrl: 'quay.io' }
    expect(await create(sandbox, rule)).toMatchObject(rule)
  },
)

const mayCreate = { Effect: 'Allow', Action: 'ecr:CreatePullThroughCacheRule', Resource: '*' }
const quay = { ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io' }

test("the account's first rule needs the permission to make ECR's role, the others do not", async () => {
  const sandbox = await startAwsSandbox()
  const somebody = signAs(sandbox, mayCreate)
  const createQuay = () => sandbox.ecr(somebody).send(new CreatePullThroughCacheRuleCommand(quay))
  expect(await refusal(createQuay())).toEqual({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/somebody is not authorized to perform: iam:CreateServiceLinkedRole on resource: ${serviceLinkedRole} because no identity-based policy allows the iam:CreateServiceLinkedRole action`,
    status: 400,
  })
  expect(rulesOf(sandbox)).toEqual([])
  await create(sandbox, { ecrRepositoryPrefix: 'k8s', upstreamRegistryUrl: 'registry.k8s.io' })
  expect(await createQuay()).toMatchObject(quay)
})

test.each([
  ['pullthroughcache.ecr.amazonaws.com', 1],
  ['replication.ecr.amazonaws.com', 0],
])('the permission may be for the service %s alone', async (service, rules) => {
  const sandbox = await startAwsSandbox()
  const mayMakeRole = {
    Effect: 'Allow',
    Action: 'iam:CreateServiceLinkedRole',
    Resource: '*',
    Condition: { StringLike: { 'iam:AWSServiceName': service } },
  }
  const somebody = signAs(sandbox, [mayCreate, mayMakeRole])
  await refusal(sandbox.ecr(somebody).send(new CreatePullThroughCacheRuleCommand(quay)))
  expect(rulesOf(sandbox)).toHaveLength(rules)
})

test('a new secret that ECR does not see yet is not found, once', async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createUpstreamSecret(sandbox)
  const rule = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: url, credentialArn }
  sandbox.faults.add({
    service: 'ecr',
    operation: 'CreatePullThroughCacheRule',
    times: 1,
    fault: { kind: 'secret-lag' },
  })
  expect(await refusal(create(sandbox, rule))).toEqual(notFound)
  expect(await create(sandbox, rule)).toMatchObject({ credentialArn })
})

test('the fault reads-as reads with another role, which a policy may not know', async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createUpstreamSecret(sandbox)
  const rule = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: url, credentialArn }
  const readsAs = { kind: 'reads-as', role: `arn:aws:iam::${account}:role/AnotherRole` }
  sandbox.faults.add({ service: 'ecr', operation: '*', times: 'always', fault: readsAs })
  await denySecret(sandbox, credentialArn, { but: serviceLinkedRole })
  expect(await refusal(create(sandbox, rule))).toEqual(notAccessible)
  await denySecret(sandbox, credentialArn, { but: readsAs.role })
  expect(await create(sandbox, rule)).toMatchObject({ credentialArn })
})
