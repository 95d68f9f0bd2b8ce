import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { repositoryOfRemotes } from '../../src/github/git-remotes.ts'
import type { World } from '../../src/world.ts'
import { tracesOf } from '../traces.ts'
import { rejectionOf } from './github-sandbox.ts'

const git = promisify(execFile)

/** Whatever the machine's own git is configured to do does not count. */
const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }

const world: World = {
  env,
  cwd: '/',
  fetch: () => Promise.reject(new Error('no request belongs here')),
  now: () => new Date(),
  signal: new AbortController().signal,
  timeoutMs: 10_000,
  note: () => undefined,
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pullthrough-git-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

async function repositoryWith(remotes: Readonly<Record<string, string>>): Promise<string> {
  const path = await folder()
  await git('git', ['init', '--quiet'], { cwd: path, env })
  for (const [name, url] of Object.entries(remotes)) {
    await git('git', ['remote', 'add', name, url], { cwd: path, env })
  }
  return path
}

test.each<[string, Record<string, string>, string]>([
  ['the only remote', { origin: 'git@github.com:acme/widgets.git' }, 'github.com'],
  [
    'the same repository on several remotes',
    { origin: 'git@github.com:acme/widgets.git', second: 'https://github.com/Acme/Widgets' },
    'github.com',
  ],
  [
    'the one on our host',
    { origin: 'git@github.com:acme/widgets.git', mirror: 'https://gitlab.com/acme/mirror.git' },
    'github.com',
  ],
  [
    'a remote on an enterprise server',
    { origin: 'ssh://git@ghe.example.com:2222/acme/widgets' },
    'ghe.example.com',
  ],
  ['a server with a port', { origin: 'https://ghe.example.com:8443/acme/widgets' }, 'ghe.example.com:8443'],
])('finds %s', async (_, remotes, host) => {
  const found = await repositoryOfRemotes(await repositoryWith(remotes), host, world)
  expect(found).toEqual({ owner: 'acme', name: 'widgets' })
})

test('refuses to guess between a fork and its parent', async () => {
  const cwd = await repositoryWith({
    origin: 'https://mona:CANARY@github.com/mona/widgets.git',
    upstream: 'https://github.com/acme/widgets.git',
  })
  const error = await rejectionOf(repositoryOfRemotes(cwd, 'github.com', world))
  expect(error).toMatchObject({
    code: 'ERR_USAGE',
    message: `the git remotes of ${cwd} name several repositories: origin is mona/widgets, upstream is acme/widgets`,
    hint: 'say which one with --repo OWNER/NAME',
  })
  expect(tracesOf(error)).not.toContain('CANARY')
})

test('refuses to guess when a remote pushes elsewhere than it fetches', async () => {
  const cwd = await repositoryWith({ origin: 'https://github.com/acme/widgets.git' })
  await git('git', ['remote', 'set-url', '--push', 'origin', 'git@github.com:mona/widgets.git'], { cwd, env })
  await expect(repositoryOfRemotes(cwd, 'github.com', world)).rejects.toMatchObject({
    message: `the git remotes of ${cwd} name several repositories: origin is acme/widgets, origin is mona/widgets`,
  })
})

test.each<[string, Record<string, string>, (cwd: string) => string]>([
  ['there are no remotes', {}, (cwd) => `${cwd} has no git remote on github.com`],
  [
    'a remote is a folder',
    { origin: '/srv/git/widgets.git' },
    (cwd) => `${cwd} has no git remote on github.com`,
  ],
  [
    'all remotes are elsewhere',
    { origin: 'git@gitlab.com:acme/widgets.git', other: 'git@work:acme/widgets.git' },
    (cwd) => `${cwd} has no git remote on github.com, only on gitlab.com, work`,
  ],
])('says why there is no repository when %s', async (_, remotes, why) => {
  const cwd = await repositoryWith(remotes)
  await expect(repositoryOfRemotes(cwd, 'github.com', world)).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: `no GitHub repository to write to: ${why(cwd)}`,
    hint: 'name it with --repo OWNER/NAME',
  })
})

test('says so outside of a git repository', async () => {
  const cwd = await folder()
  await expect(repositoryOfRemotes(cwd, 'github.com', world)).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringMatching(
      /^no GitHub repository to write to: git cannot read the remotes of .*: fatal: not a git repository/,
    ) as string,
  })
})

test('says so without git', async () => {
  const bare = { ...world, env: { PATH: await folder() } }
  await expect(repositoryOfRemotes(await folder(), 'github.com', bare)).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: 'no GitHub repository to write to: git is not installed',
  })
})
