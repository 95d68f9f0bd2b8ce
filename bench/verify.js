// `npm run bench:verify`: how long `verify` takes beside the commands of the usual clients, how many round trips it
// waits for, and what 20 Regions and 50 repositories cost. Needs pulumi, aws, gh and jq.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { CreatePullThroughCacheRuleCommand, ECRClient } from '@aws-sdk/client-ecr'
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { runCommand } from './run-command.js'
import { longestChain } from './round-trips.js'
import { spreadOf, table } from './statistics.js'
import { openWorkplace } from './workplace.js'

/** @import { LoggedRequest } from './round-trips.js' */
/** @import { Workplace } from './workplace.js' */

// The warning is about the SDK's support of Node 20, which has no part in what is measured.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

const repetitions = Number(process.env['BENCH_REPETITIONS'] ?? 7)
const bin = join(import.meta.dirname, '../bin/pullthrough.js')
const script = join(import.meta.dirname, 'verify-with-clis.sh')

/** Commercial Regions that have had pull-through caches for long. */
const manyRegions = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1', 'eu-north-1', 'eu-south-1'],
  ...['ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ap-northeast-2'],
  ...['ap-northeast-3', 'me-south-1', 'af-south-1'],
]
const manyRepositories = Array.from({ length: 50 }, (_, index) => `acme/service-${index + 1}`)

const workplace = await openWorkplace()
try {
  await prepare(workplace, ['us-east-1'], ['acme/widgets'])
  await compareTimes(workplace)
  await countRoundTrips(workplace)
  await askMany(workplace)
} finally {
  await workplace.close()
}

/**
 * A sandbox that was synced, with a rule in each Region.
 *
 * @param {Workplace} workplace
 * @param {readonly string[]} regions
 * @param {readonly string[]} repositories
 */
async function prepare({ control, env, project }, regions, repositories) {
  await control('POST', '/reset')
  for (const fullName of repositories) {
    if (fullName !== 'acme/widgets') await control('POST', '/github/repositories', { fullName })
  }
  await control('POST', '/github/tokens', {
    token: env['GH_TOKEN'],
    kind: 'fine-grained',
    permissions: { metadata: 'read', secrets: 'write', actions_variables: 'write' },
    repositories,
  })
  await runCommand({
    program: process.execPath,
    args: [bin, 'sync', ...targets(regions, repositories)],
    cwd: project,
    env,
  })
  for (const region of regions) {
    const config = {
      region,
      endpoint: env['AWS_ENDPOINT_URL'] ?? '',
      credentials: {
        accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    }
    const secret = new DescribeSecretCommand({ SecretId: 'ecr-pullthroughcache/docker-hub' })
    const { ARN } = await new SecretsManagerClient(config).send(secret)
    await new ECRClient(config).send(
      new CreatePullThroughCacheRuleCommand({
        ecrRepositoryPrefix: 'docker-hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn: ARN,
      }),
    )
  }
}

/**
 * @param {readonly string[]} regions
 * @param {readonly string[]} repositories
 */
function targets(regions, repositories) {
  return [
    ...regions.flatMap((region) => ['--region', region]),
    ...repositories.flatMap((repository) => ['--repo', repository]),
  ]
}

/**
 * @param {Workplace} workplace
 * @param {number} ms
 */
async function setLatency({ control }, ms) {
  await control('DELETE', '/faults')
  if (ms === 0) return
  await control('POST', '/faults', {
    service: '*',
    operation: '*',
    times: 'always',
    fault: { kind: 'delay', ms },
  })
}

/** @param {Workplace} workplace */
async function compareTimes(workplace) {
  const { project: cwd, env } = workplace
  const rows = []
  for (const latency of [0, 100]) {
    await setLatency(workplace, latency)
    /** @type {number[]} */
    const ours = []
    /** @type {number[]} */
    const theirs = []
    for (let repetition = 0; repetition <= repetitions; repetition += 1) {
      const verify = await runCommand({ program: process.execPath, args: [bin, 'verify'], cwd, env })
      const byHand = await runCommand({ program: script, args: [], cwd, env })
      // The round that warms caches up does not count.
      if (repetition === 0) continue
      ours.push(verify.ms)
      theirs.push(byHand.ms)
    }
    const ratios = ours.map((ms, index) => (theirs[index] ?? Number.NaN) / ms)
    rows.push([`${latency} ms`, ...[ours, theirs].map((times) => seconds(times)), shown(ratios, 1)])
  }
  print(
    `## Time of a whole run, one Region and one repository, ${repetitions} of each in turn: min / median / max\n`,
  )
  print(table(['latency of each answer', 'verify (s)', 'clients (s)', 'clients ÷ verify'], rows))
}

/** @param {Workplace} workplace */
async function countRoundTrips(workplace) {
  // Long beside anything the program computes, so that a request that begins after an answer waited for it.
  await setLatency(workplace, 1000)
  const { requests } = await verify(workplace, [])
  const chain = longestChain(requests)
  print(`\n## Requests of one Region and one repository: ${requests.length}\n`)
  print(`Round trips one after another: ${chain.length} (target: 6)`)
  print(chain.map(({ service, operation }) => `${service} ${operation}`).join(' → '))
  print(`Writes: ${requests.filter(({ mutating }) => mutating).length}`)
}

/** @param {Workplace} workplace */
async function askMany(workplace) {
  await setLatency(workplace, 0)
  await prepare(workplace, manyRegions, manyRepositories)
  await setLatency(workplace, 100)
  const runs = []
  for (let run = 0; run < 5; run += 1) {
    runs.push(await verify(workplace, targets(manyRegions, manyRepositories)))
  }
  const { requests, exitCode } = runs[0] ?? { requests: [], exitCode: null }
  const memory = runs.map(({ maxRss }) => (maxRss * 1024) / 1e6)
  print(
    `\n## ${manyRegions.length} Regions and ${manyRepositories.length} repositories, 100 ms before each answer\n`,
  )
  const services = [...new Set(requests.map(({ service }) => service))]
  print(
    table(
      ['service', 'requests', 'at once at most', 'writes'],
      services.map((service) => {
        const own = requests.filter((request) => request.service === service)
        const writes = own.filter(({ mutating }) => mutating).length
        return [service, `${own.length}`, `${mostAtOnce(own)}`, `${writes}`]
      }),
    ),
  )
  print(`\nExit ${exitCode}; of 5 runs, min / median / max: ${seconds(runs.map(({ ms }) => ms))} s,`)
  print(`at most ${shown(memory, 0)} MB in memory (target: 150 MB).`)
}

/**
 * @param {Workplace} workplace
 * @param {readonly string[]} args
 * @returns {Promise<{ requests: readonly LoggedRequest[], ms: number, maxRss: number, exitCode: number | null }>}
 */
async function verify({ control, project, env }, args) {
  await control('DELETE', '/requests')
  const start = process.hrtime.bigint()
  const memory = join(import.meta.dirname, 'report-memory.js')
  const child = spawn(process.execPath, ['--import', memory, bin, 'verify', ...args], { cwd: project, env })
  let stderr = ''
  child.stdout.resume()
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => (stderr += chunk.toString()))
  const closed = /** @type {[number | null]} */ (await once(child, 'close'))
  const exitCode = closed[0]
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  const requests = /** @type {readonly LoggedRequest[]} */ (await control('GET', '/requests'))
  return { requests, ms, maxRss: Number(/^maxRSS (\d+)$/m.exec(stderr)?.[1]), exitCode }
}

/** @param {readonly LoggedRequest[]} requests */
function mostAtOnce(requests) {
  const spans = requests.map(({ at, ms }) => ({ start: Date.parse(at), end: Date.parse(at) + ms }))
  return Math.max(
    0,
    ...spans.map(({ start }) => spans.filter((other) => other.start <= start && start < other.end).length),
  )
}

/** @param {readonly number[]} times in milliseconds */
function seconds(times) {
  return shown(
    times.map((ms) => ms / 1000),
    2,
  )
}

/**
 * @param {readonly number[]} values
 * @param {number} digits
 */
function shown(values, digits) {
  const { min, median, max } = spreadOf(values)
  return [min, median, max].map((value) => value.toFixed(digits)).join(' / ')
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`)
}
