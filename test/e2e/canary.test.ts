import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'
import { seeded } from '../cli/in-process.ts'
import { canary, formsIn } from './canary.ts'
import { type CanaryPlace, openCanaryPlace } from './canary-place.ts'
import { describeWithClients } from './clients.ts'
import { startVault } from './vault.ts'

test.each([
  ['plain', canary],
  ['json', JSON.stringify({ username: 'u', accessToken: canary })],
  ['url', `https://127.0.0.1/?token=${encodeURIComponent(canary)}`],
  ['form', new URLSearchParams({ token: canary }).toString()],
  ['hex', Buffer.from(canary).toString('hex')],
  ['base64 at 0', Buffer.from(canary).toString('base64')],
  ['base64 at 1', Buffer.from(`user-1:${canary}`).toString('base64')],
  ['base64 at 2', Buffer.from(`user:${canary}:`).toString('base64')],
  ['base64url at 2', Buffer.from(`user:${canary}:`).toString('base64url')],
])('the search finds the canary in its form: %s', (form, text) => {
  expect(formsIn(`…${text}…`)).toContain(form)
})

describeWithClients('the token is nowhere to be seen', () => {
  let place: CanaryPlace

  beforeEach(async () => {
    place = await openCanaryPlace()
  })

  afterEach(async () => {
    await place.close()
  })

  test('after a first sync, a second one and a dry run', async () => {
    expect(await place.run(['sync'])).toMatchObject({ code: 0 })
    expect(await place.run(['sync', '--json', '--verbose'])).toMatchObject({ code: 0 })
    await place.workplace.control('POST', '/reset')
    await place.addAccount('active')
    expect(await place.run(['sync', '--dry-run', '--json'])).toMatchObject({ code: 2 })
  })

  test('when the chain is verified, be it whole or broken, in a terminal or a workflow', async () => {
    const { directory } = place.workplace
    const workflow = {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: join(directory, 'summary.md'),
      DOCKER_HUB_USERNAME: seeded.username,
      DOCKER_HUB_TOKEN: canary,
    }
    expect(await place.run(['verify', '--json', '--verbose'])).toMatchObject({ code: 2 })
    expect(await place.run(['sync'])).toMatchObject({ code: 0 })
    expect(await place.run(['verify', '--verbose'])).toMatchObject({ code: 2 })
    await place.addAccount('revoked')
    expect(await place.run(['verify', '--source', 'env'], { env: workflow })).toMatchObject({ code: 2 })
    expect(await readFile(workflow.GITHUB_STEP_SUMMARY, 'utf8')).toContain('docker-hub.login')
    const fault = { kind: 'html', status: 502 }
    await place.workplace.control('POST', '/faults', { service: '*', operation: '*', times: 'always', fault })
    expect(await place.run(['verify', '--source', 'env'], { env: workflow })).toMatchObject({ code: 1 })
  })

  test('by the git and gh that are asked for the repository and a GitHub token', async () => {
    const { directory, env, succeed } = place.workplace
    const config = join(directory, 'home/.config/gh')
    await mkdir(config, { recursive: true })
    await writeFile(
      join(config, 'hosts.yml'),
      `github.localhost:\n  oauth_token: ${env['GH_TOKEN'] ?? ''}\n  user: octocat\n`,
    )
    await succeed('git', ['init', '--quiet'])
    await succeed('git', ['remote', 'add', 'origin', 'https://github.localhost/acme/widgets.git'])
    const outcome = await place.run(['sync'], { env: { GH_TOKEN: undefined, GITHUB_REPOSITORY: undefined } })
    expect(outcome).toMatchObject({ code: 0 })
    expect(await place.programsSeen()).toEqual(['gh', 'git'])
  })

  test('by the children of a run that has it in its own environment', async () => {
    const { succeed } = place.workplace
    await succeed('git', ['init', '--quiet'])
    await succeed('git', ['remote', 'add', 'origin', 'git@github.localhost:acme/widgets.git'])
    const env = {
      GITHUB_REPOSITORY: undefined,
      DOCKER_HUB_USERNAME: seeded.username,
      DOCKER_HUB_TOKEN: canary,
    }
    expect(await place.run(['sync', '--source', 'env'], { env })).toMatchObject({ code: 0 })
    expect(await place.programsSeen()).toEqual(['git'])
  })

  test('by the pulumi that decrypts it, nor in its logs', async () => {
    const { directory, succeed } = place.workplace
    const vault = await startVault()
    const env = { VAULT_SERVER_URL: vault.url, VAULT_SERVER_TOKEN: 'none' }
    try {
      const cwd = join(directory, 'with-vault')
      await mkdir(cwd)
      await writeFile(join(cwd, 'Pulumi.yaml'), 'name: acme-infra\nruntime: nodejs\n')
      const init = ['stack', 'init', 'dev', '--secrets-provider', 'hashivault://stacks', '--non-interactive']
      await succeed('pulumi', init, { cwd, env })
      await succeed('pulumi', ['config', 'set', 'dockerHubUsername', 'sandbox'], { cwd, env })
      await succeed('pulumi', ['config', 'set', '--secret', 'dockerHubToken'], { cwd, env, input: canary })

      // In the environment as well, where the CLI has no use for it.
      const outcome = await place.run(['sync'], { cwd, env: { ...env, DOCKER_HUB_TOKEN: canary } })
      expect(outcome).toMatchObject({ code: 0 })
      expect(await place.programsSeen()).toEqual(['pulumi'])

      const withoutVault = { ...env, VAULT_SERVER_URL: 'http://127.0.0.1:9' }
      expect(await place.run(['sync'], { cwd, env: withoutVault })).toMatchObject({ code: 1 })
    } finally {
      await vault.close()
    }
  })

  test.each(['revoked', 'expired', 'disabled'] as const)('when Docker Hub says it is %s', async (state) => {
    await place.addAccount(state)
    expect(await place.run(['sync', '--json', '--verbose'])).toMatchObject({ code: 1 })
  })

  test('when the passphrase is wrong', async () => {
    const env = { PULUMI_CONFIG_PASSPHRASE: 'wrong' }
    expect(await place.run(['sync'], { env })).toMatchObject({ code: 1 })
  })

  test.each([
    ['token with white space around it', { dockerHubToken: { secret: `${canary}\n` } }],
    ['username that is the token', { dockerHubUsername: { secret: canary } }],
    [
      'pair that is swapped',
      { dockerHubUsername: { secret: canary }, dockerHubToken: { secret: 'sandbox' } },
    ],
  ])('when the config has a %s', async (_what, config) => {
    await place.writeProject(config)
    expect(await place.run(['sync', '--json'])).toMatchObject({ code: 1 })
  })

  test.each([
    ['in plain text', `config:\n  acme-infra:dockerHubToken: ${JSON.stringify(canary)}\n`],
    [
      'in plain text, as the username',
      `config:\n  acme-infra:dockerHubUsername: ${JSON.stringify(canary)}\n`,
    ],
    [
      'on a line that is no YAML',
      `config:\n  acme-infra:dockerHubToken: ${JSON.stringify(canary)} "\n  : [\n`,
    ],
    ['as a key', `config:\n  ${JSON.stringify(canary)}: 1\n`],
    ['as the secrets provider', `secretsprovider: ${JSON.stringify(canary)}\nconfig: {}\n`],
  ])('when the stack file has it %s', async (_where, text) => {
    const path = join(place.workplace.project, 'Pulumi.dev.yaml')
    await writeFile(path, text)
    expect(await place.runAndReadOutput(['sync', '--json'])).toMatchObject({ code: 1 })
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  test.each([
    ['the value of an option that is not there', ['sync', `--token=${canary}`]],
    ['a word after an option that is not there', ['sync', '--token', canary]],
    ['a word too many', ['sync', canary]],
  ])('when it is given as %s', async (_what, args) => {
    expect(await place.run(args)).toMatchObject({ code: 1, stdout: '' })
  })

  test('when Ctrl-C comes in the middle', async () => {
    const { control } = place.workplace
    await control('POST', '/faults', {
      service: 'secretsmanager',
      operation: 'PutResourcePolicy',
      times: 'always',
      fault: { kind: 'hang' },
    })
    const requested = async (operation: string) => {
      for (;;) {
        const requests = (await control('GET', '/requests')) as readonly LoggedRequest[]
        if (requests.some((request) => request.operation === operation)) return
      }
    }
    const outcome = await place.run(['sync', '--verbose'], {
      onStart: (child) => {
        void requested('PutResourcePolicy').then(() => child.kill('SIGINT'))
      },
    })
    expect(outcome).toMatchObject({ code: 130 })
  })
})

const kinds = ['throttle', 'deny', 'error', 'html', 'reset', 'lost', 'hang']

/** What goes wrong where; a throttled GitHub is left out, since its waits take minutes. */
const faults = Object.entries({
  secretsmanager: kinds,
  github: kinds.filter((kind) => kind !== 'throttle'),
  'docker-auth': kinds,
  sts: ['deny', 'html'],
  'docker-hub': ['deny', 'html'],
  'docker-registry': ['deny', 'html'],
}).flatMap(([service, some]) => some.map((kind) => ({ service, kind })))

// Most of the time goes by in waiting, so many at once.
describeWithClients('the token is nowhere to be seen', { concurrent: true }, () => {
  test.each(faults)('when $service answers with $kind', async ({ service, kind }) => {
    const place = await openCanaryPlace()
    try {
      const rule = { service, operation: '*', times: 'always', fault: { kind, status: 500 } }
      await place.workplace.control('POST', '/faults', rule)
      await place.run(['sync', '--timeout', '2', '--json', '--verbose'])
    } finally {
      await place.close()
    }
  })
})
