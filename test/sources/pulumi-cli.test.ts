import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { openPulumiConfig, type PulumiConfigOptions } from '../../src/sources/pulumi-config.ts'
import type { World } from '../../src/world.ts'
import { standInForPulumi, type StandInAnswer } from './pulumi-stand-in.ts'
import { failureOf, scene, worldIn } from './scene.ts'

const kms = `secretsprovider: awskms://alias/x?region=us-east-1
encryptedkey: AAAA
config:
  dockerHubUsername: 0528
  dockerHubToken:
    secure: v1:AAECAwQFBgcICQoL:c6DKB6jDdY0jo8G3evr1u49putmSbt7vIIBarZ9c94JSgnIFJNOQFD4=
`

/** What `pulumi config --json --show-secrets` prints. */
const answer = (config: Readonly<Record<string, unknown>>) => `${JSON.stringify(config, null, 2)}\n`

const pairAnswer = answer({
  'acme-infra:dockerHubToken': { value: 'dckr_pat_canary', secret: true },
  'acme-infra:dockerHubUsername': { value: '528', secret: false },
})

interface Setup {
  readonly stackFile?: string | undefined
  readonly options?: PulumiConfigOptions
  readonly env?: Readonly<Record<string, string>>
  readonly world?: Partial<World>
}

/** A project beside a stand-in for the CLI. */
async function setUp(standIn: StandInAnswer | undefined, setup: Setup = {}) {
  const { stackFile, options = {}, env = {}, world = {} } = { stackFile: kms, ...setup }
  const files = { 'p/Pulumi.yaml': 'name: acme-infra\n', 'p/Pulumi.prod.yaml': '' }
  const { directory } = await scene(
    stackFile === undefined ? files : { ...files, 'p/Pulumi.dev.yaml': stackFile },
  )
  const cli = standIn && (await standInForPulumi(directory, standIn))
  const here = worldIn(directory, { PATH: cli?.PATH ?? join(directory, 'nothing'), ...env }, world)
  return {
    directory,
    calls: () => cli?.calls(),
    open: () => openPulumiConfig(join(directory, 'p', 'Pulumi.yaml'), { stack: 'dev', ...options }, here),
  }
}

async function credentialFrom(standIn: StandInAnswer | undefined, setup: Setup = {}) {
  const { open } = await setUp(standIn, setup)
  const { username, token } = await (await open()).credential()
  return [username, token.reveal()]
}

describe('asks the CLI', () => {
  test('once, in the project’s directory, with nothing secret in argv', async () => {
    const env = {
      AWS_PROFILE: 'p',
      DOCKER_HUB_TOKEN: 'canary',
      PULUMI_CONFIG_PASSPHRASE: 'pw',
      PULUMI_CONFIG_PASSPHRASE_FILE: 'f',
    }
    const { directory, calls, open } = await setUp({ stdout: pairAnswer }, { env })
    const source = await open()
    expect(await calls()).toEqual([])
    await source.credential()
    await source.credential()
    const made = await calls()
    const { PATH } = made?.[0]?.env ?? {}
    expect(made).toEqual([
      {
        args: ['config', '--json', '--show-secrets', '--non-interactive', '--stack', 'dev'],
        cwd: join(directory, 'p'),
        // The CLI would write a salt into a stack file that has none, given a passphrase.
        env: { AWS_PROFILE: 'p', PATH },
      },
    ])
  })

  test.each([
    ['a key management service', kms],
    ['Pulumi Cloud', 'config:\n  dockerHubUsername: 0528\n  dockerHubToken: {secure: AAABADvfxlHbBYM6}\n'],
    ['an environment that has the token', 'environment: [a/b]\nconfig: {dockerHubUsername: 0528}\n'],
  ])('for %s, and keeps the text of what is plain in the file', async (_what, stackFile) => {
    expect(await credentialFrom({ stdout: pairAnswer }, { stackFile })).toEqual(['0528', 'dckr_pat_canary'])
  })

  test.each([
    ['an environment written out', 'environment: {values: {}}\n'],
    ['an environment over a project default', 'environment: [a/b]\nconfig: {}\n'],
    ['config kept in Pulumi Cloud', undefined],
  ])('for both, with %s', async (_what, stackFile) => {
    expect(await credentialFrom({ stdout: pairAnswer }, { stackFile })).toEqual(['528', 'dckr_pat_canary'])
  })

  test.each(['environment: []\n', 'environment:\n', 'environment: {}\n'])('not for %j', async (stackFile) => {
    const { open, calls } = await setUp({ stdout: pairAnswer }, { stackFile })
    expect(await failureOf(open)).toMatchObject({ code: 'ERR_CREDENTIAL_MISSING' })
    expect(await calls()).toEqual([])
  })

  test('not where the passphrase is enough, environments or not', async () => {
    const stackFile = `environment: [a/b]
encryptionsalt: v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==
config:
  dockerHubUsername: sandbox
  dockerHubToken:
    secure: v1:AAECAwQFBgcICQoL:c6DKB6jDdY0jo8G3evr1u49putmSbt7vIIBarZ9c94JSgnIFJNOQFD4=
`
    const { open, calls } = await setUp(
      { exitCode: 255 },
      { stackFile, env: { PULUMI_CONFIG_PASSPHRASE: 'password' } },
    )
    expect((await (await open()).credential()).username).toBe('sandbox')
    expect(await calls()).toEqual([])
  })

  test('with the passphrase, where the stack file has a salt', async () => {
    const stackFile =
      'environment: [a/b]\nencryptionsalt: v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==\n'
    const { open, calls } = await setUp(
      { stdout: pairAnswer },
      { stackFile, env: { PULUMI_CONFIG_PASSPHRASE: 'pw' } },
    )
    await open()
    expect((await calls())?.map(({ env }) => env['PULUMI_CONFIG_PASSPHRASE'])).toEqual(['pw'])
  })

  test('with the passphrase, where the state says how secrets are encrypted', async () => {
    const stackFile = 'config:\n  dockerHubUsername: 0528\n  dockerHubToken: {secure: "v1:a:b"}\n'
    const env = { PULUMI_CONFIG_PASSPHRASE: 'pw', PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: 'true' }
    const { open, calls } = await setUp({ stdout: pairAnswer }, { stackFile, env })
    await (await open()).credential()
    expect((await calls())?.map((call) => call.env['PULUMI_CONFIG_PASSPHRASE'])).toEqual(['pw'])
  })

  test('for the Region too, if it asks at all and an environment may have it', async () => {
    const stdout = answer({
      'acme-infra:dockerHubToken': { value: 'dckr_pat_canary', secret: true },
      'acme-infra:dockerHubUsername': { value: 'sandbox', secret: false },
      'aws:region': { value: 'ap-south-1', secret: false },
    })
    const { open, calls } = await setUp({ stdout }, { stackFile: 'environment: [a/b]\n' })
    const source = await open()
    expect(source.region).toBe('ap-south-1')
    await source.credential()
    expect(await calls()).toHaveLength(1)
  })

  test('by the qualified name the user gave', async () => {
    const { open, calls } = await setUp({ stdout: pairAnswer }, { options: { stack: 'acme/acme-infra/dev' } })
    await (await open()).credential()
    expect((await calls())?.[0]?.args.at(-1)).toBe('acme/acme-infra/dev')
  })
})

describe('reads in the answer', () => {
  test('values at any depth, numbers by their text', async () => {
    const stdout = answer({
      'acme-infra:hub': {
        value: '…',
        objectValue: { users: ['x', 12345678], token: 'dckr_pat_"canary"\n\\x😀' },
        secret: true,
      },
    }).replace('12345678', '12345678901234567890')
    const options = { usernameKey: 'hub.users[1]', tokenKey: 'hub.token' }
    expect(await credentialFrom({ stdout }, { stackFile: 'environment: [a/b]\n', options })).toEqual([
      '12345678901234567890',
      'dckr_pat_"canary"\n\\x😀',
    ])
  })

  test.each([
    [
      'diagnostics after the JSON',
      `${pairAnswer}\nEnvironment diagnostics:\na/b:3:5: unknown property {x}\n}\n`,
    ],
    ['a notice before the JSON', `Logging in\n${pairAnswer}`],
    ['a secret user name', pairAnswer.replace('"secret": false', '"secret": true')],
  ])('the pair, %s or not', async (_what, stdout) => {
    expect(await credentialFrom({ stdout }, { stackFile: 'environment: [a/b]\n' })).toEqual([
      '528',
      'dckr_pat_canary',
    ])
  })

  test.each([
    ['', 'the answer of the pulumi CLI is not the JSON it should be'],
    ['dckr_pat_canary', 'the answer of the pulumi CLI is not the JSON it should be'],
    [
      '{\n  "acme-infra:dockerHubToken": {"value": "dckr_pat_canary"\n',
      'the answer of the pulumi CLI is not the JSON it should be',
    ],
    ['[]', 'the answer of the pulumi CLI is not the JSON it should be'],
  ])('nothing if it is %j', async (stdout, message) => {
    const { open } = await setUp({ stdout })
    const source = await open()
    expect(await failureOf(() => source.credential())).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message,
      hint: 'compare `pulumi config --json --stack dev`, and update the CLI if it is old',
    })
  })

  test.each([
    [
      {},
      'ERR_CREDENTIAL_MISSING',
      'dockerHubUsername and dockerHubToken are not set for stack dev (p/Pulumi.dev.yaml)',
    ],
    [
      { 'acme-infra:dockerHubUsername': { value: 'sandbox', secret: false } },
      'ERR_CREDENTIAL_MISSING',
      'dockerHubToken is not set for stack dev (p/Pulumi.dev.yaml), so half of the pair is missing',
    ],
    [
      {
        'acme-infra:dockerHubUsername': { value: 'sandbox', secret: false },
        'acme-infra:dockerHubToken': { value: 'dckr_pat_canary', secret: false },
      },
      'ERR_CREDENTIAL_INVALID',
      'dockerHubToken of stack dev (p/Pulumi.dev.yaml) is in plain text',
    ],
    [
      {
        'acme-infra:dockerHubUsername': { value: 'sandbox', secret: false },
        'acme-infra:dockerHubToken': { value: '{}', objectValue: {}, secret: true },
      },
      'ERR_CREDENTIAL_INVALID',
      'dockerHubToken of stack dev (p/Pulumi.dev.yaml) is a map or a list, not one value',
    ],
    [
      {
        'acme-infra:dockerHubUsername': { value: '[]', objectValue: [], secret: false },
        'acme-infra:dockerHubToken': { value: 'dckr_pat_canary', secret: true },
      },
      'ERR_CREDENTIAL_INVALID',
      'dockerHubUsername of stack dev (p/Pulumi.dev.yaml) is a map or a list, not one value',
    ],
    [
      {
        'acme-infra:dockerHubUsername': { value: 'sandbox', secret: false },
        'acme-infra:dockerHubToken': { value: '[unknown]', secret: true },
      },
      'ERR_SOURCE_UNREADABLE',
      'the stack’s environment does not yield dockerHubToken',
    ],
  ])('no credential in %j', async (config, code, message) => {
    const { open } = await setUp({ stdout: answer(config) }, { stackFile: 'environment: [a/b]\n' })
    const source = await open()
    expect(await failureOf(() => source.credential())).toMatchObject({ code, message })
  })
})

describe('says what is wrong when', () => {
  test.each([
    ['its secrets provider is awskms', kms],
    ['its secrets provider is gcpkms', kms.replace('awskms', 'gcpkms')],
    ['its secrets provider is azurekeyvault', kms.replace('awskms', 'azurekeyvault')],
    ['its secrets provider is hashivault', kms.replace('awskms', 'hashivault')],
    [
      'its secrets are encrypted by Pulumi Cloud',
      'config:\n  dockerHubUsername: u\n  dockerHubToken: {secure: AAAA}\n',
    ],
  ])('there is no CLI, and %s', async (because, stackFile) => {
    const { open } = await setUp(undefined, { stackFile })
    const source = await open()
    expect(await failureOf(() => source.credential())).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: `stack dev needs the pulumi CLI, since ${because}, and there is no pulumi on PATH`,
      hint: 'install it (https://www.pulumi.com/docs/install/; in GitHub Actions, pulumi/actions without a command does)',
    })
  })

  test('there is no CLI, and environments may have the pair', async () => {
    const { open } = await setUp(undefined, { stackFile: 'environment: [a/b]\n' })
    expect(await failureOf(open)).toMatchObject({
      code: 'ERR_SOURCE_UNREADABLE',
      message:
        'stack dev needs the pulumi CLI, since it uses Pulumi ESC environments, and there is no pulumi on PATH',
    })
  })

  test.each([
    [
      { exitCode: 6, stderr: "error: no stack named 'dev' found\n" },
      'pulumi knows no stack dev',
      '`pulumi stack ls` lists those it knows',
    ],
    [
      { exitCode: 255, stderr: "error: no stack named 'dev' found\n" },
      'pulumi knows no stack dev',
      '`pulumi stack ls` lists those it knows',
    ],
    [
      { exitCode: 3, stderr: 'error: …\n' },
      'the pulumi CLI is not logged in',
      'set PULUMI_ACCESS_TOKEN, or run `pulumi login`',
    ],
    [
      {
        exitCode: 255,
        stderr: 'error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions\n',
      },
      'the pulumi CLI is not logged in',
      'set PULUMI_ACCESS_TOKEN, or run `pulumi login`',
    ],
    [
      {
        exitCode: 1,
        stderr:
          'SDK 2026/11/23 WARN falling back\nerror: 2 errors occurred:\n    1) operation error KMS: Decrypt, AccessDeniedException: not authorized\n    2) Unknown\nmore\n',
      },
      'the pulumi CLI could not open the config of stack dev (its secrets provider is awskms): 2 errors occurred: 1) operation error KMS: Decrypt, AccessDeniedException: not authorized 2) Unknown',
      'run `pulumi config --stack dev` to see why',
    ],
    [
      { exitCode: 1, stderr: 'error: cannot decode dckr_pat_canary\n', stdout: 'dckr_pat_canary' },
      'the pulumi CLI could not open the config of stack dev (its secrets provider is awskms)',
      'run `pulumi config --stack dev` to see why',
    ],
    [
      { exitCode: 2 },
      'the pulumi CLI could not open the config of stack dev (its secrets provider is awskms)',
      'run `pulumi config --stack dev` to see why',
    ],
  ])('the CLI fails with %j', async (standIn, message, hint) => {
    const { open } = await setUp(standIn)
    const source = await open()
    expect(await failureOf(() => source.credential())).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message,
      hint,
    })
  })

  test('secrets of Pulumi Cloud meet a CLI that is logged in elsewhere', async () => {
    const stackFile = 'config:\n  dockerHubUsername: u\n  dockerHubToken: {secure: AAAA}\n'
    const stderr = 'error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or …\n'
    const source = await (await setUp({ exitCode: 1, stderr }, { stackFile })).open()
    expect(await failureOf(() => source.credential())).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message:
        'stack dev needs Pulumi Cloud, since its secrets are encrypted by Pulumi Cloud, and pulumi uses another backend',
      hint: 'log in to Pulumi Cloud with `pulumi login`, and check PULUMI_BACKEND_URL',
    })
  })

  test('the CLI finds the passphrase wrong', async () => {
    const stackFile =
      'environment: [a/b]\nencryptionsalt: v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==\n'
    const { open } = await setUp({ exitCode: 1, stderr: 'error: incorrect passphrase\n' }, { stackFile })
    expect(await failureOf(open)).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: 'no passphrase, or a wrong one, for stack dev',
      hint: 'set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with',
    })
  })

  test('the stack file lacks the data key, of which the CLI would make a new one', async () => {
    const stackFile = kms.replace(/encryptedkey.*\n/, '')
    const { directory, open, calls } = await setUp({ stdout: pairAnswer }, { stackFile })
    expect(await failureOf(open)).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: `${join(directory, 'p/Pulumi.dev.yaml')} has a secretsprovider and no encryptedkey, so its secrets cannot be opened`,
      hint: 'bring its encryptedkey back from version control',
    })
    expect(await calls()).toEqual([])
  })

  test('the CLI does not answer in time', async () => {
    const { open } = await setUp({ hangs: true, stdout: pairAnswer }, { world: { timeoutMs: 100 } })
    const source = await open()
    expect(await failureOf(() => source.credential())).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: 'the pulumi CLI did not answer within 0.4 s',
      hint: 'run `pulumi config --stack dev` to see what it waits for',
    })
  })

  test('the user interrupts', async () => {
    const interruption = new AbortController()
    const { open } = await setUp({ hangs: true }, { world: { signal: interruption.signal } })
    const credential = (await open()).credential()
    interruption.abort()
    expect(await failureOf(() => credential)).toMatchObject({
      code: 'ERR_INTERRUPTED',
      message: 'interrupted',
    })
  })

  test('PULUMI_CLOUD_SECRET_OVERRIDE would make the CLI write another key', async () => {
    const env = { PULUMI_CLOUD_SECRET_OVERRIDE: 'awskms://alias/other' }
    const { open, calls } = await setUp({ stdout: pairAnswer }, { env })
    expect(await failureOf(open)).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: 'PULUMI_CLOUD_SECRET_OVERRIDE names another secrets provider than the stack file',
      hint: 'unset PULUMI_CLOUD_SECRET_OVERRIDE for this command',
    })
    expect(await calls()).toEqual([])
  })

  test.each([
    [{ exitCode: 6, stderr: "error: no stack named 'nope' found\n" }, 'pulumi knows no stack nope'],
    [
      undefined,
      'stack nope needs the pulumi CLI, since it has no stack file here, and there is no pulumi on PATH',
    ],
  ])('neither a file nor the CLI knows the stack', async (standIn, reason) => {
    const { directory, open } = await setUp(standIn, { options: { stack: 'nope' } })
    expect(await failureOf(open)).toEqual({
      code: 'ERR_SOURCE_UNREADABLE',
      message: `there is no stack file ${join(directory, 'p', 'Pulumi.nope.yaml')}`,
      hint: `project acme-infra has files for these stacks: dev, prod; if Pulumi Cloud keeps this stack’s config: ${reason}`,
    })
  })
})

test('keeps the token out of every error, whatever the CLI writes where', async () => {
  const texts = [
    { stdout: pairAnswer },
    { stderr: `error: dial tcp ${'x'.repeat(400)}\ndckr_pat_canary` },
    { stdout: 'dckr_pat_canary' },
  ]
  for (const text of texts) {
    for (const exitCode of [1, 2, 3, 6, 255]) {
      const { open } = await setUp({ ...text, exitCode })
      const source = await open()
      const error: unknown = await source.credential().catch((caught: unknown) => caught)
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('canary')
    }
  }
})
