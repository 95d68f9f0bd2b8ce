import {
  CreateSecretCommand,
  DescribeSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { members, refusal, startAwsSandbox } from '../aws-sandbox.ts'

async function started() {
  const client = (await startAwsSandbox()).secretsManager()
  await client.send(new CreateSecretCommand({ Name: 'a' }))
  return {
    client,
    tag: (Tags: { Key?: string; Value?: string }[]) =>
      client.send(new TagResourceCommand({ SecretId: 'a', Tags })),
    untag: (TagKeys: string[]) => client.send(new UntagResourceCommand({ SecretId: 'a', TagKeys })),
    tags: async () => (await client.send(new DescribeSecretCommand({ SecretId: 'a' }))).Tags,
  }
}

test('tags are added and replaced, and their answer is empty', async () => {
  const { tag, tags } = await started()
  expect(await tags()).toBeUndefined()
  expect(
    await members(
      tag([
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ]),
    ),
  ).toEqual({})
  await tag([{ Key: 'a', Value: '3' }, { Key: 'A' }])
  expect(await tags()).toEqual([
    { Key: 'a', Value: '3' },
    { Key: 'b', Value: '2' },
    { Key: 'A', Value: '' },
  ])
})

test('the last tag gone leaves an empty list; a key that is not there does not matter', async () => {
  const { tag, untag, tags } = await started()
  await untag(['nothing'])
  expect(await tags()).toBeUndefined()
  await tag([{ Key: 'a', Value: '1' }])
  expect(await members(untag(['a', 'nothing']))).toEqual({})
  expect(await tags()).toEqual([])
})

test('a secret has at most 50 tags', async () => {
  const { tag, tags } = await started()
  await tag(Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' })))
  await tag([{ Key: 'k0', Value: 'again' }])
  expect(await refusal(tag([{ Key: 'one more', Value: '' }]))).toEqual({
    name: 'InvalidParameterException',
    message: 'A secret can have at most 50 tags.',
    status: 400,
  })
  expect(await tags()).toHaveLength(50)
})
