import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DescribePullThroughCacheRulesCommand,
  type DescribePullThroughCacheRulesCommandInput,
  UpdatePullThroughCacheRuleCommand,
  type UpdatePullThroughCacheRuleCommandInput,
} from '@aws-sdk/client-ecr'
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import {
  account,
  createDockerHubRule,
  createUpstreamSecret,
  denySecret,
  serviceLinkedRole,
  signAs,
} from './ecr-world.ts'

const date = expect.any(Date) as Date

const ruleNotFound = {
  name: 'PullThroughCacheRuleNotFoundException',
  message:
    'The pull through cache rule was not found. Specify a valid pull through cache rule and try again.',
  status: 400,
}
const secretNotFound = {
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

function describe(sandbox: AwsSandbox, input: DescribePullThroughCacheRulesCommandInput = {}) {
  return sandbox.ecr().send(new DescribePullThroughCacheRulesCommand(input))
}

function update(sandbox: AwsSandbox, input: UpdatePullThroughCacheRuleCommandInput) {
  return sandbox.ecr().send(new UpdatePullThroughCacheRuleCommand(input))
}

/** Rules without credentials for prefixes. */
async function createRules(sandbox: AwsSandbox, ...prefixes: readonly string[]): Promise<void> {
  for (const ecrRepositoryPrefix of prefixes) {
    await sandbox
      .ecr()
      .send(new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix, upstreamRegistryUrl: 'quay.io' }))
  }
}

/** The prefixes that an answer lists. */
async function prefixes(answer: ReturnType<typeof describe>): Promise<unknown> {
  const { pullThroughCacheRules = [] } = await answer
  return pullThroughCacheRules.map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix)
}

test('describes rules, and none', async () => {
  const sandbox = await startAwsSandbox()
  expect(await members(describe(sandbox))).toEqual({ pullThroughCacheRules: [] })
  const credentialArn = await createDockerHubRule(sandbox)
  expect(await members(describe(sandbox))).toEqual({
    pullThroughCacheRules: [
      {
        ecrRepositoryPrefix: 'docker-hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        createdAt: date,
        registryId: account,
        credentialArn,
        upstreamRegistry: 'docker-hub',
        updatedAt: date,
      },
    ],
  })
})

test('describes the rules that are named, a slash at the end aside', async () => {
  const sandbox = await startAwsSandbox()
  await createRules(sandbox, 'first', 'second/', 'third')
  const named = describe(sandbox, { ecrRepositoryPrefixes: ['second', 'first/', 'first'] })
  expect(await prefixes(named)).toEqual(['second/', 'first'])
  expect(await refusal(describe(sandbox, { ecrRepositoryPrefixes: ['first', 'fourth'] }))).toEqual(
    ruleNotFound,
  )
})

test('pages through the rules', async () => {
  const sandbox = await startAwsSandbox()
  await createRules(sandbox, 'first', 'second', 'third')
  const first = await describe(sandbox, { maxResults: 2 })
  expect(first.pullThroughCacheRules?.map((rule) => rule.ecrRepositoryPrefix)).toEqual(['first', 'second'])
  const last = await describe(sandbox, { maxResults: 2, nextToken: first.nextToken })
  expect(last.pullThroughCacheRules?.map((rule) => rule.ecrRepositoryPrefix)).toEqual(['third'])
  expect(last.nextToken).toBeUndefined()
})

test.each<[title: string, input: DescribePullThroughCacheRulesCommandInput, expected: object]>([
  [
    'a token that nobody has answered',
    { nextToken: 'nonsense' },
    invalid('nextToken', 'must be one that this operation has answered'),
  ],
  [
    'a page of the rules that are named',
    { ecrRepositoryPrefixes: ['first'], maxResults: 1 },
    invalid('maxResults', 'must not be used together with ecrRepositoryPrefixes'),
  ],
  [
    'a further page of the rules that are named',
    { ecrRepositoryPrefixes: ['first'], nextToken: 'a' },
    invalid('nextToken', 'must not be used together with ecrRepositoryPrefixes'),
  ],
])('refuses %s', async (_, input, expected) => {
  const sandbox = await startAwsSandbox()
  await createRules(sandbox, 'first')
  expect(await refusal(describe(sandbox, input))).toEqual(expected)
})

test('updates the secret of a rule, and nothing else', async () => {
  const sandbox = await startAwsSandbox()
  await createDockerHubRule(sandbox)
  const credentialArn = await createUpstreamSecret(sandbox, { name: 'ecr-pullthroughcache/other' })
  sandbox.clock.advance(60_000)
  expect(await members(update(sandbox, { ecrRepositoryPrefix: 'docker-hub/', credentialArn }))).toEqual({
    ecrRepositoryPrefix: 'docker-hub',
    registryId: account,
    updatedAt: date,
    credentialArn,
  })
  const [rule] = (await describe(sandbox)).pullThroughCacheRules ?? []
  expect(rule?.credentialArn).toBe(credentialArn)
  const aged = Number(rule?.updatedAt) - Number(rule?.createdAt)
  expect(aged).toBeGreaterThanOrEqual(60_000)
})

test('updates the role of a rule for ECR', async () => {
  const sandbox = await startAwsSandbox()
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`
  await sandbox.ecr().send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: 'team',
      upstreamRegistryUrl: '999999999999.dkr.ecr.us-east-1.amazonaws.com',
      customRoleArn: role('first'),
      upstreamRepositoryPrefix: 'apps',
    }),
  )
  const updated = update(sandbox, { ecrRepositoryPrefix: 'team', customRoleArn: role('second') })
  expect(await members(updated)).toEqual({
    ecrRepositoryPrefix: 'team',
    registryId: account,
    updatedAt: date,
    customRoleArn: role('second'),
    upstreamRepositoryPrefix: 'apps',
  })
})

test('refuses an update of nothing', async () => {
  const sandbox = await startAwsSandbox()
  await createDockerHubRule(sandbox)
  expect(await refusal(update(sandbox, { ecrRepositoryPrefix: 'docker-hub' }))).toEqual({
    name: 'ValidationException',
    message: 'Invalid input: Please set either credential arn or role arn to update the credential',
    status: 400,
  })
})

const quayTakesNone = invalid('credentialArn', 'is not supported for the upstream registry quay')

test.each<[title: string, input: UpdatePullThroughCacheRuleCommandInput, expected: object]>([
  ['of a rule that is not there', { ecrRepositoryPrefix: 'docker' }, ruleNotFound],
  ['that gives a rule for Quay a secret', { ecrRepositoryPrefix: 'quay' }, quayTakesNone],
  [
    'that gives a rule for Docker Hub a role',
    { ecrRepositoryPrefix: 'docker-hub', customRoleArn: `arn:aws:iam::${account}:role/a` },
    invalid('customRoleArn', 'is only supported for the upstream registry ecr'),
  ],
])('refuses an update %s', async (_, input, expected) => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createDockerHubRule(sandbox)
  await createRules(sandbox, 'quay')
  expect(await refusal(update(sandbox, { credentialArn, ...input }))).toEqual(expected)
})

test.each<[title: string, prepare: (sandbox: AwsSandbox, arn: string) => Promise<unknown>, expected: object]>(
  [
    [
      'is pending deletion',
      (sandbox, arn) => sandbox.secretsManager().send(new DeleteSecretCommand({ SecretId: arn })),
      secretNotFound,
    ],
    ['a policy keeps from ECR', (sandbox, arn) => denySecret(sandbox, arn), notAccessible],
    [
      'ECR has no role to read with',
      (sandbox) => {
        sandbox.aws.seeds['/aws/service-linked-roles']?.({ present: false })
        return Promise.resolve()
      },
      notAccessible,
    ],
    [
      'ECR does not see yet',
      (sandbox) => {
        const fault = { kind: 'secret-lag' }
        sandbox.faults.add({ service: 'ecr', operation: 'UpdatePullThroughCacheRule', times: 1, fault })
        return Promise.resolve()
      },
      secretNotFound,
    ],
    [
      'a policy keeps from the role that ECR has now',
      async (sandbox, arn) => {
        await denySecret(sandbox, arn, { but: serviceLinkedRole })
        const fault = { kind: 'reads-as', role: `arn:aws:iam::${account}:role/AnotherRole` }
        sandbox.faults.add({ service: 'ecr', operation: 'UpdatePullThroughCacheRule', times: 1, fault })
      },
      notAccessible,
    ],
  ],
)('refuses an update with a secret that %s', async (_, prepare, expected) => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createDockerHubRule(sandbox)
  const before = sandbox.aws.state()[account]?.['us-east-1']?.rules
  await prepare(sandbox, credentialArn)
  expect(await refusal(update(sandbox, { ecrRepositoryPrefix: 'docker-hub', credentialArn }))).toEqual(
    expected,
  )
  expect(sandbox.aws.state()[account]?.['us-east-1']?.rules).toEqual(before)
})

test('deletes a rule, once', async () => {
  const sandbox = await startAwsSandbox()
  const credentialArn = await createDockerHubRule(sandbox)
  const deletion = () =>
    sandbox.ecr().send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'docker-hub/' }))
  expect(await members(deletion())).toEqual({
    ecrRepositoryPrefix: 'docker-hub',
    upstreamRegistryUrl: 'registry-1.docker.io',
    createdAt: date,
    registryId: account,
    credentialArn,
  })
  expect(await refusal(deletion())).toEqual(ruleNotFound)
  expect(await prefixes(describe(sandbox))).toEqual([])
})

test('faults of the secret leave the operations alone that do not read it', async () => {
  const sandbox = await startAwsSandbox()
  await createDockerHubRule(sandbox)
  for (const kind of ['secret-lag', 'invalid']) {
    sandbox.faults.add({ service: 'ecr', operation: '*', times: 1, fault: { kind } })
    expect(await prefixes(describe(sandbox))).toEqual(['docker-hub'])
  }
})

test("another account's rules are nobody's business", async () => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(describe(sandbox, { registryId: '999999999999' }))).toEqual({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: ecr:DescribePullThroughCacheRules on resource: * because no resource-based policy allows the ecr:DescribePullThroughCacheRules action`,
    status: 400,
  })
  expect(await prefixes(describe(sandbox, { registryId: account }))).toEqual([])
})

test('whoever may not see rules learns nothing about them', async () => {
  const sandbox = await startAwsSandbox()
  const somebody = signAs(sandbox, { Effect: 'Allow', Action: 'ecr:Get*', Resource: '*' })
  const command = new DescribePullThroughCacheRulesCommand({ ecrRepositoryPrefixes: ['docker-hub'] })
  expect(await refusal(sandbox.ecr(somebody).send(command))).toEqual({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/somebody is not authorized to perform: ecr:DescribePullThroughCacheRules on resource: * because no identity-based policy allows the ecr:DescribePullThroughCacheRules action`,
    status: 400,
  })
})
