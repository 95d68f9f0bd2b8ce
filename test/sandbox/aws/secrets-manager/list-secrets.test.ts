import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  ListSecretVersionIdsCommand,
  paginateListSecrets,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { token } from './tokens.ts'

async function names(client: SecretsManagerClient, input: ListSecretsCommandInput = {}) {
  const { SecretList = [] } = await client.send(new ListSecretsCommand(input))
  return SecretList.map(({ Name }) => Name)
}

async function started() {
  const sandbox = await startAwsSandbox()
  const client = sandbox.secretsManager()
  sandbox.clock.set(new Date('2027-01-01T00:00:00Z'))
  const make = async (Name: string, rest: object = {}) => {
    sandbox.clock.advance(60_000)
    await client.send(new CreateSecretCommand({ Name, ...rest }))
  }
  await make('testing1/one', { Description: 'A Secret', Tags: [{ Key: 'team', Value: 'blue' }] })
  await make('/testing2/two', { Description: 'another', AddReplicaRegions: [{ Region: 'eu-west-1' }] })
  await make('Testing3', { Description: 'not a secret', Tags: [{ Key: 'Team', Value: 'Blue Sky' }] })
  return { sandbox, client }
}

test('an entry has what the secret has, and nothing else', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  const { ARN } = await client.send(
    new CreateSecretCommand({ Name: 'a', ClientRequestToken: token(1), SecretString: 'x', Description: 'd' }),
  )
  await client.send(
    new PutSecretValueCommand({ SecretId: 'a', ClientRequestToken: token(2), SecretString: 'y' }),
  )
  expect(await members(client.send(new ListSecretsCommand({})))).toEqual({
    SecretList: [
      {
        ARN,
        Name: 'a',
        Description: 'd',
        CreatedDate: expect.any(Date) as unknown,
        LastChangedDate: expect.any(Date) as unknown,
        SecretVersionsToStages: { [token(1)]: ['AWSPREVIOUS'], [token(2)]: ['AWSCURRENT'] },
      },
    ],
  })
})

test('lists the secrets of one Region, replicas among them', async () => {
  const { sandbox, client } = await started()
  expect(await names(client)).toEqual(['testing1/one', '/testing2/two', 'Testing3'])
  expect(await names(sandbox.secretsManager({ region: 'eu-west-1' }))).toEqual(['/testing2/two'])
  expect(await names(sandbox.secretsManager({ region: 'eu-west-2' }))).toEqual([])
})

test.each<[key: string, values: string[], expected: string[]]>([
  ['name', ['testing'], ['testing1/one']],
  ['name', ['/'], ['/testing2/two']],
  ['name', ['!/'], ['testing1/one', 'Testing3']],
  ['name', ['testing1 one'], []],
  ['name', ['testing1', 'Testing3'], ['testing1/one', 'Testing3']],
  ['name', ['!testing1', '!Testing3'], ['/testing2/two']],
  ['description', ['a'], ['testing1/one', '/testing2/two']],
  ['description', ['!a'], ['Testing3']],
  ['tag-key', ['te'], ['testing1/one']],
  ['tag-value', ['Blue'], ['Testing3']],
  ['primary-region', ['us-east'], ['/testing2/two']],
  ['owning-service', ['rds'], []],
  ['all', ['secret'], ['testing1/one', 'Testing3']],
  ['all', ['SECRET blue'], ['testing1/one', 'Testing3']],
  ['all', ['one two'], []],
])('the filter %s of %j finds %j', async (key, values, expected) => {
  const { client } = await started()
  const Filters = [{ Key: key as 'name', Values: values }]
  expect(await names(client, { Filters })).toEqual(expected)
})

test('a secret has to pass all filters', async () => {
  const { client } = await started()
  const Filters = [
    { Key: 'all' as const, Values: ['secret'] },
    { Key: 'tag-key' as const, Values: ['Team'] },
  ]
  expect(await names(client, { Filters })).toEqual(['Testing3'])
})

test.each<[sort: Pick<ListSecretsCommandInput, 'SortBy' | 'SortOrder'>, expected: string[]]>([
  [{}, ['testing1/one', '/testing2/two', 'Testing3']],
  [{ SortOrder: 'desc' }, ['Testing3', '/testing2/two', 'testing1/one']],
  [{ SortBy: 'name' }, ['/testing2/two', 'Testing3', 'testing1/one']],
  [{ SortBy: 'last-changed-date' }, ['/testing2/two', 'Testing3', 'testing1/one']],
  [{ SortBy: 'last-accessed-date', SortOrder: 'desc' }, ['/testing2/two', 'testing1/one', 'Testing3']],
])('sorts by %j', async (sort, expected) => {
  const { sandbox, client } = await started()
  sandbox.clock.advance(60_000)
  await client.send(new UpdateSecretCommand({ SecretId: 'testing1/one', SecretString: 'x' }))
  const { SecretList } = await client.send(new ListSecretsCommand({}))
  expect(SecretList).toHaveLength(3)
  if (sort.SortBy === 'last-accessed-date') {
    await client.send(new UpdateSecretCommand({ SecretId: '/testing2/two', SecretString: 'x' }))
    await client.send(new GetSecretValueCommand({ SecretId: '/testing2/two' }))
  }
  expect(await names(client, sort)).toEqual(expected)
})

test('lists in pages', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  for (let number = 1; number <= 5; number += 1)
    await client.send(new CreateSecretCommand({ Name: `s${number}` }))
  const pages: (string | undefined)[][] = []
  for await (const { SecretList = [] } of paginateListSecrets({ client, pageSize: 2 }, {})) {
    pages.push(SecretList.map(({ Name }) => Name))
  }
  expect(pages).toEqual([['s1', 's2'], ['s3', 's4'], ['s5']])
})

test('refuses a token that it did not make, or made for another list', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  for (const Name of ['a', 'b']) await client.send(new CreateSecretCommand({ Name, SecretString: 'x' }))
  const { NextToken } = await client.send(new ListSecretsCommand({ MaxResults: 1 }))
  const invalid = {
    name: 'InvalidNextTokenException',
    message: 'The NextToken value is invalid.',
    status: 400,
  }
  expect(await refusal(client.send(new ListSecretsCommand({ NextToken: 'x' })))).toEqual(invalid)
  expect(await refusal(client.send(new ListSecretsCommand({ NextToken, SortOrder: 'desc' })))).toEqual(
    invalid,
  )
  expect(await refusal(client.send(new ListSecretVersionIdsCommand({ SecretId: 'a', NextToken })))).toEqual(
    invalid,
  )
})

test('versions are listed in pages', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  await client.send(new CreateSecretCommand({ Name: 'a', ClientRequestToken: token(1), SecretString: 'x' }))
  await client.send(
    new PutSecretValueCommand({ SecretId: 'a', ClientRequestToken: token(2), SecretString: 'y' }),
  )
  const page = async (NextToken?: string) => {
    const input = { SecretId: 'a', MaxResults: 1, NextToken }
    const { Versions = [], NextToken: next } = await client.send(new ListSecretVersionIdsCommand(input))
    return { ids: Versions.map(({ VersionId }) => VersionId), next }
  }
  const first = await page()
  expect(first).toEqual({ ids: [token(1)], next: expect.any(String) as unknown })
  expect(await page(first.next)).toEqual({ ids: [token(2)], next: undefined })
})
