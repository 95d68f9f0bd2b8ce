import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RunningGitHub, setSecret, startGitHub } from './running-github.ts'

/** The `gh` to try, as an absolute path; without it these tests are skipped. */
const gh = process.env['PULLTHROUGH_E2E_GH']

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

let running: RunningGitHub
let home: string

beforeEach(async () => {
  running = await startGitHub()
  home = mkdtempSync(join(tmpdir(), 'gh-'))
})

afterEach(async () => {
  rmSync(home, { recursive: true })
  await running.close()
})

/** Run `gh` as the documentation of the sandbox says, with a home of its own. */
function run(args: readonly string[], { input = '', token = running.gitHub.seededToken } = {}): Promise<Run> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GH_CONFIG_DIR: home,
    GH_HOST: 'github.localhost',
    GH_TOKEN: token,
    HTTP_PROXY: running.url,
  }
  return new Promise((resolve) => {
    const child = execFile(gh ?? '', args, { env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code) : 0
      resolve({ code, stdout, stderr })
    })
    child.stdin?.end(input)
  })
}

const inRepository = ['-R', 'github.localhost/acme/widgets']

describe.skipIf(gh === undefined)('the real gh', () => {
  test('sets a secret from standard input, which opens to the right text', async () => {
    const value = 'dckr_pat_"quoted" $(x) \\ ü'
    const set = await run(['secret', 'set', 'docker_hub_token', ...inRepository], { input: `${value}\n` })
    expect(set).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(running.gitHub.state()).toMatchObject({
      'acme/widgets': { secrets: { DOCKER_HUB_TOKEN: { value } } },
    })
  })

  test('sets the secrets of a dotenv file', async () => {
    await run(['secret', 'set', '-f', '-', ...inRepository], { input: 'ONE=1\nTWO=2\n' })
    expect(running.gitHub.state()).toMatchObject({
      'acme/widgets': { secrets: { ONE: { value: '1' }, TWO: { value: '2' } } },
    })
  })

  test('lists secrets, more than a page of GitHub’s default', async () => {
    for (let index = 10; index < 45; index += 1) await setSecret(running.octokit(), `NAME_${index}`, 'x')
    const { stdout } = await run(['secret', 'list', ...inRepository])
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(35)
    expect(lines[0]).toBe('NAME_10\t2026-11-23')
  })

  test('deletes a secret', async () => {
    await setSecret(running.octokit(), 'TOKEN', 'x')
    expect(await run(['secret', 'delete', 'TOKEN', ...inRepository])).toMatchObject({ code: 0 })
    expect(running.gitHub.state()).toEqual({ 'acme/widgets': { secrets: {}, variables: {} } })
  })

  test('reports a name that GitHub refuses', async () => {
    const { code, stderr } = await run(['secret', 'set', 'GITHUB_X', ...inRepository], { input: 'x' })
    expect(code).toBe(1)
    expect(stderr).toContain('HTTP 422: Secret names must not start with GITHUB_.')
  })

  test('suggests the scope that a classic token lacks', async () => {
    running.gitHub.seeds['/github/tokens']?.({ token: 'ghp_x', kind: 'classic', scopes: ['gist'] })
    const { code, stderr } = await run(['secret', 'list', ...inRepository], { token: 'ghp_x' })
    expect(code).toBe(1)
    expect(stderr).toContain('HTTP 404')
    expect(stderr).toContain('gh auth refresh -h github.localhost -s repo')
  })

  test('follows a renamed repository', async () => {
    running.gitHub.seeds['/github/tokens']?.({ token: 'ghp_x', kind: 'classic', scopes: ['repo'] })
    running.gitHub.seeds['/github/repositories']?.({ fullName: 'acme/widgets', renamedTo: 'acme/gadgets' })
    const set = await run(['secret', 'set', 'TOKEN', ...inRepository], { input: 'x', token: 'ghp_x' })
    expect(set.code).toBe(0)
    expect(running.gitHub.state()).toMatchObject({
      'acme/gadgets': { secrets: { TOKEN: { value: 'x' } } },
    })
  })

  test('calls the API: variables, the repository, the limits', async () => {
    const variables = 'repos/acme/widgets/actions/variables'
    await run(['api', variables, '-f', 'name=state', '-f', 'value=one'])
    await run(['api', '-X', 'PATCH', `${variables}/state`, '-f', 'value=two'])
    expect((await run(['api', variables, '--jq', '.variables[] | .name + "=" + .value'])).stdout).toBe(
      'STATE=two\n',
    )
    expect((await run(['api', 'repos/acme/widgets', '--jq', '.full_name'])).stdout).toBe('acme/widgets\n')
    expect((await run(['api', 'rate_limit', '--jq', '.resources.core.limit'])).stdout).toBe('5000\n')
  })

  test('finds its login in order', async () => {
    const { stderr } = await run(['auth', 'status', '-h', 'github.localhost'])
    expect(stderr).toContain('Logged in to github.localhost as sandbox (GH_TOKEN)')
  })

  test('lists, sets and deletes variables, if this gh can', async ({ skip }) => {
    const { code } = await run(['variable', '--help'])
    if (code !== 0) skip('this gh has no command "variable"')
    await run(['variable', 'set', 'STATE', '--body', 'one', ...inRepository])
    expect((await run(['variable', 'list', ...inRepository])).stdout).toContain('STATE\tone')
    await run(['variable', 'delete', 'STATE', ...inRepository])
    expect(running.gitHub.state()).toEqual({ 'acme/widgets': { secrets: {}, variables: {} } })
  })
})
