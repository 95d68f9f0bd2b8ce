import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreatePullThroughCacheRuleCommand, ECRClient } from '@aws-sdk/client-ecr'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts'
import { upstreamCredential } from './ecr/ecr-world.ts'

/** The clients to try, as absolute paths; without them these tests are skipped. */
const skopeo = process.env['PULLTHROUGH_E2E_SKOPEO']
const awsCli = process.env['PULLTHROUGH_E2E_AWS']

let sandbox: Sandbox
let home: string

const env = (name: string) => sandbox.env[name] ?? ''

beforeEach(async () => {
  sandbox = await startSandbox()
  home = mkdtempSync(join(tmpdir(), 'skopeo-'))
  const settings = {
    endpoint: env('AWS_ENDPOINT_URL'),
    region: env('AWS_REGION'),
    credentials: {
      accessKeyId: env('AWS_ACCESS_KEY_ID'),
      secretAccessKey: env('AWS_SECRET_ACCESS_KEY'),
    },
  }
  const secret = await new SecretsManagerClient(settings).send(
    new CreateSecretCommand({ Name: 'ecr-pullthroughcache/docker-hub', SecretString: upstreamCredential }),
  )
  await new ECRClient(settings).send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: 'docker-hub',
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn: secret.ARN,
    }),
  )
})

afterEach(async () => {
  rmSync(home, { recursive: true })
  await sandbox.close()
})

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(program: string, args: readonly string[], input = ''): Promise<Run> {
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    REGISTRY_AUTH_FILE: join(home, 'auth.json'),
    ...sandbox.env,
  }
  return new Promise((resolve) => {
    const child = execFile(program, args, { env: environment }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
    child.stdin?.end(input)
  })
}

const image = (name: string) => `docker://${env('PULLTHROUGH_ECR_REGISTRY')}/docker-hub/${name}`

/** `aws ecr get-login-password | skopeo login --password-stdin` */
async function logIn(): Promise<Run> {
  const endpoint = ['--endpoint-url', env('AWS_ENDPOINT_URL')]
  const { stdout } = await run(awsCli ?? '', [...endpoint, 'ecr', 'get-login-password'])
  const args = [
    'login',
    '--tls-verify=false',
    '-u',
    'AWS',
    '--password-stdin',
    env('PULLTHROUGH_ECR_REGISTRY'),
  ]
  return run(skopeo ?? '', args, stdout.trim())
}

const inspect = (name: string, ...flags: readonly string[]) =>
  run(skopeo ?? '', ['inspect', '--tls-verify=false', ...flags, image(name)])

function copy(name: string, to: string, ...flags: readonly string[]): Promise<Run> {
  const target = `dir:${join(home, to)}`
  return run(skopeo ?? '', [
    '--insecure-policy',
    'copy',
    '--src-tls-verify=false',
    ...flags,
    image(name),
    target,
  ])
}

/** How often Docker Hub counted a pull: of the account, and of nobody. */
function pulls(): readonly number[] {
  const { accounts, anonymousPulls } = sandbox.state().dockerHub
  return [...accounts.map((account) => account.pulls), anonymousPulls]
}

const filesOf = (to: string) => readdirSync(join(home, to)).length

describe.skipIf(skopeo === undefined || awsCli === undefined)('the real skopeo', () => {
  test('inspects an image through the cache: the account pays for the first time', async () => {
    expect(await logIn()).toMatchObject({ code: 0, stdout: 'Login Succeeded!\n' })
    const cold = await inspect('library/debian:12', '--override-arch', 'arm64')
    expect(cold.stderr).toBe('')
    expect(JSON.parse(cold.stdout)).toMatchObject({ Architecture: 'arm64', Os: 'linux', RepoTags: ['12'] })
    // The index with one of its manifests, and the other.
    expect(pulls()).toEqual([2, 0])
    const cached = await inspect('library/debian:12')
    expect(JSON.parse(cached.stdout)).toMatchObject({ Architecture: 'amd64', RepoTags: ['12'] })
    expect(pulls()).toEqual([2, 0])
  })

  test('copies an image for one platform, for another, and all of it', async () => {
    await logIn()
    expect(await copy('library/debian:12', 'cold', '--override-arch', 'amd64')).toMatchObject({ code: 0 })
    expect(await copy('library/debian:12', 'cached', '--override-arch', 'arm64')).toMatchObject({ code: 0 })
    expect(await copy('library/debian:12', 'all', '--all')).toMatchObject({ code: 0 })
    expect(pulls()).toEqual([2, 0])
    const manifest = (to: string) => readFileSync(join(home, to, 'manifest.json'), 'utf8')
    expect(manifest('cold')).not.toBe(manifest('cached'))
    expect(JSON.parse(manifest('all'))).toMatchObject({ manifests: [{}, {}] })
    // Manifest, version, configuration and two layers; the whole has more of each.
    expect([filesOf('cold'), filesOf('cached')]).toEqual([5, 5])
    expect(filesOf('all')).toBeGreaterThan(8)
  })

  test('copies a single image by tag, then by its digest', async () => {
    await logIn()
    expect(await copy('bitnami/redis:7.2', 'tag')).toMatchObject({ code: 0 })
    const { stdout } = await inspect('bitnami/redis:7.2', '--format', '{{.Digest}}')
    expect(await copy(`bitnami/redis@${stdout.trim()}`, 'digest')).toMatchObject({ code: 0 })
    expect(pulls()).toEqual([1, 0])
  })

  test('is told that it has not logged in, and that an image is not there', async () => {
    expect((await inspect('library/debian:12')).stderr).toContain('unauthorized')
    await logIn()
    expect((await inspect('library/debian:none')).stderr).toContain('Requested image not found')
    expect((await inspect('debian:12')).stderr).toContain(
      'The authentication to the upstream registry failed',
    )
  })
})
