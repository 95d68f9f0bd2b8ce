import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RunningDockerHub, seeded, startDockerHub } from './running-docker-hub.ts'

/** The `skopeo` to try, as an absolute path; without it these tests are skipped. */
const skopeo = process.env['PULLTHROUGH_E2E_SKOPEO']

let running: RunningDockerHub
let home: string

beforeEach(async () => {
  running = await startDockerHub()
  home = mkdtempSync(join(tmpdir(), 'skopeo-'))
})

afterEach(async () => {
  rmSync(home, { recursive: true })
  await running.close()
})

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(args: readonly string[], input = ''): Promise<Run> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, REGISTRY_AUTH_FILE: join(home, 'auth.json') }
  return new Promise((resolve) => {
    const child = execFile(skopeo ?? '', args, { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
    child.stdin?.end(input)
  })
}

const host = () => new URL(running.registryUrl).host
const inspect = (repository: string) =>
  run(['inspect', '--tls-verify=false', `docker://${host()}/${repository}`])
const logIn = (token: string) =>
  run(['login', '--tls-verify=false', '-u', seeded.username, '--password-stdin', host()], token)

describe.skipIf(skopeo === undefined)('the real skopeo', () => {
  test('logs in and inspects the image, which is a pull of that user', async () => {
    expect((await logIn(seeded.password)).stdout).toContain('Login Succeeded!')
    const { code, stdout } = await inspect('ratelimitpreview/test')
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { RepoTags: ['latest'], Architecture: 'amd64' }])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 1 }], anonymousPulls: 0 })
  })

  test('copies the image without logging in', async () => {
    const to = `dir:${join(home, 'image')}`
    const from = `docker://${host()}/ratelimitpreview/test:latest`
    expect(await run(['--insecure-policy', 'copy', '--src-tls-verify=false', from, to])).toMatchObject({
      code: 0,
    })
    expect(running.dockerHub.state()).toMatchObject({ anonymousPulls: 1 })
  })

  test('is turned away with a wrong token', async () => {
    const { code, stderr } = await logIn('dckr_pat_wrong')
    expect([code, stderr]).toEqual([1, expect.stringContaining('invalid username/password')])
  })

  test('is told that a token has expired', async () => {
    await logIn(seeded.password)
    running.account({ username: seeded.username, token: seeded.password, state: 'expired' })
    const { code, stderr } = await inspect('ratelimitpreview/test')
    expect([code, stderr]).toEqual([1, expect.stringContaining('personal access token is expired')])
  })

  test('is denied what does not exist', async () => {
    const { code, stderr } = await inspect('acme/secret')
    expect([code, stderr]).toEqual([1, expect.stringContaining('requested access to the resource is denied')])
  })
})
