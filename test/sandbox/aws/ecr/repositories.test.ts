import {
  CreateRepositoryCommand,
  type CreateRepositoryCommandInput,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  type DescribeRepositoriesCommandInput,
  PutRegistryPolicyCommand,
} from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { type AwsSandbox, members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { account, signAs } from './ecr-world.ts'

const date = expect.any(Date) as Date
const repositoryName = 'docker-hub/library/debian'
const repositoryArn = `arn:aws:ecr:us-east-1:${account}:repository/${repositoryName}`
const other = '999999999999'

const plain = {
  repositoryArn,
  registryId: account,
  repositoryName,
  repositoryUri: `${account}.dkr.ecr.us-east-1.amazonaws.com/${repositoryName}`,
  createdAt: date,
  imageTagMutability: 'MUTABLE',
  imageScanningConfiguration: { scanOnPush: false },
  encryptionConfiguration: { encryptionType: 'AES256' },
}

const notFound = {
  name: 'RepositoryNotFoundException',
  message: `The repository with name '${repositoryName}' does not exist in the registry with id '${account}'`,
  status: 400,
}

function create(sandbox: AwsSandbox, input: CreateRepositoryCommandInput = { repositoryName }) {
  return sandbox.ecr().send(new CreateRepositoryCommand(input))
}

function describe(sandbox: AwsSandbox, input: DescribeRepositoriesCommandInput = {}) {
  return sandbox.ecr().send(new DescribeRepositoriesCommand(input))
}

function seed(sandbox: AwsSandbox, body: object): void {
  sandbox.aws.seeds['/aws/repositories']?.(body)
}

test('creates, describes and deletes a repository', async () => {
  const sandbox = await startAwsSandbox()
  expect(await members(create(sandbox))).toEqual({ repository: plain })
  expect(await members(describe(sandbox))).toEqual({ repositories: [plain] })
  const deletion = () => sandbox.ecr().send(new DeleteRepositoryCommand({ repositoryName }))
  expect(await members(deletion())).toEqual({ repository: plain })
  expect(await members(describe(sandbox))).toEqual({ repositories: [] })
  expect(await refusal(deletion())).toEqual(notFound)
})

test('keeps the settings that were asked for', async () => {
  const sandbox = await startAwsSandbox()
  const settings = {
    imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'v*' }],
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'KMS', kmsKey: 'alias/theirs' },
  } as const
  const input = {
    repositoryName,
    registryId: account,
    ...settings,
    imageTagMutabilityExclusionFilters: [...settings.imageTagMutabilityExclusionFilters],
  }
  expect(await members(create(sandbox, input))).toEqual({ repository: { ...plain, ...settings } })
})

test('has one repository of a name', async () => {
  const sandbox = await startAwsSandbox()
  await create(sandbox)
  expect(await refusal(create(sandbox))).toEqual({
    name: 'RepositoryAlreadyExistsException',
    message: `The repository with name '${repositoryName}' already exists in the registry with id '${account}'`,
    status: 400,
  })
})

test.each(['a', 'Docker', 'a//b', 'a/', '-a', 'a'.repeat(257)])('refuses the name %s', async (name) => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(create(sandbox, { repositoryName: name }))).toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining(
      `at 'repositoryName' failed to satisfy constraint: Member must`,
    ) as string,
    status: 400,
  })
})

const tooManyTags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }))

test.each([
  ['51 tags', tooManyTags, 'TooManyTagsException'],
  ['a long key', [{ Key: 'k'.repeat(129), Value: '' }], 'InvalidTagParameterException'],
  ['a key without a character', [{ Key: '', Value: '' }], 'InvalidTagParameterException'],
  ['a long value', [{ Key: 'k', Value: 'v'.repeat(257) }], 'InvalidTagParameterException'],
  [
    'a key twice',
    [
      { Key: 'k', Value: 'a' },
      { Key: 'k', Value: 'b' },
    ],
    'InvalidParameterException',
  ],
])('refuses %s', async (_, tags, name) => {
  const sandbox = await startAwsSandbox()
  expect(await refusal(create(sandbox, { repositoryName, tags }))).toMatchObject({ name, status: 400 })
  expect(await members(describe(sandbox))).toEqual({ repositories: [] })
})

test('describes those that are named', async () => {
  const sandbox = await startAwsSandbox()
  for (const name of ['first', 'second', 'third']) await create(sandbox, { repositoryName: name })
  const { repositories = [] } = await describe(sandbox, { repositoryNames: ['third', 'first'] })
  expect(repositories.map((repository) => repository.repositoryName)).toEqual(['third', 'first'])
  expect(await refusal(describe(sandbox, { repositoryNames: ['first', repositoryName] }))).toEqual(notFound)
})

test('pages through the repositories', async () => {
  const sandbox = await startAwsSandbox()
  for (const name of ['first', 'second', 'third']) await create(sandbox, { repositoryName: name })
  const first = await describe(sandbox, { maxResults: 2 })
  expect(first.repositories?.map((repository) => repository.repositoryName)).toEqual(['first', 'second'])
  const last = await describe(sandbox, { maxResults: 2, nextToken: first.nextToken })
  expect(last.repositories?.map((repository) => repository.repositoryName)).toEqual(['third'])
  expect(last.nextToken).toBeUndefined()
  expect(await refusal(describe(sandbox, { repositoryNames: ['first'], maxResults: 2 }))).toEqual({
    name: 'InvalidParameterException',
    message:
      "Invalid parameter at 'maxResults' failed to satisfy constraint: 'must not be used together with repositoryNames'",
    status: 400,
  })
})

test('deletes a repository with images only by force', async () => {
  const sandbox = await startAwsSandbox()
  seed(sandbox, { repositoryName, imageTags: ['12'] })
  const deletion = (force: boolean) =>
    sandbox.ecr().send(new DeleteRepositoryCommand({ repositoryName, force }))
  expect(await refusal(deletion(false))).toEqual({
    name: 'RepositoryNotEmptyException',
    message: `The repository with name '${repositoryName}' in registry with id '${account}' cannot be deleted because it still contains images`,
    status: 400,
  })
  expect(await members(deletion(true))).toEqual({ repository: plain })
})

const mayCreate = { Effect: 'Allow', Action: 'ecr:CreateRepository' }

function denied(action: string, resource: string) {
  return {
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/somebody is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    status: 400,
  }
}

test('the permission to create may be for a prefix', async () => {
  const sandbox = await startAwsSandbox()
  const Resource = `arn:aws:ecr:*:${account}:repository/docker-hub/*`
  const client = sandbox.ecr(signAs(sandbox, { ...mayCreate, Resource }))
  expect(await client.send(new CreateRepositoryCommand({ repositoryName }))).toMatchObject({
    repository: { repositoryName },
  })
  expect(await refusal(client.send(new CreateRepositoryCommand({ repositoryName: 'quay/a' })))).toEqual(
    denied('ecr:CreateRepository', `arn:aws:ecr:us-east-1:${account}:repository/quay/a`),
  )
  expect(await refusal(client.send(new DescribeRepositoriesCommand({})))).toEqual(
    denied('ecr:DescribeRepositories', `arn:aws:ecr:us-east-1:${account}:repository/*`),
  )
})

test('tags need a permission of their own', async () => {
  const sandbox = await startAwsSandbox()
  const client = sandbox.ecr(signAs(sandbox, { ...mayCreate, Resource: '*' }))
  const tags = [{ Key: 'team', Value: 'widgets' }]
  expect(await refusal(client.send(new CreateRepositoryCommand({ repositoryName, tags })))).toEqual(
    denied('ecr:TagResource', repositoryArn),
  )
})

test('policies see the tags of the request and of the repository', async () => {
  const sandbox = await startAwsSandbox()
  const ofTeam = (key: string) => ({ StringEquals: { [`${key}/team`]: 'widgets' } })
  const client = sandbox.ecr(
    signAs(sandbox, [
      {
        ...mayCreate,
        Action: ['ecr:CreateRepository', 'ecr:TagResource'],
        Resource: '*',
        Condition: ofTeam('aws:RequestTag'),
      },
      {
        Effect: 'Allow',
        Action: 'ecr:DeleteRepository',
        Resource: '*',
        Condition: ofTeam('ecr:ResourceTag'),
      },
    ]),
  )
  const creation = (team: string) =>
    client.send(new CreateRepositoryCommand({ repositoryName, tags: [{ Key: 'team', Value: team }] }))
  expect(await refusal(creation('gadgets'))).toEqual(denied('ecr:CreateRepository', repositoryArn))
  expect(await members(creation('widgets'))).toEqual({ repository: plain })
  await create(sandbox, { repositoryName: 'untagged' })
  const deletion = (name: string) => client.send(new DeleteRepositoryCommand({ repositoryName: name }))
  expect(await refusal(deletion('untagged'))).toMatchObject({ name: 'AccessDeniedException' })
  expect(await members(deletion(repositoryName))).toEqual({ repository: plain })
})

test('the registry policy may allow it instead', async () => {
  const sandbox = await startAwsSandbox()
  const client = sandbox.ecr(signAs(sandbox, { ...mayCreate, Action: 'ecr:Get*', Resource: '*' }))
  const creation = () => client.send(new CreateRepositoryCommand({ repositoryName }))
  expect(await refusal(creation())).toEqual(denied('ecr:CreateRepository', repositoryArn))
  await putRegistryPolicy(sandbox, { AWS: `arn:aws:iam::${account}:user/somebody` })
  expect(await members(creation())).toEqual({ repository: plain })
})

test("between accounts the registry policy and the caller's own have to allow it", async () => {
  const sandbox = await startAwsSandbox()
  const arn = `arn:aws:iam::${other}:user/puller`
  const client = sandbox.ecr(signAs(sandbox, { ...mayCreate, Resource: '*' }, { arn }))
  const creation = () => client.send(new CreateRepositoryCommand({ repositoryName, registryId: account }))
  expect(await refusal(creation())).toEqual({
    name: 'AccessDeniedException',
    message: `User: ${arn} is not authorized to perform: ecr:CreateRepository on resource: ${repositoryArn} because no resource-based policy allows the ecr:CreateRepository action`,
    status: 400,
  })
  await putRegistryPolicy(sandbox, { AWS: `arn:aws:iam::${other}:root` })
  expect(await members(creation())).toEqual({ repository: plain })
})

function putRegistryPolicy(sandbox: AwsSandbox, principal: object) {
  const statement = {
    ...mayCreate,
    Principal: principal,
    Resource: `arn:aws:ecr:us-east-1:${account}:repository/docker-hub/*`,
  }
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  return sandbox.ecr().send(new PutRegistryPolicyCommand({ policyText }))
}

test('shows repositories in the state', async () => {
  const sandbox = await startAwsSandbox()
  seed(sandbox, { repositoryName, imageTags: ['12'], account: other, region: 'eu-west-1' })
  expect(sandbox.aws.state()).toMatchObject({
    [account]: { 'us-east-1': { repositories: [] } },
    [other]: {
      'eu-west-1': {
        secrets: [],
        rules: [],
        templates: [],
        repositories: [
          {
            repositoryName,
            repositoryArn: `arn:aws:ecr:eu-west-1:${other}:repository/${repositoryName}`,
            repositoryUri: `${other}.dkr.ecr.eu-west-1.amazonaws.com/${repositoryName}`,
            images: [{ imageTags: ['12'] }],
          },
        ],
      },
    },
  })
})
