import {
  CreateRepositoryCreationTemplateCommand,
  type CreateRepositoryCreationTemplateCommandInput,
  DeleteRepositoryCreationTemplateCommand,
  DescribeRepositoryCreationTemplatesCommand,
  type DescribeRepositoryCreationTemplatesCommandInput,
  UpdateRepositoryCreationTemplateCommand,
  type UpdateRepositoryCreationTemplateCommandInput,
} from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { account } from './ecr-world.ts'

type Input = CreateRepositoryCreationTemplateCommandInput

const date = expect.any(Date) as Date
const least: Input = { prefix: 'docker-hub', appliedFor: ['PULL_THROUGH_CACHE'] }

function create(sandbox: AwsSandbox, input: Input = least) {
  return sandbox.ecr().send(new CreateRepositoryCreationTemplateCommand(input))
}

function update(sandbox: AwsSandbox, input: UpdateRepositoryCreationTemplateCommandInput) {
  return sandbox.ecr().send(new UpdateRepositoryCreationTemplateCommand(input))
}

function describe(sandbox: AwsSandbox, input: DescribeRepositoryCreationTemplatesCommandInput = {}) {
  return sandbox.ecr().send(new DescribeRepositoryCreationTemplatesCommand(input))
}

function deletion(sandbox: AwsSandbox, prefix: string) {
  return sandbox.ecr().send(new DeleteRepositoryCreationTemplateCommand({ prefix }))
}

const leastTemplate = {
  ...least,
  encryptionConfiguration: { encryptionType: 'AES256' },
  imageTagMutability: 'MUTABLE',
  createdAt: date,
  updatedAt: date,
}

const repositoryPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '999999999999' }, Action: ['ecr:BatchGetImage'] }],
})

const full = {
  prefix: 'team/',
  description: 'for everything of the team',
  encryptionConfiguration: {
    encryptionType: 'KMS',
    kmsKey: `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  },
  resourceTags: [{ Key: 'team', Value: 'widgets' }],
  imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
  imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'latest*' }],
  repositoryPolicy,
  lifecyclePolicy: '{"rules":[]}',
  appliedFor: ['REPLICATION', 'CREATE_ON_PUSH'],
  customRoleArn: `arn:aws:iam::${account}:role/templates`,
} satisfies Input

const notFound = {
  name: 'TemplateNotFoundException',
  message:
    "The specified repository creation template can't be found. Verify the registry ID and prefix and try again.",
  status: 400,
}

test.each<[what: string, input: Input, template: object]>([
  ['the least', least, leastTemplate],
  ['everything', full, { ...full, createdAt: date, updatedAt: date }],
])('creates, describes and deletes a template with %s', async (_, input, template) => {
  const sandbox = await startAwsSandbox()
  const answer = { registryId: account, repositoryCreationTemplate: template }
  expect(await members(create(sandbox, input))).toEqual(answer)
  expect(await members(describe(sandbox))).toEqual({
    registryId: account,
    repositoryCreationTemplates: [template],
  })
  expect(await members(deletion(sandbox, input.prefix ?? ''))).toEqual(answer)
  expect(await members(describe(sandbox))).toEqual({ registryId: account, repositoryCreationTemplates: [] })
  expect(await refusal(deletion(sandbox, input.prefix ?? ''))).toEqual(notFound)
})

test('shows a template in the state', async () => {
  const sandbox = await startAwsSandbox()
  const { createdAt } = (await create(sandbox)).repositoryCreationTemplate ?? {}
  const moment = createdAt?.toISOString()
  expect(sandbox.aws.state()[account]?.['us-east-1']?.templates).toEqual([
    { ...leastTemplate, createdAt: moment, updatedAt: moment },
  ])
})

test('updates what is sent, and goes back to mutable tags', async () => {
  const sandbox = await startAwsSandbox()
  await create(sandbox, full)
  sandbox.clock.advance(60_000)
  const template: Input = { ...full, description: 'new', imageTagMutability: 'MUTABLE' }
  delete template.imageTagMutabilityExclusionFilters
  const updated = await members(update(sandbox, { prefix: 'team', description: 'new' }))
  expect(updated).toEqual({
    registryId: account,
    repositoryCreationTemplate: { ...template, createdAt: date, updatedAt: date },
  })
  const { createdAt, updatedAt } = updated.repositoryCreationTemplate ?? {}
  expect(Number(updatedAt) - Number(createdAt)).toBeGreaterThanOrEqual(60_000)
})

test('refuses to update a template that is not there', async () => {
  expect(await refusal(update(await startAwsSandbox(), { prefix: 'docker-hub' }))).toEqual(notFound)
})

test('has one template for a prefix, a slash at the end aside', async () => {
  const sandbox = await startAwsSandbox()
  await create(sandbox)
  expect(await refusal(create(sandbox, { ...least, prefix: 'docker-hub/' }))).toEqual({
    name: 'TemplateAlreadyExistsException',
    message: 'The repository creation template already exists. Specify a unique prefix and try again.',
    status: 400,
  })
})

test('describes those that are named, leaves out what is not there, and pages', async () => {
  const sandbox = await startAwsSandbox()
  for (const prefix of ['first', 'second', 'ROOT']) await create(sandbox, { ...least, prefix })
  const prefixes = async (input: DescribeRepositoryCreationTemplatesCommandInput) => {
    const { repositoryCreationTemplates = [], nextToken } = await describe(sandbox, input)
    return { prefixes: repositoryCreationTemplates.map(({ prefix }) => prefix), nextToken }
  }
  expect(await prefixes({ prefixes: ['ROOT', 'third', 'first/'] })).toEqual({ prefixes: ['ROOT', 'first'] })
  const { nextToken, ...first } = await prefixes({ maxResults: 2 })
  expect(first).toEqual({ prefixes: ['first', 'second'] })
  expect(await prefixes({ maxResults: 2, nextToken })).toEqual({ prefixes: ['ROOT'] })
})

function invalid(name: string, constraint: string) {
  return {
    name: 'InvalidParameterException',
    message: `Invalid parameter at '${name}' failed to satisfy constraint: '${constraint}'`,
    status: 400,
  }
}

const noPolicy = invalid('PolicyText', 'Invalid repository policy provided')
const noRules = invalid('LifecyclePolicyText', 'Lifecycle policy validation failure: it has no rules')

test.each<[title: string, input: Partial<Input>, expected: object]>([
  ['a repository policy that is not JSON', { repositoryPolicy: '{' }, noPolicy],
  [
    'a repository policy without a principal',
    { repositoryPolicy: repositoryPolicy.replace('Principal', 'Whoever') },
    noPolicy,
  ],
  ['a repository policy that is a list', { repositoryPolicy: '[]' }, noPolicy],
  ['a lifecycle policy that is not JSON', { lifecyclePolicy: '{' }, noRules],
  ['a lifecycle policy without rules', { lifecyclePolicy: '{}' }, noRules],
  [
    "another account's role",
    { customRoleArn: 'arn:aws:iam::999999999999:role/a' },
    invalid('customRoleArn', 'must be the ARN of a role in the account of the registry'),
  ],
  [
    'a key of a tag twice',
    {
      resourceTags: [
        { Key: 'a', Value: '1' },
        { Key: 'a', Value: '2' },
      ],
    },
    invalid('tags', 'must not have a key twice'),
  ],
  [
    'exclusions where nothing is excluded',
    { imageTagMutability: 'MUTABLE' },
    invalid('imageTagMutabilityExclusionFilters', 'must not be used with MUTABLE'),
  ],
  [
    'no exclusions where something is',
    { imageTagMutabilityExclusionFilters: undefined },
    invalid('imageTagMutabilityExclusionFilters', 'must be used with IMMUTABLE_WITH_EXCLUSION'),
  ],
])('refuses %s', async (_, input, expected) => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(create(sandbox, { ...full, ...input }))).toEqual(expected)
  expect(sandbox.aws.state()[account]?.['us-east-1']?.templates).toEqual([])
})

test('takes an empty text for no policy', async () => {
  const sandbox = await startAwsSandbox()
  expect(await create(sandbox, { ...least, repositoryPolicy: '', lifecyclePolicy: '' })).toMatchObject({
    repositoryCreationTemplate: { prefix: 'docker-hub' },
  })
})
