import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { resolveGitHubAccess, resolveGitHubRepository } from '../../src/github/access.ts'
import type { World } from '../../src/world.ts'
import { tracesOf } from '../traces.ts'
import { rejectionOf } from './github-sandbox.ts'

function worldWith(env: World['env'], more: Partial<World> = {}): World {
  return {
    env: { GH_PATH: '/nowhere/gh', ...env },
    cwd: '/',
    fetch: () => Promise.reject(new Error('no request belongs here')),
    now: () => new Date(),
    signal: new AbortController().signal,
    timeoutMs: 5000,
    note: () => undefined,
    ...more,
  }
}

/** An executable in the place of `gh`. */
async function fakeGh(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pullthrough-gh-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'gh')
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  return file
}

async function accessWith(env: World['env']) {
  const { token, ...access } = await resolveGitHubAccess(worldWith(env))
  return { token: token.reveal(), ...access }
}

test.each<[string, World['env'], { apiUrl: string; host: string }]>([
  ['github.com where nothing says otherwise', {}, { apiUrl: 'https://api.github.com', host: 'github.com' }],
  [
    'the API that a workflow names',
    { GITHUB_API_URL: 'https://api.github.com/' },
    { apiUrl: 'https://api.github.com', host: 'github.com' },
  ],
  [
    'the API of a GitHub Enterprise Server',
    { GITHUB_API_URL: 'https://ghe.example.com/api/v3' },
    { apiUrl: 'https://ghe.example.com/api/v3', host: 'ghe.example.com' },
  ],
  [
    'the API of a GHE.com tenant',
    { GITHUB_API_URL: 'https://api.acme.ghe.com' },
    { apiUrl: 'https://api.acme.ghe.com', host: 'acme.ghe.com' },
  ],
  [
    'the API before the host',
    { GITHUB_API_URL: 'https://api.github.com', GH_HOST: 'ghe.example.com' },
    { apiUrl: 'https://api.github.com', host: 'github.com' },
  ],
  [
    'the host beside an API that does not tell it',
    { GITHUB_API_URL: 'http://127.0.0.1:8080', GH_HOST: 'github.localhost' },
    { apiUrl: 'http://127.0.0.1:8080', host: 'github.localhost' },
  ],
  [
    'the host of an API that does not tell another',
    { GITHUB_API_URL: 'http://127.0.0.1:8080' },
    { apiUrl: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' },
  ],
  ['github.com by name', { GH_HOST: 'GitHub.com' }, { apiUrl: 'https://api.github.com', host: 'github.com' }],
  [
    'a GHE.com tenant',
    { GH_HOST: 'acme.ghe.com' },
    { apiUrl: 'https://api.acme.ghe.com', host: 'acme.ghe.com' },
  ],
  [
    'the local stand-in that gh knows',
    { GH_HOST: 'github.localhost' },
    { apiUrl: 'http://api.github.localhost', host: 'github.localhost' },
  ],
])('finds %s', async (_, env, expected) => {
  expect(await accessWith({ GH_TOKEN: 'one', ...env })).toEqual({
    token: 'one',
    tokenSource: 'GH_TOKEN',
    isWorkflowToken: false,
    ...expected,
  })
})

const all = {
  GH_TOKEN: 'gh',
  GITHUB_TOKEN: 'github',
  GH_ENTERPRISE_TOKEN: 'ghe',
  GITHUB_ENTERPRISE_TOKEN: 'githube',
}

test.each<[string, World['env'], { token: string; tokenSource: string }]>([
  ['GH_TOKEN before all others', all, { token: 'gh', tokenSource: 'GH_TOKEN' }],
  ['GITHUB_TOKEN next', { ...all, GH_TOKEN: undefined }, { token: 'github', tokenSource: 'GITHUB_TOKEN' }],
  ['no empty variable', { ...all, GH_TOKEN: '' }, { token: 'github', tokenSource: 'GITHUB_TOKEN' }],
  [
    'GH_ENTERPRISE_TOKEN for an enterprise server',
    { ...all, GH_HOST: 'ghe.example.com' },
    { token: 'ghe', tokenSource: 'GH_ENTERPRISE_TOKEN' },
  ],
  [
    'GITHUB_ENTERPRISE_TOKEN next',
    { ...all, GH_HOST: 'ghe.example.com', GH_ENTERPRISE_TOKEN: '' },
    { token: 'githube', tokenSource: 'GITHUB_ENTERPRISE_TOKEN' },
  ],
  [
    'GH_TOKEN for the server that GITHUB_API_URL names',
    { GH_TOKEN: 'gh', GITHUB_API_URL: 'https://ghe.example.com/api/v3' },
    { token: 'gh', tokenSource: 'GH_TOKEN' },
  ],
  [
    'the enterprise token before it',
    { ...all, GITHUB_API_URL: 'https://ghe.example.com/api/v3' },
    { token: 'ghe', tokenSource: 'GH_ENTERPRISE_TOKEN' },
  ],
])('takes %s', async (_, env, expected) => {
  expect(await accessWith(env)).toMatchObject(expected)
})

test.each<[string, World['env'], boolean]>([
  ['the token of a run', { GITHUB_ACTIONS: 'true', GITHUB_TOKEN: 'ghs_one' }, true],
  ['the same under the name that gh takes', { GITHUB_ACTIONS: 'true', GH_TOKEN: 'ghs_one' }, true],
  ['a person’s token in a run', { GITHUB_ACTIONS: 'true', GH_TOKEN: 'github_pat_one' }, false],
  [
    'a person’s token that comes before that of the run',
    { GITHUB_ACTIONS: 'true', GH_TOKEN: 'ghp_one', GITHUB_TOKEN: 'ghs_one' },
    false,
  ],
  ['an App’s token elsewhere', { GH_TOKEN: 'ghs_one' }, false],
])('knows a workflow’s token: %s', async (_, env, isWorkflowToken) => {
  expect(await accessWith(env)).toMatchObject({ isWorkflowToken })
})

test('asks gh, for the host, when no variable has a token', async () => {
  const gh = await fakeGh('echo "gho_$*" | tr " " "_"')
  expect(await accessWith({ GH_PATH: gh, GH_HOST: 'acme.ghe.com' })).toMatchObject({
    token: 'gho_auth_token_--hostname_acme.ghe.com',
    tokenSource: 'gh auth token',
  })
})

test('gives gh the environment without the credential', async () => {
  const gh = await fakeGh('echo "$HOME,$DOCKER_HUB_TOKEN"')
  const env = { GH_PATH: gh, HOME: '/home/mona', DOCKER_HUB_TOKEN: 'dckr_pat_CANARY' }
  expect(await accessWith(env)).toMatchObject({ token: '/home/mona,' })
})

test('looks for gh as usual where GH_PATH is empty', async () => {
  const gh = await fakeGh('echo gho_usual')
  expect(
    await accessWith({ GH_PATH: '', PATH: `${dirname(gh)}:${process.env['PATH'] ?? ''}` }),
  ).toMatchObject({
    token: 'gho_usual',
  })
})

test('never asks gh when a variable has a token', async () => {
  const gh = await fakeGh('echo gho_other')
  expect(await accessWith({ GH_PATH: gh, GITHUB_TOKEN: 'one' })).toMatchObject({
    tokenSource: 'GITHUB_TOKEN',
  })
})

test.each<[string, World['env'], string | undefined, string, string]>([
  [
    'gh is missing',
    {},
    undefined,
    'there is no GitHub token for github.com: GH_TOKEN and GITHUB_TOKEN are not set, and gh is not installed',
    'set GH_TOKEN, or run: gh auth login --hostname github.com',
  ],
  [
    'gh is logged out',
    {},
    'echo "no oauth token found for github.com" >&2; exit 1',
    'there is no GitHub token for github.com: GH_TOKEN and GITHUB_TOKEN are not set, and gh is not logged in to github.com',
    'set GH_TOKEN, or run: gh auth login --hostname github.com',
  ],
  [
    'gh prints nothing',
    {},
    'exit 0',
    'there is no GitHub token for github.com: GH_TOKEN and GITHUB_TOKEN are not set, and gh is not logged in to github.com',
    'set GH_TOKEN, or run: gh auth login --hostname github.com',
  ],
  [
    'the only token is for github.com, and the host another',
    { GH_HOST: 'ghe.example.com', GH_TOKEN: 'ghp_CANARY' },
    undefined,
    'there is no GitHub token for ghe.example.com: GH_ENTERPRISE_TOKEN and GITHUB_ENTERPRISE_TOKEN are not set, and gh is not installed (GH_TOKEN is for github.com; with GITHUB_API_URL it goes to ghe.example.com too)',
    'set GH_ENTERPRISE_TOKEN, or run: gh auth login --hostname ghe.example.com',
  ],
])('says how to give a token when %s', async (_, env, script, message, hint) => {
  const gh = script === undefined ? {} : { GH_PATH: await fakeGh(script) }
  const error = await rejectionOf(resolveGitHubAccess(worldWith({ ...gh, ...env })))
  expect(error).toMatchObject({ code: 'ERR_UNAUTHENTICATED', message, hint })
  expect(tracesOf(error)).not.toContain('CANARY')
})

test.each(['ghp_CANARY\n', ' ghp_CANARY', '"ghp CANARY"', 'ghp_CANARYü'])(
  'refuses a token with a character that no token has',
  async (token) => {
    const error = await rejectionOf(resolveGitHubAccess(worldWith({ GH_TOKEN: token })))
    expect(error).toMatchObject({
      code: 'ERR_USAGE',
      message: 'the token from GH_TOKEN contains white space or another character that no GitHub token has',
      hint: 'set GH_TOKEN to the token alone, without quotes or line breaks',
    })
    expect(tracesOf(error)).not.toContain('CANARY')
  },
)

test.each([
  ['GH_HOST', 'https://github.com', 'GH_HOST is not a host name: "https://github.com"'],
  ['GH_HOST', 'ghe.example.com/api', 'GH_HOST is not a host name: "ghe.example.com/api"'],
  ['GH_HOST', 'mona@ghe.example.com', 'GH_HOST is not a host name: "mona@ghe.example.com"'],
  ['GITHUB_API_URL', 'api.github.com', 'GITHUB_API_URL is not an http or https URL: api.github.com'],
  [
    'GITHUB_API_URL',
    'http://ghe.example.com/api/v3',
    'GITHUB_API_URL would send credentials over plain http: http://ghe.example.com/api/v3',
  ],
])('refuses %s=%s', async (variable, value, message) => {
  const world = worldWith({ GH_TOKEN: 'one', [variable]: value })
  await expect(resolveGitHubAccess(world)).rejects.toMatchObject({ code: 'ERR_USAGE', message })
})

test('stops gh when the user interrupts', async () => {
  const interruption = new AbortController()
  const gh = await fakeGh('exec sleep 30')
  const asked = resolveGitHubAccess(worldWith({ GH_PATH: gh }, { signal: interruption.signal }))
  interruption.abort()
  await expect(asked).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' })
})

test('does not wait for ever for gh', async () => {
  const gh = await fakeGh('exec sleep 30')
  await expect(resolveGitHubAccess(worldWith({ GH_PATH: gh }, { timeoutMs: 100 }))).rejects.toMatchObject({
    code: 'ERR_UNAUTHENTICATED',
  })
})

test('takes the repositories that were asked for, each once', async () => {
  const world = worldWith({ GITHUB_REPOSITORY: 'acme/other' })
  expect(
    await resolveGitHubRepository(
      { repos: ['acme/widgets', 'acme/gears', 'Acme/Widgets'] },
      { host: 'github.com' },
      world,
    ),
  ).toEqual([
    { owner: 'acme', name: 'widgets' },
    { owner: 'acme', name: 'gears' },
  ])
})

test('takes GITHUB_REPOSITORY where none was asked for', async () => {
  const world = worldWith({ GITHUB_REPOSITORY: 'acme/widgets' })
  expect(await resolveGitHubRepository({}, { host: 'github.com' }, world)).toEqual([
    { owner: 'acme', name: 'widgets' },
  ])
})

test('refuses a wrong name before anything else happens', async () => {
  const world = worldWith({})
  await expect(
    resolveGitHubRepository({ repos: ['widgets'] }, { host: 'github.com' }, world),
  ).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: '--repo is not a GitHub repository: "widgets"',
  })
})
