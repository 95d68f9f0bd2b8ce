import { chmod, copyFile, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeWithClients } from './clients.ts'
import { openWorkplace, pullthroughBin, type Workplace, writeProject } from './workplace.ts'

const original = join(import.meta.dirname, '../../scripts/sync-pulumi-gh-docker.sh')

describeWithClients('scripts/sync-pulumi-gh-docker.sh', () => {
  let workplace: Workplace
  let repository: string
  let script: string

  /** A repository as `pullthrough init` would leave it, with a space in its name. */
  beforeEach(async () => {
    workplace = await openWorkplace()
    repository = join(workplace.directory, 'acme widgets')
    script = join(repository, 'scripts/sync-pulumi-gh-docker.sh')
    await mkdir(join(repository, 'scripts'), { recursive: true })
    await mkdir(join(repository, 'infrastructure'))
    await copyFile(original, script)
    await chmod(script, 0o755)
    await writeProject(join(repository, 'infrastructure'))
  })

  afterEach(async () => {
    await workplace.close()
  })

  test.each([
    ['the root of the file system', () => '/'],
    ['the repository', () => repository],
    ['a folder of the repository', () => join(repository, 'scripts')],
  ])('syncs the project of its own repository, started from %s', async (_place, cwd) => {
    await installIn(repository)
    const first = await workplace.succeed(script, ['--json'], { cwd: cwd() })
    expect(JSON.parse(first)).toMatchObject({ command: 'sync', dryRun: false })
    const second = await workplace.succeed(script, ['--json'], { cwd: cwd() })
    expect(JSON.parse(second)).toMatchObject({ writes: 0 })
  })

  test('finds pullthrough beside the Pulumi program, and itself through a symbolic link', async () => {
    await installIn(join(repository, 'infrastructure'))
    const link = join(workplace.directory, 'bin/sync-docker-hub')
    await symlink(script, link)
    const answer = await workplace
      .succeed(link, ['--json', '--dry-run', '--stack', 'dev'], { cwd: '/' })
      .catch((error: unknown) => String(error))
    // Differences were found, which is exit code 2.
    expect(answer).toContain('exit 2')
    expect(answer).toContain('"dryRun":true')
  })

  test('finds pullthrough on PATH', async () => {
    await symlink(pullthroughBin, join(workplace.directory, 'bin/pullthrough'))
    const answer = await workplace.succeed(script, ['--json'], { cwd: '/' })
    expect(JSON.parse(answer)).toMatchObject({ command: 'sync' })
  })

  test('hands the exit code and every argument on, spaces and all', async () => {
    await installIn(repository)
    const { code, stderr } = await workplace.run(script, ['--stack', 'no such stack'], { cwd: '/' })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('no such stack') as unknown,
    })
  })

  test('says so where pullthrough is not installed, and fetches nothing', async () => {
    const { code, stdout, stderr } = await workplace.run(script, [], {
      env: { npm_config_registry: 'http://127.0.0.1:9/' },
    })
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `pullthrough: error: pullthrough is not installed for ${repository}\n` +
        'pullthrough: hint: install it into this repository, see the README of pullthrough: Use it\n',
    })
  })

  async function installIn(directory: string): Promise<void> {
    await mkdir(join(directory, 'node_modules/.bin'), { recursive: true })
    await symlink(pullthroughBin, join(directory, 'node_modules/.bin/pullthrough'))
  }
})
