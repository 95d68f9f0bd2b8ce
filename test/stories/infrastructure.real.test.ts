import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { seeded } from '../cli/in-process.ts'
import { describeWithClients } from '../e2e/clients.ts'
import { pullthroughBin } from '../e2e/workplace.ts'
import { type Checkout, openCheckout } from './checkout.ts'
import { rulesIn, secretArnIn } from './rules.ts'

const registry = '123456789012.dkr.ecr.us-east-2.amazonaws.com'
const newToken = 'dckr_pat_another_0123456789abcdefghi'

async function checkout(): Promise<Checkout> {
  const opened = await openCheckout()
  onTestFinished(() => opened.close())
  return opened
}

describeWithClients('infrastructure/, with the real CLI and engine', () => {
  test('works as the documentation tells: config, script, preview, up, and nothing to do', async () => {
    const { world, pulumi, initStack, syncScript, up, outputs } = await checkout()
    const checked = { env: { PULUMI_NODEJS_TRANSPILE_ONLY: 'false' } }
    await initStack('main')
    expect(await syncScript('main')).toContain('5 changed, 5 writes')

    const preview = await pulumi(['preview', '--stack', 'main'], checked)
    expect(preview).toMatchObject({ code: 0 })
    expect(preview.stdout).toContain('+ 3 to create')

    expect(await up('main')).toEqual({ create: 3 })
    const secretArn = secretArnIn(await world.state(), 'us-east-2')
    expect(await outputs('main')).toEqual({
      dockerHubCachePrefix: 'docker-hub',
      dockerHubSecretArn: secretArn,
      ecrRegistryUrl: registry,
      dockerHubPullPolicy: expect.stringContaining('ecr:BatchImportUpstreamImage') as string,
      debianImage: `${registry}/docker-hub/library/debian:bookworm-slim`,
    })
    expect(rulesIn(await world.state(), 'us-east-2')).toEqual([
      ['docker-hub', 'registry-1.docker.io', secretArn],
    ])

    expect(await up('main')).toEqual({ same: 3 })
    expect(await syncScript('main')).toContain('5 in sync, 0 writes')
  })

  test('serves main and dev in one account, and main when dev is gone', async () => {
    const { world, infrastructure, succeed, initStack, syncScript, up } = await checkout()
    await initStack('main')
    await initStack('dev')
    await syncScript('main')
    // The other stack has the same credential: it finds the secret made, and makes no other.
    expect(await syncScript('dev')).toContain('5 in sync, 0 writes')
    expect(await up('main')).toEqual({ create: 3 })
    expect(await up('dev')).toEqual({ create: 3 })
    const secretArn = secretArnIn(await world.state(), 'us-east-2')
    expect(rulesIn(await world.state(), 'us-east-2')).toEqual([
      ['docker-hub', 'registry-1.docker.io', secretArn],
      ['docker-hub-dev', 'registry-1.docker.io', secretArn],
    ])

    await succeed(['destroy', '--yes', '--skip-preview', '--stack', 'dev'])
    expect(rulesIn(await world.state(), 'us-east-2')).toEqual([
      ['docker-hub', 'registry-1.docker.io', secretArn],
    ])
    expect(secretArnIn(await world.state(), 'us-east-2')).toBe(secretArn)
    const verified = await world.run('node', [pullthroughBin, 'verify', '--json', '--stack', 'main'], {
      cwd: infrastructure,
    })
    const { checks } = JSON.parse(verified.stdout) as {
      checks: { id: string; target: string; status: string }[]
    }
    expect(checks.filter(({ id }) => id.startsWith('rule.')).map(({ id, status }) => [id, status])).toEqual([
      ['rule.present', 'ok'],
      ['rule.quota', 'ok'],
      ['rule.upstream', 'ok'],
      ['rule.credential', 'ok'],
      ['rule.valid', 'ok'],
      ['rule.template', expect.any(String)],
    ])
  })

  test('changes nothing when sync has written another token', async () => {
    const { world, initStack, setToken, syncScript, up } = await checkout()
    await initStack('main')
    await syncScript('main')
    await up('main')
    const before = rulesIn(await world.state(), 'us-east-2')

    await world.control('POST', '/docker-hub/accounts', {
      username: seeded.username,
      token: newToken,
      scope: 'repo:public_read',
      plan: 'personal',
      state: 'active',
    })
    await setToken('main', newToken)
    expect(await syncScript('main')).toContain('4 changed')
    expect(await up('main')).toEqual({ same: 3 })
    expect(rulesIn(await world.state(), 'us-east-2')).toEqual(before)
  })

  test('fails without the secret, plans no deletion, and points to the new secret afterwards', async () => {
    const { world, pulumi, initStack, syncScript, up } = await checkout()
    await initStack('main')
    await syncScript('main')
    await up('main')
    const first = secretArnIn(await world.state(), 'us-east-2')

    const gone = ['secretsmanager', 'delete-secret', '--secret-id', 'ecr-pullthroughcache/docker-hub']
    expect(
      await world.aws(['--region', 'us-east-2', ...gone, '--force-delete-without-recovery']),
    ).toMatchObject({ code: 0 })
    const preview = await pulumi(['preview', '--stack', 'main'])
    expect(preview.code).not.toBe(0)
    expect(preview.stdout + preview.stderr).toContain(
      'there is no secret ecr-pullthroughcache/docker-hub in us-east-2, so ECR has no credential there',
    )
    expect(preview.stdout + preview.stderr).toContain('run: pullthrough sync --region us-east-2')
    expect(preview.stdout).not.toMatch(/to delete|to replace/)
    expect(rulesIn(await world.state(), 'us-east-2')).toEqual([['docker-hub', 'registry-1.docker.io', first]])

    await syncScript('main')
    const second = secretArnIn(await world.state(), 'us-east-2')
    expect(second).not.toBe(first)
    expect(await up('main')).toEqual({ same: 2, update: 1 })
    expect(rulesIn(await world.state(), 'us-east-2')).toEqual([
      ['docker-hub', 'registry-1.docker.io', second],
    ])
  })

  test('previews without the Docker Hub credential, as for a fork, and plans no deletion', async () => {
    const { infrastructure, pulumi, succeed, initStack, syncScript, up } = await checkout()
    await initStack('dev')
    await syncScript('dev')
    await up('dev')
    await succeed(['config', 'rm', 'dockerHubUsername', '--stack', 'dev'])
    await succeed(['config', 'rm', 'dockerHubToken', '--stack', 'dev'])
    const env = { DOCKER_HUB_USERNAME: '', DOCKER_HUB_TOKEN: '' }
    const preview = await pulumi(['preview', '--stack', 'dev', '--expect-no-changes'], { env })
    expect(preview).toMatchObject({ code: 0 })
    expect(preview.stdout).toContain('3 unchanged')

    const none = {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    const blind = await pulumi(['preview', '--stack', 'dev'], { env: none })
    expect(blind.code).not.toBe(0)
    expect(blind.stdout).not.toMatch(/to delete|to replace/)
    expect(await readdir(infrastructure)).toContain('Pulumi.dev.yaml')
  })

  test('refuses a second owner of one prefix, and leaves the first alone', async () => {
    const { world, pulumi, succeed, initStack, syncScript, up } = await checkout()
    await initStack('main')
    await initStack('dev')
    await syncScript('main')
    await up('main')
    await succeed(['config', 'set', 'dockerHubCachePrefix', 'docker-hub', '--stack', 'dev'])
    const refused = await pulumi(['up', '--yes', '--skip-preview', '--stack', 'dev'])
    expect(refused.code).not.toBe(0)
    expect(refused.stdout + refused.stderr).toContain('PullThroughCacheRuleAlreadyExistsException')

    // As its documentation says: the rule is another's, so this stack uses it.
    await succeed(['config', 'set', 'dockerHubCacheExisting', 'true', '--stack', 'dev'])
    expect(await up('dev')).toEqual({ same: 1, update: 1 })
    await succeed(['destroy', '--yes', '--skip-preview', '--stack', 'dev'])
    expect(rulesIn(await world.state(), 'us-east-2')).toHaveLength(1)
    expect(await up('main')).toEqual({ same: 3 })
  })

  test('says which Region has no secret', async () => {
    const { pulumi, succeed, initStack, syncScript } = await checkout()
    await initStack('dev')
    await syncScript('dev')
    await succeed(['config', 'set', 'aws:region', 'eu-west-1', '--stack', 'dev'])
    const { code, stdout, stderr } = await pulumi(['preview', '--stack', 'dev'])
    expect(code).not.toBe(0)
    expect(stdout + stderr).toContain('there is no secret ecr-pullthroughcache/docker-hub in eu-west-1')
    expect(stdout + stderr).toContain('run: pullthrough sync --region eu-west-1')
  })

  test('keeps the token out of states, previews and everything else that Pulumi writes', async () => {
    const { world, infrastructure, pulumi, initStack, syncScript, up } = await checkout()
    await initStack('main')
    const printed = [
      await syncScript('main'),
      JSON.stringify(await pulumi(['preview', '--diff', '--stack', 'main'])),
      JSON.stringify(await up('main')),
      JSON.stringify(await pulumi(['up', '--yes', '--diff', '--debug', '--refresh', '--stack', 'main'])),
      (await world.stateOf('main', { cwd: infrastructure })).text,
      JSON.stringify(await pulumi(['stack', 'output', '--show-secrets', '--json', '--stack', 'main'])),
    ]
    expect(printed.filter((text) => text.includes(seeded.token))).toEqual([])
    expect(await filesWith(seeded.token, world.directory)).toEqual([])
    // The search can find something: the user name stands in the stack file.
    expect(await filesWith(`dockerHubUsername: ${seeded.username}`, world.directory)).toEqual([
      'acme/infrastructure/Pulumi.main.yaml',
    ])
  })
})

/** The files below a directory that hold a text, links not followed. */
async function filesWith(text: string, directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const found = await Promise.all(
    files.map(async (file) =>
      (await readFile(file)).includes(text) ? [file.slice(directory.length + 1)] : [],
    ),
  )
  return found.flat().sort()
}
