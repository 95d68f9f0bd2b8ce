import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseConfigFile, readConfigFile } from '../src/config.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pullthrough-config-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('reads options by the names of their flags, one or many', async () => {
  const text = `
source: pulumi
stack: dev
usernameKey: dockerHub.username
tokenKey: dockerHub.token
region: us-east-1
account: 012345678901
repo: [acme/widgets, acme/gadgets]
policy: allow-only
reader: arn:aws:iam::123456789012:role/ci
`
  expect(await parseConfigFile(text, 'pullthrough.yaml')).toEqual({
    source: 'pulumi',
    stack: 'dev',
    usernameKey: 'dockerHub.username',
    tokenKey: 'dockerHub.token',
    region: ['us-east-1'],
    account: '012345678901',
    repo: ['acme/widgets', 'acme/gadgets'],
    policy: 'allow-only',
    reader: ['arn:aws:iam::123456789012:role/ci'],
  })
})

test.each([
  ['nothing', ''],
  ['a comment', '# nothing yet\n'],
])('takes %s for no options', async (_what, text) => {
  expect(await parseConfigFile(text, 'f')).toEqual({})
})

test.each([
  ['malformed YAML', 'stack: dev\nregion: [us-east-1\n', /^f:\d+: /],
  ['an unknown option', 'regoin: us-east-1', /^f: Unrecognized key: "regoin"$/],
  ['an account that lost its zero', 'account: 12345678901', /^f: account: an AWS account has twelve digits/],
  ['an alias of nothing', 'region: *x', /^f: Unresolved alias/],
  ['an account that is none', 'account: "123"', /^f: account: an AWS account has twelve digits/],
  ['an unknown policy', 'policy: none', /^f: policy: Invalid option/],
  ['an empty stack', 'stack: ""', /^f: stack: /],
  ['a list', '- stack', /^f: Invalid input: expected object/],
])('refuses %s', async (_what, text, message) => {
  await expect(parseConfigFile(text, 'f')).rejects.toMatchObject({
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringMatching(message) as unknown,
  })
})

test('never shows a token that somebody put there', async () => {
  const refusal = await parseConfigFile('token: dckr_pat_canary', 'f').catch((error: unknown) => error)
  expect(String(refusal)).toBe('PullthroughError: f: Unrecognized key: "token"')
})

test('reads the file beside the project, or the named one if it is there', async () => {
  const path = join(directory, 'pullthrough.json')
  await writeFile(path, '{"stack":"prod"}')
  expect(await readConfigFile(undefined, directory)).toEqual({ path, options: { stack: 'prod' } })
  expect(await readConfigFile(undefined, join(directory, 'absent'))).toEqual({ path: undefined, options: {} })
  const missing = join(directory, 'missing.yaml')
  await expect(readConfigFile(missing, directory)).rejects.toMatchObject({
    code: 'ERR_CONFIG_INVALID',
    message: `there is no config file ${missing}`,
  })
})
