import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { members, refusal, startAwsSandbox } from '../aws-sandbox.ts'
import { token } from './tokens.ts'

type Labels = Readonly<Record<string, readonly string[]>>

/** Versions by their number, labels in order; deprecated ones have none. */
async function labels(client: SecretsManagerClient): Promise<Labels> {
  const { Versions: versions = [] } = await client.send(
    new ListSecretVersionIdsCommand({ SecretId: 'a', IncludeDeprecated: true }),
  )
  return Object.fromEntries(
    versions.map(({ VersionId: id = '', VersionStages: held }) => [
      Number(id.slice(-3)),
      (held ?? []).toSorted(),
    ]),
  )
}

type Step =
  | { readonly put: number; readonly stages?: string[] }
  | { readonly update: number }
  | { readonly move: string; readonly to?: number; readonly from?: number }

async function take(client: SecretsManagerClient, step: Step): Promise<void> {
  if ('put' in step) {
    await client.send(
      new PutSecretValueCommand({
        SecretId: 'a',
        ClientRequestToken: token(step.put),
        SecretString: `value ${step.put}`,
        VersionStages: step.stages,
      }),
    )
    return
  }
  if ('update' in step) {
    const value = { SecretString: `value ${step.update}`, ClientRequestToken: token(step.update) }
    await client.send(new UpdateSecretCommand({ SecretId: 'a', ...value }))
    return
  }
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: 'a',
      VersionStage: step.move,
      MoveToVersionId: step.to === undefined ? undefined : token(step.to),
      RemoveFromVersionId: step.from === undefined ? undefined : token(step.from),
    }),
  )
}

async function started(steps: readonly Step[] = []) {
  const sandbox = await startAwsSandbox()
  const client = sandbox.secretsManager()
  await client.send(
    new CreateSecretCommand({ Name: 'a', ClientRequestToken: token(1), SecretString: 'value 1' }),
  )
  for (const step of steps) await take(client, step)
  return { sandbox, client }
}

test.each<[title: string, steps: readonly Step[], expected: Labels]>([
  ['create', [], { 1: ['AWSCURRENT'] }],
  ['put', [{ put: 2 }], { 1: ['AWSPREVIOUS'], 2: ['AWSCURRENT'] }],
  ['put twice', [{ put: 2 }, { put: 3 }], { 1: [], 2: ['AWSPREVIOUS'], 3: ['AWSCURRENT'] }],
  ['update twice', [{ update: 2 }, { update: 3 }], { 1: [], 2: ['AWSPREVIOUS'], 3: ['AWSCURRENT'] }],
  ['put pending', [{ put: 2, stages: ['AWSPENDING'] }], { 1: ['AWSCURRENT'], 2: ['AWSPENDING'] }],
  [
    'finish a rotation: AWSPENDING stays',
    [
      { put: 2, stages: ['AWSPENDING'] },
      { move: 'AWSCURRENT', to: 2, from: 1 },
    ],
    { 1: ['AWSPREVIOUS'], 2: ['AWSCURRENT', 'AWSPENDING'] },
  ],
  [
    'the next pending version takes the label',
    [
      { put: 2, stages: ['AWSPENDING'] },
      { move: 'AWSCURRENT', to: 2, from: 1 },
      { put: 3, stages: ['AWSPENDING'] },
    ],
    { 1: ['AWSPREVIOUS'], 2: ['AWSCURRENT'], 3: ['AWSPENDING'] },
  ],
  [
    'a put after a rotation takes AWSPENDING off',
    [{ put: 2, stages: ['AWSPENDING'] }, { move: 'AWSCURRENT', to: 2, from: 1 }, { put: 3 }],
    { 1: [], 2: ['AWSPREVIOUS'], 3: ['AWSCURRENT'] },
  ],
  [
    'labels of ones own are moved, not copied',
    [
      { put: 2, stages: ['one', 'two', 'three'] },
      { put: 3, stages: ['one', 'two', 'four'] },
    ],
    { 1: ['AWSCURRENT'], 2: ['three'], 3: ['four', 'one', 'two'] },
  ],
  [
    'labels of ones own stay where AWSCURRENT leaves',
    [
      { put: 2, stages: ['AWSCURRENT', 'PUT0'] },
      { put: 3, stages: ['AWSPENDING', 'PUT1'] },
      { move: 'AWSCURRENT', to: 3, from: 2 },
    ],
    { 1: [], 2: ['AWSPREVIOUS', 'PUT0'], 3: ['AWSCURRENT', 'AWSPENDING', 'PUT1'] },
  ],
  [
    'back to an earlier version',
    [{ put: 2 }, { put: 3 }, { move: 'AWSCURRENT', to: 1, from: 3 }],
    { 1: ['AWSCURRENT'], 2: [], 3: ['AWSPREVIOUS'] },
  ],
  [
    'back to the previous version',
    [{ put: 2 }, { move: 'AWSCURRENT', to: 1, from: 2 }],
    { 1: ['AWSCURRENT'], 2: ['AWSPREVIOUS'] },
  ],
  [
    'AWSPREVIOUS in the same call goes to where AWSCURRENT was',
    [{ put: 2, stages: ['AWSCURRENT', 'AWSPREVIOUS'] }],
    { 1: ['AWSPREVIOUS'], 2: ['AWSCURRENT'] },
  ],
  [
    'the same in another order',
    [{ put: 2, stages: ['AWSPREVIOUS', 'AWSCURRENT'] }],
    { 1: ['AWSPREVIOUS'], 2: ['AWSCURRENT'] },
  ],
  ['the same label twice in one call', [{ put: 2, stages: ['x', 'x'] }], { 1: ['AWSCURRENT'], 2: ['x'] }],
  ['take a label off', [{ put: 2 }, { move: 'AWSPREVIOUS', from: 1 }], { 1: [], 2: ['AWSCURRENT'] }],
  ['put a new label on', [{ move: 'mine', to: 1 }], { 1: ['AWSCURRENT', 'mine'] }],
  ['put a label where it is', [{ move: 'AWSCURRENT', to: 1 }], { 1: ['AWSCURRENT'] }],
])('labels after %s', async (_title, steps, expected) => {
  const { client } = await started(steps)
  expect(await labels(client)).toEqual(expected)
})

function invalid(message: string) {
  return { name: 'InvalidParameterException', message, status: 400 }
}

test.each<[title: string, steps: readonly Step[], step: Step, expected: object]>([
  [
    'a move that does not say from where',
    [{ put: 2 }],
    { move: 'AWSCURRENT', to: 1 },
    invalid(
      `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${token(2)}, so you must explicitly reference that version in RemoveFromVersionId.`,
    ),
  ],
  [
    'a move from a version that does not have the label',
    [{ put: 2 }],
    { move: 'AWSCURRENT', to: 1, from: 1 },
    invalid(`The staging label AWSCURRENT is not attached to version ${token(1)}.`),
  ],
  [
    'a move to a version that is not there',
    [],
    { move: 'AWSCURRENT', to: 9, from: 1 },
    invalid(`Not a valid version: ${token(9)}`),
  ],
  [
    'a move from a version that is not there',
    [],
    { move: 'AWSCURRENT', to: 1, from: 9 },
    invalid(`Not a valid version: ${token(9)}`),
  ],
  [
    'to take AWSCURRENT off',
    [],
    { move: 'AWSCURRENT', from: 1 },
    invalid(
      'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
    ),
  ],
  [
    'a move from nowhere to nowhere',
    [],
    { move: 'x' },
    invalid('You must provide MoveToVersionId, RemoveFromVersionId, or both.'),
  ],
  [
    'a 21st label',
    [{ put: 2, stages: Array.from({ length: 20 }, (_, index) => `label${index}`) }],
    { move: 'one-more', to: 2 },
    { name: 'LimitExceededException', message: 'A version can have at most 20 staging labels.', status: 400 },
  ],
])('refuses %s, and moves nothing', async (_title, steps, step, expected) => {
  const { client } = await started(steps)
  const before = await labels(client)
  expect(await refusal(take(client, step))).toEqual(expected)
  expect(await labels(client)).toEqual(before)
})

test('the first version of an empty secret becomes AWSCURRENT, whatever its labels', async () => {
  const client = (await startAwsSandbox()).secretsManager()
  await client.send(new CreateSecretCommand({ Name: 'a' }))
  const { VersionStages } = await client.send(
    new PutSecretValueCommand({ SecretId: 'a', SecretString: 'x', VersionStages: ['mine'] }),
  )
  expect(VersionStages?.toSorted()).toEqual(['AWSCURRENT', 'mine'])
})

test('the same token with the same value does nothing, labels included', async () => {
  const { client } = await started([{ put: 2 }, { put: 3 }])
  const put = (number: number) =>
    client.send(
      new PutSecretValueCommand({
        SecretId: 'a',
        ClientRequestToken: token(number),
        SecretString: `value ${number}`,
        VersionStages: ['AWSCURRENT'],
      }),
    )
  const previous = await put(2)
  expect({ id: previous.VersionId, labels: previous.VersionStages }).toEqual({
    id: token(2),
    labels: ['AWSPREVIOUS'],
  })
  const deprecated = await put(1)
  expect({ id: deprecated.VersionId, labels: deprecated.VersionStages }).toEqual({
    id: token(1),
    labels: undefined,
  })
  expect(await labels(client)).toEqual({ 1: [], 2: ['AWSPREVIOUS'], 3: ['AWSCURRENT'] })
})

test.each<[title: string, value: { SecretString?: string; SecretBinary?: Uint8Array }]>([
  ['another text', { SecretString: 'another' }],
  ['bytes of the same text', { SecretBinary: Buffer.from('value 1') }],
])('the same token with %s is refused', async (_title, value) => {
  const { client } = await started()
  const { ARN: arn = '' } = await client.send(new DescribeSecretCommand({ SecretId: 'a' }))
  const used = {
    name: 'ResourceExistsException',
    message: `You can't use ClientRequestToken ${token(1)} because that value is already in use for a version of secret ${arn}.`,
    status: 400,
  }
  const input = { SecretId: 'a', ClientRequestToken: token(1), ...value }
  expect(await refusal(client.send(new PutSecretValueCommand(input)))).toEqual(used)
  expect(await refusal(client.send(new UpdateSecretCommand(input)))).toEqual(used)
})

test.each<[title: string, rest: object]>([
  ['its value', { SecretString: 'value 1' }],
  ['no value', { Description: 'new' }],
])('UpdateSecret refuses the token of a version even with %s', async (_title, rest) => {
  const { client } = await started()
  const input = { SecretId: 'a', ClientRequestToken: token(1), ...rest }
  expect(await refusal(client.send(new UpdateSecretCommand(input)))).toMatchObject({
    name: 'ResourceExistsException',
  })
})

test('UpdateSecret without a value changes the rest and makes no version', async () => {
  const { client } = await started()
  const updated = await members(client.send(new UpdateSecretCommand({ SecretId: 'a', Description: 'new' })))
  const described = await client.send(new DescribeSecretCommand({ SecretId: 'a' }))
  expect(updated).toEqual({ ARN: described.ARN, Name: 'a' })
  expect(described.Description).toBe('new')
  expect(await labels(client)).toEqual({ 1: ['AWSCURRENT'] })
  await client.send(new UpdateSecretCommand({ SecretId: 'a', Description: '' }))
  expect((await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).Description).toBeUndefined()
})

test('another key encrypts the versions that have a label of AWS again', async () => {
  const { client } = await started([{ put: 2 }, { put: 3 }])
  await client.send(new UpdateSecretCommand({ SecretId: 'a', KmsKeyId: 'alias/mine' }))
  const keys = async () => {
    const { Versions = [] } = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: 'a', IncludeDeprecated: true }),
    )
    return Versions.map(({ KmsKeyIds }) => KmsKeyIds)
  }
  expect(await keys()).toEqual([['DefaultEncryptionKey'], ['alias/mine'], ['alias/mine']])
  await client.send(new UpdateSecretCommand({ SecretId: 'a', KmsKeyId: '' }))
  expect((await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).KmsKeyId).toBeUndefined()
  expect(await keys()).toEqual([['DefaultEncryptionKey'], ['DefaultEncryptionKey'], ['DefaultEncryptionKey']])
})

test.each<[title: string, select: { VersionId?: string; VersionStage?: string }, expected: unknown]>([
  ['nothing', {}, 'value 3'],
  ['AWSPREVIOUS', { VersionStage: 'AWSPREVIOUS' }, 'value 2'],
  ['an id', { VersionId: token(2) }, 'value 2'],
  ['the id of a deprecated version', { VersionId: token(1) }, 'value 1'],
  ['an id and its label', { VersionId: token(2), VersionStage: 'AWSPREVIOUS' }, 'value 2'],
  [
    'an id and the label of another version',
    { VersionId: token(2), VersionStage: 'AWSCURRENT' },
    {
      name: 'InvalidRequestException',
      message: 'You provided a VersionStage that is not associated to the provided VersionId.',
      status: 400,
    },
  ],
  [
    'an id that is not there',
    { VersionId: token(9) },
    {
      name: 'ResourceNotFoundException',
      message: `Secrets Manager can't find the specified secret value for VersionId: ${token(9)}`,
      status: 400,
    },
  ],
  [
    'a label that nobody has',
    { VersionStage: 'AWSPENDING' },
    {
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
      status: 400,
    },
  ],
])('GetSecretValue by %s', async (_title, select, expected) => {
  const { client } = await started([{ put: 2 }, { put: 3 }])
  const reading = client.send(new GetSecretValueCommand({ SecretId: 'a', ...select }))
  expect(typeof expected === 'string' ? (await reading).SecretString : await refusal(reading)).toEqual(
    expected,
  )
})

test('lists hide deprecated versions, and they have no labels', async () => {
  const { client } = await started([{ put: 2 }, { put: 3 }])
  const listed = await members(client.send(new ListSecretVersionIdsCommand({ SecretId: 'a' })))
  const { VersionIdsToStages, ARN } = await client.send(new DescribeSecretCommand({ SecretId: 'a' }))
  const entry = { CreatedDate: expect.any(Date) as unknown, KmsKeyIds: ['DefaultEncryptionKey'] }
  const labelled = [
    { ...entry, VersionId: token(2), VersionStages: ['AWSPREVIOUS'] },
    { ...entry, VersionId: token(3), VersionStages: ['AWSCURRENT'] },
  ]
  expect(listed).toEqual({ ARN, Name: 'a', Versions: labelled })
  expect(VersionIdsToStages).toEqual({ [token(2)]: ['AWSPREVIOUS'], [token(3)]: ['AWSCURRENT'] })
  const all = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'a', IncludeDeprecated: true }))
  expect(all.Versions).toEqual([{ ...entry, VersionId: token(1) }, ...labelled])
})

test('a read leaves the day of the last access, without the time', async () => {
  const { sandbox, client } = await started([{ put: 2 }])
  sandbox.clock.set(new Date('2027-03-04T05:06:07Z'))
  await client.send(new GetSecretValueCommand({ SecretId: 'a', VersionStage: 'AWSPREVIOUS' }))
  const midnight = new Date('2027-03-04T00:00:00Z')
  expect((await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).LastAccessedDate).toEqual(midnight)
  const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'a' }))
  expect(Versions?.map(({ LastAccessedDate }) => LastAccessedDate)).toEqual([midnight, undefined])
})

test('keeps the hundred most recent versions, and all of the last day', async () => {
  const { sandbox, client } = await started()
  for (let number = 2; number <= 110; number += 1) await take(client, { put: number })
  expect(Object.keys(await labels(client))).toHaveLength(100)
  const count = async () => {
    const { Versions = [], NextToken } = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: 'a', IncludeDeprecated: true }),
    )
    return { first: Versions[0]?.VersionId, on: Versions.length, more: NextToken !== undefined }
  }
  expect(await count()).toEqual({ first: token(1), on: 100, more: true })
  sandbox.clock.advance(25 * 3_600_000)
  await take(client, { put: 111 })
  expect(await count()).toEqual({ first: token(12), on: 100, more: false })
})

test('a version with a label is never removed', async () => {
  const { sandbox, client } = await started([{ move: 'keep', to: 1 }])
  for (let number = 2; number <= 101; number += 1) await take(client, { put: number })
  sandbox.clock.advance(25 * 3_600_000)
  await take(client, { put: 102 })
  const { SecretString } = await client.send(
    new GetSecretValueCommand({ SecretId: 'a', VersionStage: 'keep' }),
  )
  expect(SecretString).toBe('value 1')
  expect(
    await refusal(client.send(new GetSecretValueCommand({ SecretId: 'a', VersionId: token(2) }))),
  ).toMatchObject({
    name: 'ResourceNotFoundException',
  })
})
