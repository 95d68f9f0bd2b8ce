import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { settingsFrom } from '../../src/cli/commands/settings.ts'
import { syncCommand, type SyncFlags } from '../../src/cli/commands/sync.ts'
import type { World } from '../../src/world.ts'

/** What the flags mean that nobody gave. */
const unset = {
  region: [],
  repo: [],
  reader: [],
  restore: false,
  skipProof: false,
  timeout: 10,
  dryRun: false,
  json: false,
  verbose: false,
}

const everything = `
source: env
stack: dev
usernameKey: hub.username
tokenKey: hub.token
region: [eu-west-1, eu-west-3]
account: "123456789012"
repo: acme/gadgets
only: aws
policy: allow-only
reader:
  - arn:aws:iam::123456789012:role/file
`

/** A directory with files; it goes with the test. */
async function place(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pullthrough-settings-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), text)
  }
  return directory
}

/** The settings of a command line that was typed in a directory. */
async function settingsOf(cwd: string, ...argv: string[]) {
  let given: SyncFlags | undefined
  const command = syncCommand((flags) => {
    given = flags
    return Promise.resolve()
  })
  await command.parseAsync(argv, { from: 'user' })
  if (!given) throw new Error('the command did not run')
  return settingsFrom(given, worldIn(cwd))
}

function worldIn(cwd: string): World {
  return {
    env: {},
    cwd,
    fetch: () => Promise.reject(new Error('no request is expected')),
    now: () => new Date('2026-11-23T12:00:00Z'),
    signal: new AbortController().signal,
    timeoutMs: 1000,
    note: () => undefined,
  }
}

const project = { 'Pulumi.yaml': 'name: acme\nruntime: nodejs\n' }

test('without flags and file there is nothing but what flags mean that are not given', async () => {
  const directory = await place(project)

  expect(await settingsOf(directory)).toEqual({ ...unset, directory, configFile: undefined })
})

test('every flag says what it says', async () => {
  const directory = await place(project)

  const settings = await settingsOf(
    directory,
    ...['--cwd', '.', '--source', 'env', '--stack', 'dev', '--username-key', 'hub.username'],
    ...['--token-key', 'hub.token', '--region', 'us-east-1', '--region', 'us-west-2'],
    ...['--account', '012345678901', '--repo', 'acme/widgets', '--repo', 'acme/gadgets', '--only', 'github'],
    ...[
      '--policy',
      'allow-only',
      '--reader',
      'arn:aws:iam::123456789012:role/ci',
      '--restore',
      '--skip-proof',
    ],
    ...['--timeout', '2.5', '--dry-run', '--json', '--verbose'],
  )

  expect(settings).toEqual({
    cwd: '.',
    source: 'env',
    stack: 'dev',
    usernameKey: 'hub.username',
    tokenKey: 'hub.token',
    region: ['us-east-1', 'us-west-2'],
    account: '012345678901',
    repo: ['acme/widgets', 'acme/gadgets'],
    only: 'github',
    policy: 'allow-only',
    reader: ['arn:aws:iam::123456789012:role/ci'],
    restore: true,
    skipProof: true,
    timeout: 2.5,
    dryRun: true,
    json: true,
    verbose: true,
    directory,
    configFile: undefined,
  })
})

test('the file speaks where flags say nothing', async () => {
  const directory = await place({ ...project, 'pullthrough.yaml': everything })

  expect(await settingsOf(directory, '--dry-run')).toEqual({
    ...unset,
    dryRun: true,
    source: 'env',
    stack: 'dev',
    usernameKey: 'hub.username',
    tokenKey: 'hub.token',
    region: ['eu-west-1', 'eu-west-3'],
    account: '123456789012',
    repo: ['acme/gadgets'],
    only: 'aws',
    policy: 'allow-only',
    reader: ['arn:aws:iam::123456789012:role/file'],
    directory,
    configFile: join(directory, 'pullthrough.yaml'),
  })
})

test.each<[argv: readonly string[], setting: object]>([
  [['--source', 'pulumi'], { source: 'pulumi' }],
  [['--stack', 'prod'], { stack: 'prod' }],
  [['--username-key', 'u'], { usernameKey: 'u' }],
  [['--token-key', 't'], { tokenKey: 't' }],
  [['--region', 'us-east-1'], { region: ['us-east-1'] }],
  [['--account', '999999999999'], { account: '999999999999' }],
  [['--repo', 'acme/widgets'], { repo: ['acme/widgets'] }],
  [['--only', 'github'], { only: 'github' }],
  [['--policy', 'deny-others'], { policy: 'deny-others' }],
  [['--reader', 'arn:aws:iam::1:role/flag'], { reader: ['arn:aws:iam::1:role/flag'] }],
])('%j wins over the file, a list as a whole, and leaves the rest to the file', async (argv, setting) => {
  const directory = await place({ ...project, 'pullthrough.yaml': everything })

  expect(await settingsOf(directory, ...argv)).toEqual({ ...(await settingsOf(directory)), ...setting })
})

test('an empty list in the file is none', async () => {
  const directory = await place({ ...project, 'pullthrough.json': '{"region":[]}' })

  expect((await settingsOf(directory)).region).toEqual([])
})

test('the file is looked for beside the project, wherever that is found', async () => {
  const files = { 'Pulumi.yaml': project['Pulumi.yaml'], 'pullthrough.yaml': 'stack: beside' }
  const inner = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`infrastructure/${path}`, text]),
  )
  const directory = await place({ ...inner, 'pullthrough.yaml': 'stack: elsewhere' })
  const expected = {
    ...unset,
    stack: 'beside',
    directory: join(directory, 'infrastructure'),
    configFile: join(directory, 'infrastructure/pullthrough.yaml'),
  }

  expect(await settingsOf(directory)).toEqual(expected)
  expect(await settingsOf(directory, '--cwd', 'infrastructure')).toEqual({
    ...expected,
    cwd: 'infrastructure',
  })
})

test('a file that is named is read in place of the one beside the project', async () => {
  const directory = await place({
    ...project,
    'pullthrough.yaml': 'stack: beside\nonly: aws',
    'other/options.json': '{"stack":"named"}',
  })

  expect(await settingsOf(directory, '--config', 'other/options.json')).toEqual({
    ...unset,
    stack: 'named',
    directory,
    configFile: join(directory, 'other/options.json'),
  })
})

test.each<[what: string, text: string | undefined, argv: readonly string[], code: string, message: RegExp]>([
  [
    'a named file that is not there',
    undefined,
    ['--config', 'none.yaml'],
    'ERR_CONFIG_INVALID',
    /no config file/,
  ],
  ['an option that there is not', 'stak: dev', [], 'ERR_CONFIG_INVALID', /stak/],
  ['a value that is none', 'only: gitlab', [], 'ERR_CONFIG_INVALID', /only/],
  ['malformed YAML', 'stack: [dev', [], 'ERR_CONFIG_INVALID', /pullthrough\.yaml:\d+: /],
  [
    'a --cwd that is no directory',
    'stack: dev',
    ['--cwd', 'nowhere'],
    'ERR_USAGE',
    /names no directory: nowhere/,
  ],
])('%s is refused', async (_what, text, argv, code, message) => {
  const directory = await place({ ...project, ...(text === undefined ? {} : { 'pullthrough.yaml': text }) })

  await expect(settingsOf(directory, ...argv)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as unknown,
  })
})
