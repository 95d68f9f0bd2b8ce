import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { digestOf } from './pulling.ts'
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
const inspect = (image: string, ...options: readonly string[]) =>
  run(['inspect', '--tls-verify=false', ...options, `docker://${host()}/${image}`])
const copy = (image: string, to: string, ...options: readonly string[]) =>
  run([
    ...['--insecure-policy', ...options.filter((option) => option.startsWith('--override'))],
    ...['copy', '--src-tls-verify=false', ...options.filter((option) => !option.startsWith('--override'))],
    `docker://${host()}/${image}`,
    to,
  ])
const logIn = (token: string) =>
  run(['login', '--tls-verify=false', '-u', seeded.username, '--password-stdin', host()], token)

interface Index {
  readonly mediaType: string
  readonly manifests: readonly {
    readonly digest: string
    readonly platform: { readonly architecture: string }
  }[]
}

function manifestIn(folder: string) {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    readonly config: { readonly digest: string }
    readonly layers: readonly { readonly digest: string }[]
  }
}

/** Of the blobs in a folder that `dir:` filled, which it names by what they must hash to. */
function digestsIn(folder: string): readonly string[] {
  const blobs = readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name))
  const digests = blobs.map((name) => digestOf(readFileSync(join(folder, name))))
  expect(digests).toEqual(blobs.map((name) => `sha256:${name}`))
  return digests
}

describe.skipIf(skopeo === undefined)('the real skopeo', () => {
  test('logs in and inspects the image, which is a pull of that user', async () => {
    expect((await logIn(seeded.password)).stdout).toContain('Login Succeeded!')
    const { code, stdout } = await inspect('ratelimitpreview/test')
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { RepoTags: ['latest'], Architecture: 'amd64' }])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 1 }], anonymousPulls: 0 })
  })

  test('copies an image of one platform without logging in, in one pull', async () => {
    const folder = join(home, 'image')
    expect(await copy('grafana/grafana:11.0.0', `dir:${folder}`)).toMatchObject({ code: 0 })
    expect(running.dockerHub.state()).toMatchObject({ anonymousPulls: 1 })
    const { config, layers } = manifestIn(folder)
    const blobs = [config, ...layers].map(({ digest }) => digest)
    expect(digestsIn(folder)).toEqual(blobs.sort())
  })

  test.each([
    ['library/debian:12', 'amd64', 'application/vnd.oci.image.index.v1+json'],
    ['library/debian:12', 'arm64', 'application/vnd.oci.image.index.v1+json'],
    ['library/busybox:latest', 'arm64', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  ])('copies of %s what is for %s, in one pull', async (image, architecture, mediaType) => {
    const folder = join(home, 'image')
    const override = `--override-arch=${architecture}`
    expect(await copy(image, `dir:${folder}`, override)).toMatchObject({ code: 0 })
    expect(running.dockerHub.state()).toMatchObject({ anonymousPulls: 1 })

    const raw = await inspect(image, '--raw')
    const index = JSON.parse(raw.stdout) as Index
    expect(index.mediaType).toBe(mediaType)
    const wanted = index.manifests.find(({ platform }) => platform.architecture === architecture)
    expect(digestOf(readFileSync(join(folder, 'manifest.json')))).toBe(wanted?.digest)
    const { config } = manifestIn(folder)
    const configFile = readFileSync(join(folder, config.digest.replace('sha256:', '')), 'utf8')
    expect(JSON.parse(configFile)).toMatchObject({ architecture, os: 'linux' })
  })

  test.each(['library/debian:12', 'library/busybox:latest'])(
    'copies %s with all of its platforms, a pull for each, and every digest is right',
    async (image) => {
      const folder = join(home, 'image')
      expect(await copy(image, `dir:${folder}`, '--all')).toMatchObject({ code: 0 })
      expect(running.dockerHub.state()).toMatchObject({ anonymousPulls: 2 })
      const raw = await inspect(image, '--raw')
      expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(raw.stdout)
      // Two configurations and four layers.
      expect(digestsIn(folder)).toHaveLength(6)
    },
  )

  test('copies an image with all of its platforms into a layout of the OCI, digests kept', async () => {
    const folder = join(home, 'layout')
    expect(await copy('library/alpine:3.21', `oci:${folder}:alpine`, '--all')).toMatchObject({ code: 0 })
    const layout = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index
    const raw = await inspect('library/alpine:3.21', '--raw')
    expect(layout.manifests.map(({ digest }) => digest)).toEqual([digestOf(Buffer.from(raw.stdout))])
    const blobs = readdirSync(join(folder, 'blobs/sha256'))
    expect(blobs).toHaveLength(1 + 2 + 6)
    for (const name of blobs) {
      expect(digestOf(readFileSync(join(folder, 'blobs/sha256', name)))).toBe(`sha256:${name}`)
    }
  })

  test('inspects an image by digest, and its configuration', async () => {
    const raw = await inspect('library/redis:7', '--raw')
    const arm64 = (JSON.parse(raw.stdout) as Index).manifests[1]?.digest ?? ''
    const inspected = await inspect(`library/redis@${arm64}`)
    expect(JSON.parse(inspected.stdout)).toMatchObject({ Digest: arm64, Architecture: 'arm64', Os: 'linux' })
    const config = await inspect(`library/redis@${arm64}`, '--config')
    expect(JSON.parse(config.stdout)).toMatchObject({ architecture: 'arm64', variant: 'v8' })
  })

  test('copies a private image for its owner, and for nobody else', async () => {
    const to = `dir:${join(home, 'image')}`
    expect((await copy('sandbox/private:latest', to)).code).toBe(1)
    running.account({ username: seeded.username, token: seeded.password, scope: 'repo:read' })
    await logIn(seeded.password)
    expect(await copy('sandbox/private:latest', to)).toMatchObject({ code: 0 })
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 1 }], anonymousPulls: 0 })
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
