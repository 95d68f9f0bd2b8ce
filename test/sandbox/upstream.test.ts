import {
  CreatePullThroughCacheRuleCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ValidatePullThroughCacheRuleCommand,
} from '@aws-sdk/client-ecr'
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'

/** Stands for the real Docker Hub, and knows somebody whom the other sandbox's own does not know. */
let hub: Sandbox
let sandbox: Sandbox

const ana = { username: 'ana', accessToken: 'dckr_pat_ana_0123456789abcdefghijk' }

beforeEach(async () => {
  hub = await startSandbox()
  await fetch(`${hub.control}/docker-hub/accounts`, {
    method: 'POST',
    body: JSON.stringify({ username: ana.username, token: ana.accessToken }),
  })
  sandbox = await startSandbox({ upstream: hub.env['DOCKER_REGISTRY_URL'] ?? '' })
})

afterEach(async () => {
  await Promise.all([hub.close(), sandbox.close()])
})

const settings = () => ({
  endpoint: sandbox.env['AWS_ENDPOINT_URL'] ?? '',
  region: sandbox.env['AWS_REGION'] ?? '',
  credentials: {
    accessKeyId: sandbox.env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: sandbox.env['AWS_SECRET_ACCESS_KEY'] ?? '',
  },
  maxAttempts: 1,
})

/** A rule whose secret holds this; what is told of it, and of a pull by it. */
async function createRule(credential: object): Promise<string> {
  const SecretString = JSON.stringify(credential)
  const { ARN: credentialArn = '' } = await new SecretsManagerClient(settings()).send(
    new CreateSecretCommand({ Name: 'ecr-pullthroughcache/docker-hub', SecretString }),
  )
  await new ECRClient(settings()).send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: 'docker-hub',
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn,
    }),
  )
  return credentialArn
}

async function isValid(): Promise<boolean | undefined> {
  const command = new ValidatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'docker-hub' })
  const answer = await new ECRClient(settings()).send(command)
  return answer.isValid
}

async function pull(tag: string): Promise<number> {
  const { authorizationData: [data] = [] } = await new ECRClient(settings()).send(
    new GetAuthorizationTokenCommand({}),
  )
  const url = `${data?.proxyEndpoint ?? ''}/v2/docker-hub/library/debian/manifests/${tag}`
  const { status } = await fetch(url, {
    headers: { authorization: `Basic ${data?.authorizationToken ?? ''}` },
  })
  return status
}

const pullsAt = ({ state }: Pick<Sandbox, 'state'>) => {
  const { accounts, anonymousPulls } = state().dockerHub
  return { ...Object.fromEntries(accounts.map(({ username, pulls }) => [username, pulls])), anonymousPulls }
}

test('leaves Docker Hub’s addresses to their defaults, but for the registry', () => {
  expect(Object.keys(sandbox.env)).not.toContain('DOCKER_AUTH_URL')
  expect(Object.keys(sandbox.env)).not.toContain('DOCKER_HUB_URL')
  expect(sandbox.env['DOCKER_REGISTRY_URL']).toBe(hub.env['DOCKER_REGISTRY_URL'])
})

test('imports from another registry, at the expense of whose credential the secret holds', async () => {
  await createRule(ana)
  expect(await pull('12')).toBe(200)
  expect(pullsAt(hub)).toEqual({ sandbox: 0, ana: 2, anonymousPulls: 0 })
  expect(pullsAt(sandbox)).toEqual({ sandbox: 0, anonymousPulls: 0 })
})

test('validates a rule at that registry, without a pull', async () => {
  const credentialArn = await createRule(ana)
  expect(await isValid()).toBe(true)
  await new SecretsManagerClient(settings()).send(
    new PutSecretValueCommand({
      SecretId: credentialArn,
      SecretString: JSON.stringify({ ...ana, accessToken: 'dckr_pat_wrong' }),
    }),
  )
  expect(await isValid()).toBe(false)
  expect(await pull('12')).toBe(403)
  expect(pullsAt(hub)).toEqual({ sandbox: 0, ana: 0, anonymousPulls: 0 })
})

test('serves what it has where that registry is gone', async () => {
  await createRule(ana)
  expect(await pull('12')).toBe(200)
  await hub.close()
  await fetch(`${sandbox.control}/clock`, {
    method: 'POST',
    body: JSON.stringify({ advanceMs: 25 * 60 * 60 * 1000 }),
  })
  expect([await pull('12'), await pull('latest'), await isValid()]).toEqual([200, 503, false])
})

test.each([
  'registry-1.docker.io',
  'http://registry-1.docker.io',
  'https://registry-1.docker.io/v2',
  'https://ana:token@registry-1.docker.io',
  'ftp://127.0.0.1',
  'http://127.0.0.1.example',
])('takes no upstream %s', async (upstream) => {
  await expect(startSandbox({ upstream })).rejects.toThrow(
    new TypeError(
      'the upstream must be the URL of a registry, without a path: https, or http to this machine',
    ),
  )
})

test.each(['https://registry-1.docker.io', 'https://registry-1.docker.io/', 'http://localhost:5000'])(
  'takes the upstream %s',
  async (upstream) => {
    const other = await startSandbox({ upstream })
    expect(other.env['DOCKER_REGISTRY_URL']).toBe(new URL(upstream).origin)
    await other.close()
  },
)
