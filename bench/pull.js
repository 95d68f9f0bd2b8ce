// `npm run bench:pull`: how long a pull takes that ECR's cache serves, beside the same pull straight from Docker Hub, each
// a sandbox on this machine, with a latency before each of Docker Hub's answers. Shows what the cache gives, and what the
// first pull through it costs.
import { Buffer } from 'node:buffer'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import {
  CreatePullThroughCacheRuleCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { startSandbox } from '../dist/sandbox/index.js'
import { spreadOf, table } from './statistics.js'

/** @import { Sandbox } from '../dist/sandbox/index.js' */

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

const repetitions = Number(process.env['BENCH_REPETITIONS'] ?? 7)

/** Before each of Docker Hub's answers, in milliseconds; ECR's are without. */
const latency = 100

const credential = { username: 'sandbox', accessToken: 'dckr_pat_sandbox_0123456789abcdefghi' }
const image = { repository: 'library/debian', tag: '12' }

/** Where an image is pulled from, and how one logs in there. @typedef {{ base: string, authorization: string }} Place */

const sandbox = await startSandbox()
try {
  /** @type {Record<'straight' | 'first' | 'cached', number[]>} */
  const times = { straight: [], first: [], cached: [] }
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    await control('POST', '/reset')
    await prepare(sandbox)
    const straight = await measure(() => logInToDockerHub(sandbox))
    const first = await measure(() => logInToEcr(sandbox))
    const cached = await measure(() => logInToEcr(sandbox))
    // The round that warms caches up does not count.
    if (repetition === 0) continue
    times.straight.push(straight)
    times.first.push(first)
    times.cached.push(cached)
  }
  report(times)
} finally {
  await sandbox.close()
}

/** @param {Record<'straight' | 'first' | 'cached', number[]>} times */
function report(times) {
  const titles = {
    straight: 'straight from Docker Hub',
    first: 'through the cache, the first time',
    cached: 'through the cache, from then on',
  }
  const rows = Object.entries(titles).map(([name, title]) => {
    const { min, median, max } = spreadOf(times[/** @type {keyof typeof times} */ (name)])
    return [title, ...[min, median, max].map((ms) => `${ms.toFixed(0)} ms`)]
  })
  const ratio = spreadOf(times.straight).median / spreadOf(times.cached).median
  process.stdout.write(
    `${image.repository}:${image.tag} for linux/amd64, ${latency} ms before each answer of Docker Hub, ${repetitions} times\n\n` +
      `${table(['pull', 'min', 'median', 'max'], rows)}\n\n` +
      `A cached pull is ${ratio.toFixed(1)} times as fast as one straight from Docker Hub.\n`,
  )
}

/**
 * A rule for Docker Hub, and the latency.
 *
 * @param {Sandbox} running
 */
async function prepare({ env }) {
  const settings = awsSettings(env)
  const secret = new CreateSecretCommand({
    Name: 'ecr-pullthroughcache/docker-hub',
    SecretString: JSON.stringify(credential),
  })
  const { ARN } = await new SecretsManagerClient(settings).send(secret)
  await new ECRClient(settings).send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: 'docker-hub',
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn: ARN,
    }),
  )
  for (const service of ['docker-registry', 'docker-auth']) {
    const fault = { kind: 'delay', ms: latency }
    await control('POST', '/faults', { service, operation: '*', times: 'always', fault })
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
async function control(method, path, body) {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
  const response = await globalThis.fetch(`${sandbox.control}${path}`, init)
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
}

/** @param {Sandbox['env']} env */
function awsSettings(env) {
  return {
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    region: env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  }
}

/**
 * @param {Sandbox} running
 * @returns {Promise<Place>}
 */
async function logInToDockerHub({ env }) {
  const query = new URLSearchParams({
    service: 'registry.docker.io',
    scope: `repository:${image.repository}:pull`,
  })
  const { username, accessToken } = credential
  const login = Buffer.from(`${username}:${accessToken}`).toString('base64')
  const registry = env['DOCKER_REGISTRY_URL'] ?? ''
  // The challenge first, as every client does.
  await globalThis.fetch(`${registry}/v2/`)
  const answer = await get(`${env['DOCKER_AUTH_URL'] ?? ''}/token?${query.toString()}`, `Basic ${login}`)
  const { token } = /** @type {{ token: string }} */ (parsed(answer))
  return { base: `${registry}/v2/${image.repository}`, authorization: `Bearer ${token}` }
}

/**
 * @param {Sandbox} running
 * @returns {Promise<Place>}
 */
async function logInToEcr({ env }) {
  const { authorizationData } = await new ECRClient(awsSettings(env)).send(
    new GetAuthorizationTokenCommand({}),
  )
  const registry = `http://${env['PULLTHROUGH_ECR_REGISTRY'] ?? ''}`
  await globalThis.fetch(`${registry}/v2/`)
  return {
    base: `${registry}/v2/docker-hub/${image.repository}`,
    authorization: `Basic ${authorizationData?.[0]?.authorizationToken ?? ''}`,
  }
}

/**
 * How long a login and a pull take: the index, the manifest for one platform, then its parts at the same time.
 *
 * @param {() => Promise<Place>} logIn
 */
async function measure(logIn) {
  const started = performance.now()
  const { base, authorization } = await logIn()
  const index = await get(`${base}/manifests/${image.tag}`, authorization)
  const { manifests } =
    /** @type {{ manifests: { digest: string, platform: { architecture: string } }[] }} */ (parsed(index))
  const chosen = manifests.find(({ platform }) => platform.architecture === 'amd64')
  const manifest = await get(`${base}/manifests/${chosen?.digest ?? ''}`, authorization)
  const { config, layers } = /** @type {{ config: { digest: string }, layers: { digest: string }[] }} */ (
    parsed(manifest)
  )
  await Promise.all([config, ...layers].map(({ digest }) => get(`${base}/blobs/${digest}`, authorization)))
  return performance.now() - started
}

/**
 * @param {string} url
 * @param {string} authorization
 */
async function get(url, authorization) {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    '*/*',
  ].join(', ')
  const response = await globalThis.fetch(url, { headers: { authorization, accept } })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return Buffer.from(await response.arrayBuffer())
}

/**
 * @param {Buffer} body
 * @returns {unknown}
 */
function parsed(body) {
  return JSON.parse(body.toString())
}
