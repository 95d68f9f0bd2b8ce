import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { seeded } from '../cli/in-process.ts'
import { describeWithClients } from './clients.ts'
import { startVault } from './vault.ts'
import { currentText, onlySecret, openWorkplace, pullthroughBin, type Workplace } from './workplace.ts'

const otherToken = 'dckr_pat_another_0123456789abcdefghi'

describeWithClients('a project made with the pulumi CLI', () => {
  let workplace: Workplace

  beforeEach(async () => {
    workplace = await openWorkplace()
    await writeFile(join(workplace.project, 'Pulumi.yaml'), 'name: acme-infra\nruntime: nodejs\n')
  })

  afterEach(async () => {
    await workplace.close()
  })

  test('is synced as `pulumi config set` left it, and not written a second time', async () => {
    await initStack()
    await setToken(seeded.token)

    const first = await workplace.sync()
    expect(first.changes.map(({ destination, action, outcome }) => [destination, action, outcome])).toEqual([
      ['secrets-manager', 'create', 'done'],
      ['secrets-manager', 'create', 'done'],
      ['github', 'create', 'done'],
      ['github', 'create', 'done'],
      ['github', 'create', 'done'],
    ])
    const state = await workplace.state()
    expect(currentText(onlySecret(state))).toBe(textOf(seeded.token))
    expect(state.github['acme/widgets']?.secrets['DOCKER_HUB_USERNAME']?.value).toBe('sandbox')
    expect(state.github['acme/widgets']?.secrets['DOCKER_HUB_TOKEN']?.value).toBe(seeded.token)

    const second = await workplace.sync()
    expect(second.writes).toBe(0)
    expect(new Set(second.changes.map(({ action }) => action))).toEqual(new Set(['keep']))
    expect(await workplace.state()).toEqual(await afterOneMoreLogin(state))
  })

  test('gets a new version for a new token, and the old version back for the old token', async () => {
    await initStack()
    await setToken(seeded.token)
    await workplace.sync()
    const [original] = onlySecret(await workplace.state()).versions

    await workplace.control('POST', '/docker-hub/accounts', {
      username: seeded.username,
      token: otherToken,
      scope: 'repo:public_read',
      plan: 'personal',
      state: 'active',
    })
    await setToken(otherToken)
    const update = await workplace.sync()
    expect(update.changes[0]).toMatchObject({ action: 'update', outcome: 'done' })
    const updated = await workplace.state()
    expect(currentText(onlySecret(updated))).toBe(textOf(otherToken))
    expect(updated.github['acme/widgets']?.secrets['DOCKER_HUB_TOKEN']?.value).toBe(otherToken)

    await workplace.control('POST', '/docker-hub/accounts', {
      username: seeded.username,
      token: seeded.token,
      scope: 'repo:public_read',
      plan: 'personal',
      state: 'active',
    })
    await setToken(seeded.token)
    const back = await workplace.sync()
    expect(back.changes[0]).toMatchObject({
      action: 'update',
      because: 'the credential is an earlier version of the secret',
      outcome: 'done',
    })
    const { versions } = onlySecret(await workplace.state())
    expect(versions).toHaveLength(2)
    expect(versions.find(({ labels }) => labels.includes('AWSCURRENT'))?.id).toBe(original?.id)
    expect((await workplace.sync()).writes).toBe(0)
  })

  test('is found from the directory above it, with the stack that the CLI has selected', async () => {
    const above = join(workplace.directory, 'above')
    const cwd = join(above, 'infrastructure')
    await mkdir(cwd, { recursive: true })
    await writeFile(join(cwd, 'Pulumi.yaml'), 'name: acme-infra\nruntime: nodejs\n')
    for (const [stack, token] of [
      ['dev', seeded.token],
      ['prod', 'dckr_pat_of_prod_0123456789abcdefghi'],
    ] as const) {
      await workplace.succeed('pulumi', ['stack', 'init', stack, '--non-interactive'], { cwd })
      await setToken(token, cwd)
    }
    await workplace.succeed('pulumi', ['stack', 'select', 'dev', '--non-interactive'], { cwd })

    await workplace.succeed('node', [pullthroughBin, 'sync'], { cwd: above })
    expect(currentText(onlySecret(await workplace.state()))).toBe(textOf(seeded.token))
  })

  test('is read by the CLI where its secrets are under another provider', async () => {
    const vault = await startVault()
    const withVault = { env: { VAULT_SERVER_URL: vault.url, VAULT_SERVER_TOKEN: 'none' } }
    try {
      await workplace.succeed(
        'pulumi',
        ['stack', 'init', 'dev', '--secrets-provider', 'hashivault://stacks', '--non-interactive'],
        withVault,
      )
      await workplace.succeed('pulumi', ['config', 'set', 'dockerHubUsername', 'sandbox'], withVault)
      await workplace.succeed('pulumi', ['config', 'set', '--secret', 'dockerHubToken'], {
        ...withVault,
        input: seeded.token,
      })
      await workplace.succeed('node', [pullthroughBin, 'sync'], withVault)
      expect(currentText(onlySecret(await workplace.state()))).toBe(textOf(seeded.token))

      const failure = await workplace.run('node', [pullthroughBin, 'sync', '--json'], {
        env: { ...withVault.env, PATH: '/usr/bin:/bin' },
      })
      expect(failure).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(
          'needs the pulumi CLI, since its secrets provider is hashivault',
        ) as unknown,
      })
    } finally {
      await vault.close()
    }
  })

  async function initStack(): Promise<void> {
    await workplace.succeed('pulumi', ['stack', 'init', 'dev', '--non-interactive'])
  }

  async function setToken(token: string, cwd = workplace.project): Promise<void> {
    await workplace.succeed('pulumi', ['config', 'set', 'dockerHubUsername', seeded.username], { cwd })
    await workplace.succeed('pulumi', ['config', 'set', '--secret', 'dockerHubToken'], { cwd, input: token })
  }

  /** The state that a run without changes leaves: it proves the credential, and that is a login. */
  async function afterOneMoreLogin<State extends object>(state: State): Promise<State> {
    const { dockerHub } = await workplace.state()
    return { ...state, dockerHub }
  }
})

describeWithClients('the sandbox as a program of its own', () => {
  test('says where it is, serves a sync, and ends with SIGTERM', async () => {
    const child = spawn(process.execPath, [pullthroughBin, 'sandbox', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    try {
      const lines = createInterface(child.stdout)
      const line = await new Promise<string>((resolve) => lines.once('line', resolve))
      const sandbox = JSON.parse(line) as Pick<Sandbox, 'control' | 'env'>
      const workplace = await openWorkplace(sandbox)
      await writeFile(join(workplace.project, 'Pulumi.yaml'), 'name: acme-infra\nruntime: nodejs\n')
      await workplace.succeed('pulumi', ['stack', 'init', 'dev', '--non-interactive'])
      await workplace.succeed('pulumi', ['config', 'set', 'dockerHubUsername', seeded.username])
      await workplace.succeed('pulumi', ['config', 'set', '--secret', 'dockerHubToken'], {
        input: seeded.token,
      })
      expect((await workplace.sync()).writes).toBeGreaterThan(0)
      expect((await workplace.sync()).writes).toBe(0)
      await workplace.close()
    } finally {
      child.kill('SIGTERM')
    }
    expect(await ended).toBe(0)
  })
})

function textOf(token: string): string {
  return JSON.stringify({ username: seeded.username, accessToken: token })
}
