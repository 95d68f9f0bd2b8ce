import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { passphraseEncryption, writePulumiProject } from '../../demo/pulumi-project.js'
import { openPulumiConfig, type PulumiConfigOptions } from '../../src/sources/pulumi-config.ts'
import { parsePulumiDocument } from '../../src/sources/pulumi-document.ts'
import { openWithPassphrase } from '../../src/sources/pulumi-passphrase.ts'
import { ciphertextOf, followPath } from '../../src/sources/pulumi-path.ts'
import { readFile } from 'node:fs/promises'
import { failureOf, scene, worldIn, write } from './scene.ts'

const token = 'dckr_pat_UmBPxD-7hnoaNFsKFNk4aJoNDSg'
const pair = { dockerHubUsername: 'sandbox', dockerHubToken: { secret: token } }
const pw = { PULUMI_CONFIG_PASSPHRASE: 'pw' }

/** Made once: to derive a key takes time. */
const encryption = await passphraseEncryption('pw')

type Project = Omit<Parameters<typeof writePulumiProject>[1], 'project' | 'stack' | 'passphrase'>

/** A project with one stack, opened. */
async function open(
  project: Project,
  options: PulumiConfigOptions = {},
  env: Readonly<Record<string, string>> = pw,
) {
  const { directory } = await scene()
  const written = { project: 'acme-infra', stack: 'dev', passphrase: 'pw', encryption, ...project }
  const { projectFile } = await writePulumiProject(directory, written)
  return openPulumiConfig(projectFile, options, worldIn(directory, env))
}

/** A project whose stack file is written by hand. */
async function openText(
  stackFile: string,
  options: PulumiConfigOptions = {},
  env: Readonly<Record<string, string>> = pw,
  projectFile = 'name: acme-infra\nruntime: nodejs\n',
) {
  const { directory, world } = await scene({ 'Pulumi.yaml': projectFile, 'Pulumi.dev.yaml': stackFile }, env)
  return openPulumiConfig(join(directory, 'Pulumi.yaml'), options, world)
}

async function credentialOf(source: Awaited<ReturnType<typeof open>>) {
  const { username, token: secret } = await source.credential()
  return [username, secret.reveal()]
}

describe('reads', () => {
  test('the pair of a stack, and says where it comes from', async () => {
    const source = await open({ config: { ...pair, 'aws:region': 'eu-central-1' } })
    expect({ ...source, credential: await credentialOf(source) }).toEqual({
      kind: 'pulumi',
      description: 'stack dev of project acme-infra (Pulumi.dev.yaml)',
      region: 'eu-central-1',
      warnings: [],
      credential: ['sandbox', token],
    })
  })

  test.each([
    ['with a secret user name', { config: { ...pair, dockerHubUsername: { secret: 'sandbox' } } }, pw],
    [
      'with namespaced keys',
      {
        config: {
          'acme-infra:dockerHubUsername': 'sandbox',
          'acme-infra:config:dockerHubToken': { secret: token },
        },
      },
      pw,
    ],
    ['in JSON', { config: pair, extension: '.json' as const }, pw],
    ['in .yml files', { config: pair, extension: '.yml' as const }, pw],
    ['in stackConfigDir', { config: pair, stackConfigDir: 'stacks' }, pw],
    [
      'with a default of the project',
      {
        config: { dockerHubToken: { secret: token } },
        defaults: { dockerHubUsername: { type: 'string', default: 'sandbox' } },
      },
      pw,
    ],
    [
      'with a bare default of the project',
      { config: { dockerHubToken: { secret: token } }, defaults: { dockerHubUsername: 'sandbox' } },
      pw,
    ],
    [
      'with a value of its own before the project’s',
      { config: pair, defaults: { dockerHubUsername: 'other', dockerHubToken: 'other' } },
      pw,
    ],
  ])('a pair %s', async (_how, project, env) => {
    expect(await credentialOf(await open(project, {}, env))).toEqual(['sandbox', token])
  })

  test.each([
    [
      'dockerHub.username',
      'dockerHub.token',
      { dockerHub: { username: 'sandbox', token: { secret: token } } },
    ],
    [
      'hubs[1].username',
      'hubs[1]["access token"]',
      { hubs: ['x', { username: 'sandbox', 'access token': { secret: token } }] },
    ],
    ['other:user', 'other:obj.token', { 'other:user': 'sandbox', 'other:obj': { token: { secret: token } } }],
    ['["dots.in.name"]', 'other:["a.b"][0]', { 'dots.in.name': 'sandbox', 'other:a.b': [{ secret: token }] }],
  ])('the keys %s and %s', async (usernameKey, tokenKey, config) => {
    expect(await credentialOf(await open({ config }, { usernameKey, tokenKey }))).toEqual(['sandbox', token])
  })

  test('a default of the project that a path leads into', async () => {
    const source = await open(
      {
        config: { dockerHub: { token: { secret: token } } },
        defaults: { 'dockerHub.username': 'sandbox', 'dockerHub.token': 'never' },
      },
      { usernameKey: 'dockerHub.username', tokenKey: 'dockerHub.token' },
    )
    expect(await credentialOf(source)).toEqual(['sandbox', token])
  })

  test('no part of a default that the stack file has its own value for', async () => {
    const hub = {
      config: { dockerHub: { token: { secret: token } } },
      defaults: { dockerHub: { default: { username: 'sandbox' } } },
    }
    const options = { usernameKey: 'dockerHub.username', tokenKey: 'dockerHub.token' }
    expect(await failureOf(() => open(hub, options))).toMatchObject({ code: 'ERR_CREDENTIAL_MISSING' })
    const other = { ...hub, config: { hub: { token: { secret: token } } } }
    expect(await credentialOf(await open(other, { ...options, tokenKey: 'hub.token' }))).toEqual([
      'sandbox',
      token,
    ])
  })

  test('an unquoted 0528 as 0528, and warns', async () => {
    const source = await openText(
      `encryptionsalt: v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==
config:
  dockerHubUsername: 0528   # a comment
  aws:region: 2024-01-02
  dockerHubToken:
    secure: v1:AAECAwQFBgcICQoL:c6DKB6jDdY0jo8G3evr1u49putmSbt7vIIBarZ9c94JSgnIFJNOQFD4=
`,
      {},
      { PULUMI_CONFIG_PASSPHRASE: 'password' },
    )
    expect(await credentialOf(source)).toEqual(['0528', 'dckr_pat_EXAMPLE-not-real'])
    expect(source.warnings).toEqual([
      'dockerHubUsername in Pulumi.dev.yaml is 0528 without quotes, which the pulumi CLI reads as something else; put it in quotes',
      'aws:region in Pulumi.dev.yaml is 2024-01-02 without quotes, which the pulumi CLI reads as something else; put it in quotes',
    ])
  })

  test('the Region of the project where the stack names none', async () => {
    expect(await open({ config: pair, defaults: { 'aws:region': 'us-east-2' } })).toMatchObject({
      region: 'us-east-2',
    })
    expect(await open({ config: pair, defaults: { 'aws:region': { value: 'us-east-2' } } })).toMatchObject({
      region: 'us-east-2',
    })
  })

  test('no Region where there is none, or an encrypted one', async () => {
    expect(await open({ config: pair })).toMatchObject({ region: undefined })
    expect(await open({ config: { ...pair, 'aws:region': { secret: 'eu-west-1' } } })).toMatchObject({
      region: undefined,
    })
  })

  test('the credential once, however often it is asked for', async () => {
    const source = await open({ config: pair })
    expect(await source.credential()).toBe(await source.credential())
  })

  test('a project elsewhere by its path from here', async () => {
    const { directory } = await scene()
    const written = { project: 'acme-infra', stack: 'dev', passphrase: 'pw', config: pair }
    const { projectFile } = await writePulumiProject(join(directory, 'infrastructure'), written)
    const source = await openPulumiConfig(projectFile, {}, worldIn(directory, pw))
    expect(source.description).toBe('stack dev of project acme-infra (infrastructure/Pulumi.dev.yaml)')
  })
})

test('reads whatever text was encrypted into a stack file, at whatever key', async () => {
  const { directory } = await scene()
  const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__proto__')
  const texts = fc.sample(fc.tuple(name, fc.string({ unit: 'binary' })), 100)
  const secrets = Object.fromEntries(texts.map(([key, text]) => [key, { secret: text }]))
  const written = { project: 'acme-infra', stack: 'dev', passphrase: 'pw', config: { all: secrets } }
  const { stackFile } = await writePulumiProject(directory, written)
  const document = parsePulumiDocument(stackFile, await readFile(stackFile, 'utf8'))
  const salt = followPath(document, ['encryptionsalt'])
  const passphrase = { bytes: Buffer.from('pw'), origin: '' }
  const decrypt = await openWithPassphrase(salt?.kind === 'text' ? salt.text : '', passphrase, stackFile)
  for (const [key, { secret }] of Object.entries(secrets)) {
    const node = followPath(document, ['config', 'acme-infra:all', key])
    expect(decrypt((node && ciphertextOf(node)) ?? '')?.reveal()).toBe(secret)
  }
})

describe('refuses', () => {
  test.each([
    [
      'both missing',
      {},
      {},
      'dockerHubUsername and dockerHubToken are not set for stack dev (Pulumi.dev.yaml)',
      'run `pulumi config set dockerHubUsername --stack dev`; run `pulumi config set --secret dockerHubToken --stack dev`',
    ],
    [
      'a missing token',
      { dockerHubUsername: 'sandbox' },
      {},
      'dockerHubToken is not set for stack dev (Pulumi.dev.yaml), so half of the pair is missing',
      'run `pulumi config set --secret dockerHubToken --stack dev`',
    ],
    [
      'a missing user name',
      { dockerHubToken: { secret: token } },
      {},
      'dockerHubUsername is not set for stack dev (Pulumi.dev.yaml), so half of the pair is missing',
      'run `pulumi config set dockerHubUsername --stack dev`',
    ],
    [
      'a user name of nothing',
      { dockerHubUsername: null, dockerHubToken: { secret: token } },
      {},
      'dockerHubUsername is not set for stack dev (Pulumi.dev.yaml), so half of the pair is missing',
      'run `pulumi config set dockerHubUsername --stack dev`',
    ],
    [
      'an empty user name',
      { dockerHubUsername: '', dockerHubToken: { secret: token } },
      {},
      'dockerHubUsername is not set for stack dev (Pulumi.dev.yaml), so half of the pair is missing',
      'run `pulumi config set dockerHubUsername --stack dev`',
    ],
    [
      'a path that leads nowhere',
      { dockerHubUsername: 'sandbox', hub: { token: { secret: token } } },
      { tokenKey: 'hub["the token"]' },
      'hub["the token"] is not set for stack dev (Pulumi.dev.yaml), so half of the pair is missing',
      `run \`pulumi config set --secret --path 'hub["the token"]' --stack dev\``,
    ],
    [
      'another namespace',
      { 'other:dockerHubToken': { secret: token }, dockerHubUsername: 'sandbox' },
      {},
      'dockerHubToken is not set for stack dev (Pulumi.dev.yaml), so half of the pair is missing',
      'run `pulumi config set --secret dockerHubToken --stack dev`',
    ],
    [
      'dots that are no path',
      { dockerHubUsername: 'sandbox', 'hub.token': { secret: token } },
      { tokenKey: 'hub.token' },
      'hub.token is not set for stack dev (Pulumi.dev.yaml), so half of the pair is missing',
      `run \`pulumi config set --secret --path hub.token --stack dev\`; if the key has dots in its name, use --token-key '["hub.token"]'`,
    ],
  ])('%s', async (_what, config, options, message, hint) => {
    expect(await failureOf(() => open({ config }, options))).toEqual({
      code: 'ERR_CREDENTIAL_MISSING',
      message,
      hint,
    })
  })

  test.each([
    [
      'a token in plain text',
      { config: { ...pair, dockerHubToken: 'canary' } },
      {},
      'dockerHubToken in Pulumi.dev.yaml is in plain text',
      'run `pulumi config set --secret dockerHubToken --stack dev`, which encrypts it; make a new token if others could read this one',
    ],
    [
      'a token in plain text within a map',
      { config: { dockerHubUsername: 'sandbox', hub: { token: 'canary' } } },
      { tokenKey: 'hub.token' },
      'hub.token in Pulumi.dev.yaml is in plain text',
      'run `pulumi config set --secret --path hub.token --stack dev`, which encrypts it; make a new token if others could read this one',
    ],
    [
      'a token in plain text in the project file',
      { config: { dockerHubUsername: 'sandbox' }, defaults: { dockerHubToken: 'canary' } },
      {},
      'dockerHubToken in Pulumi.yaml is in plain text',
      'take it out of Pulumi.yaml, then run `pulumi config set --secret dockerHubToken --stack dev`, which encrypts it; make a new token if others could read this one',
    ],
    [
      'a token that is a map',
      { config: { ...pair, dockerHubToken: { token: { secret: 'canary' } } } },
      {},
      'dockerHubToken of stack dev (Pulumi.dev.yaml) is a map or a list, not one value',
      'name the value inside it, such as --token-key dockerHubToken.token',
    ],
    [
      'a user name that is a list',
      { config: { ...pair, dockerHubUsername: ['sandbox'] } },
      {},
      'dockerHubUsername of stack dev (Pulumi.dev.yaml) is a map or a list, not one value',
      'name the value inside it, such as --username-key dockerHubUsername.username',
    ],
  ])('%s, and does not repeat it', async (_what, project, options, message, hint) => {
    expect(await failureOf(() => open(project, options))).toEqual({
      code: 'ERR_CREDENTIAL_INVALID',
      message,
      hint,
    })
  })

  test.each([
    [
      'a line break at the end of the token',
      { ...pair, dockerHubToken: { secret: 'canary\n' } },
      'ERR_CREDENTIAL_INVALID',
      'dockerHubToken of stack dev (Pulumi.dev.yaml) ends with a line break',
      'run `pulumi config set --secret dockerHubToken --stack dev`, without it; a line break at the end comes from echo or an editor (printf %s adds none)',
    ],
    [
      'a space before the user name',
      { ...pair, dockerHubUsername: ' sandbox' },
      'ERR_CREDENTIAL_INVALID',
      'dockerHubUsername of stack dev (Pulumi.dev.yaml) begins with a space',
      'run `pulumi config set dockerHubUsername --stack dev`, without it; a line break at the end comes from echo or an editor (printf %s adds none)',
    ],
    [
      'a placeholder',
      { ...pair, dockerHubToken: { secret: 'your_token' } },
      'ERR_CREDENTIAL_INVALID',
      'dockerHubToken of stack dev (Pulumi.dev.yaml) is a placeholder, not a real value',
      'run `pulumi config set --secret dockerHubToken --stack dev`',
    ],
    [
      'an empty token',
      { ...pair, dockerHubToken: { secret: '' } },
      'ERR_CREDENTIAL_MISSING',
      'dockerHubToken of stack dev (Pulumi.dev.yaml) is empty',
      'run `pulumi config set --secret dockerHubToken --stack dev`',
    ],
    [
      'a token of 64 KB',
      { ...pair, dockerHubToken: { secret: 'y'.repeat(65_536) } },
      'ERR_CREDENTIAL_INVALID',
      'dockerHubToken of stack dev (Pulumi.dev.yaml) is too large: Secrets Manager takes at most 65,536 bytes',
      'run `pulumi config set --secret dockerHubToken --stack dev`',
    ],
  ])('%s once it is decrypted', async (_what, config, code, message, hint) => {
    const source = await open({ config })
    expect(await failureOf(() => source.credential())).toEqual({ code, message, hint })
  })

  test('a wrong passphrase, and none at all', async () => {
    const wrong = await open({ config: pair }, {}, { PULUMI_CONFIG_PASSPHRASE: 'canary' })
    const { message, ...failure } = await failureOf(() => wrong.credential())
    expect(message).toMatch(/^wrong passphrase for .*Pulumi\.dev\.yaml$/)
    expect(failure).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      hint: 'set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with',
    })
    const none = await open({ config: pair }, {}, {})
    expect(await failureOf(() => none.credential())).toMatchObject({
      code: 'ERR_SOURCE_UNREADABLE',
      message: 'no passphrase for the stack’s secrets',
    })
  })

  test('a ciphertext that was tampered with', async () => {
    const source = await openText(
      `encryptionsalt: v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==
config:
  dockerHubUsername: sandbox
  dockerHubToken:
    secure: v1:AAECAwQFBgcICQoL:d6DKB6jDdY0jo8G3evr1u49putmSbt7vIIBarZ9c94JSgnIFJNOQFD4=
`,
      {},
      { PULUMI_CONFIG_PASSPHRASE: 'password' },
    )
    const { message, ...failure } = await failureOf(() => source.credential())
    expect(message).toMatch(
      /^the encrypted dockerHubToken in .*Pulumi\.dev\.yaml is damaged: the stack’s key does not open it$/,
    )
    expect(failure).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      hint: 'bring it back from version control, or set it again: pulumi config set --secret dockerHubToken --stack dev',
    })
  })

  test.each([
    [
      'secrets under a passphrase without a salt',
      'config:\n  dockerHubUsername: u\n  dockerHubToken: {secure: "v1:AAECAwQFBgcICQoL:c6DK"}\n',
      /^\/.*Pulumi\.dev\.yaml has secrets under a passphrase and no encryptionsalt, so they cannot be opened$/,
    ],
    [
      'one key in two spellings',
      'config:\n  dockerHubUsername: u\n  dockerHubToken: {secure: a}\n  acme-infra:dockerHubToken: {secure: b}\n',
      /Pulumi\.dev\.yaml is not a stack file: it has dockerHubToken and acme-infra:dockerHubToken, which are one key$/,
    ],
    ['a list for a stack file', '- a\n', /Pulumi\.dev\.yaml is not a stack file: it is not a map$/],
    ['a list for config', 'config: [a]\n', /Pulumi\.dev\.yaml is not a stack file: its config is not a map$/],
    [
      'malformed YAML',
      'config:\n  a: b\n\tc: d\n',
      /Pulumi\.dev\.yaml:3 is malformed: a tab is used as indentation$/,
    ],
  ])('%s', async (_what, text, message) => {
    expect(await failureOf(() => openText(text))).toMatchObject({
      code: 'ERR_SOURCE_UNREADABLE',
      message: expect.stringMatching(message) as string,
    })
  })

  test('a stack without a file, where Pulumi Cloud cannot have it', async () => {
    const { directory, world } = await scene(
      { 'Pulumi.yaml': 'name: acme-infra\n', 'Pulumi.dev.yaml': '', 'Pulumi.prod.yaml': '' },
      { PULUMI_BACKEND_URL: 'file:///state' },
    )
    const run = () => openPulumiConfig(join(directory, 'Pulumi.yaml'), { stack: 'nope' }, world)
    expect(await failureOf(run)).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: `there is no stack file ${join(directory, 'Pulumi.nope.yaml')}`,
      hint: 'project acme-infra has files for these stacks: dev, prod',
    })
  })

  test('a key that is none, before anything is read', async () => {
    expect(await failureOf(() => open({ config: pair }, { tokenKey: 'a[' }))).toMatchObject({
      code: 'ERR_USAGE',
      message: 'not a Pulumi config key: a[ (a closing bracket is missing)',
    })
  })
})

test('names the project’s directory in its commands when pulumi would not find it from here', async () => {
  const { directory } = await scene()
  await write(join(directory, 'a b', 'Pulumi.yaml'), 'name: acme-infra\n')
  await write(join(directory, 'a b', 'Pulumi.dev.yaml'), 'config: {dockerHubUsername: u}\n')
  await write(join(directory, 'a b', 'below', 'x'), '')
  const hintFrom = async (cwd: string) => {
    const run = () =>
      openPulumiConfig(join(directory, 'a b', 'Pulumi.yaml'), {}, worldIn(join(directory, cwd)))
    return (await failureOf(run)).hint
  }
  expect(await hintFrom('.')).toBe("run `pulumi config set --secret dockerHubToken --stack dev --cwd 'a b'`")
  expect(await hintFrom('a b/below')).toBe('run `pulumi config set --secret dockerHubToken --stack dev`')
})
