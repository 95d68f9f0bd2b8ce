// `npm run bench`: how long `sync` takes beside a shell script that does the same with the usual clients, how many
// round trips it waits for, how quickly the program starts, how much it installs. Needs pulumi, aws, gh, curl and jq.
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { installedSize } from './installed-size.js'
import { runCommand } from './run-command.js'
import { longestChain } from './round-trips.js'
import { spreadOf, table } from './statistics.js'
import { openWorkplace } from './workplace.js'

/** @import { LoggedRequest } from './round-trips.js' */
/** @import { Spread } from './statistics.js' */
/** @import { Workplace } from './workplace.js' */

const repetitions = Number(process.env['BENCH_REPETITIONS'] ?? 7)
const repository = join(import.meta.dirname, '..')
const bin = join(repository, 'bin/pullthrough.js')

/** The two that are compared. */
const contenders = {
  pullthrough: { program: process.execPath, args: [bin, 'sync'] },
  script: { program: join(import.meta.dirname, 'sync-with-clis.sh'), args: [] },
}

/** @typedef {keyof typeof contenders} Contender */

/** Latencies that are put before each answer, in milliseconds. */
const latencies = [0, 100]

/** Long beside anything the program computes, so that a request that begins after an answer waited for it. */
const latencyForCounting = 1000

await main()

async function main() {
  print(`${await machine()}\n`)
  const workplace = await openWorkplace()
  try {
    await compareTimes(workplace)
    await countRequests(workplace)
  } finally {
    await workplace.close()
  }
  await compareStart()
  await weigh()
}

/** @param {Workplace} workplace */
async function compareTimes(workplace) {
  /** @type {Record<string, number[]>} */
  const times = {}
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    for (const latency of latencies) {
      // In turn, and the other one first each time, so that a slower minute of the machine meets both.
      const order = /** @type {Contender[]} */ (Object.keys(contenders))
      if (repetition % 2 === 1) order.reverse()
      for (const contender of order) {
        const { first, noOp } = await measure(contender, latency, workplace)
        // The round that warms caches up does not count.
        if (repetition === 0) continue
        ;(times[`first ${contender} ${latency}`] ??= []).push(first)
        ;(times[`no-op ${contender} ${latency}`] ??= []).push(noOp)
      }
    }
    process.stderr.write(`round ${repetition} of ${repetitions}\n`)
  }
  const of = (/** @type {string} */ key) => times[key] ?? []
  const rows = ['no-op', 'first'].flatMap((run) =>
    latencies.map((latency) => {
      const ours = of(`${run} pullthrough ${latency}`)
      const theirs = of(`${run} script ${latency}`)
      const ratios = ours.map((ms, index) => (theirs[index] ?? Number.NaN) / ms)
      return [
        `${run}, ${latency} ms`,
        seconds(spreadOf(ours)),
        seconds(spreadOf(theirs)),
        shown(spreadOf(ratios), 1),
      ]
    }),
  )
  print(`## Time of a whole run, ${repetitions} of each in turn: min / median / max\n`)
  print(table(['run, latency of each answer', 'pullthrough sync (s)', 'script (s)', 'script ÷ sync'], rows))
  print('\nTarget: a no-op takes at most 1/10 of the script’s time.\n')
}

/**
 * A first run and one more, from an empty sandbox.
 *
 * @param {Contender} contender
 * @param {number} latency in milliseconds
 * @param {Workplace} workplace
 */
async function measure(contender, latency, { project, env, control }) {
  await control('POST', '/reset')
  if (latency > 0) {
    const fault = { kind: 'delay', ms: latency }
    await control('POST', '/faults', { service: '*', operation: '*', times: 'always', fault })
  }
  const command = { ...contenders[contender], cwd: project, env }
  const first = await runCommand(command)
  const requestsOfFirst = /** @type {readonly LoggedRequest[]} */ (await control('GET', '/requests'))
  await control('DELETE', '/requests')
  const noOp = await runCommand(command)
  const requestsOfNoOp = /** @type {readonly LoggedRequest[]} */ (await control('GET', '/requests'))
  return { first: first.ms, noOp: noOp.ms, requestsOfFirst, requestsOfNoOp }
}

/** @param {Workplace} workplace */
async function countRequests(workplace) {
  const rows = []
  const chains = []
  for (const contender of /** @type {Contender[]} */ (Object.keys(contenders))) {
    const { requestsOfFirst, requestsOfNoOp } = await measure(contender, latencyForCounting, workplace)
    for (const [run, requests] of /** @type {const} */ ([
      ['no-op', requestsOfNoOp],
      ['first', requestsOfFirst],
    ])) {
      const chain = longestChain(requests)
      const writes = requests.filter(({ mutating }) => mutating).length
      rows.push([`${run}, ${contender}`, `${requests.length}`, `${writes}`, `${chain.length}`])
      chains.push(`- ${run}, ${contender}: ${chain.map(({ operation }) => operation).join(' → ')}`)
    }
  }
  print(`## Requests, counted with ${latencyForCounting} ms of latency\n`)
  print(table(['run', 'requests', 'of them writes', 'round trips one after another'], rows))
  print(`\n${chains.join('\n')}`)
  print('\nTargets: 0 writes in a no-op; at most 2 round trips in a no-op and 5 in a first sync.\n')
}

async function compareStart() {
  const runs = 3 * repetitions
  const env = process.env
  /** @type {number[]} */
  const version = []
  /** @type {number[]} */
  const bare = []
  for (let run = 0; run <= runs; run += 1) {
    const ours = await runCommand({ program: process.execPath, args: [bin, '--version'], env })
    const theirs = await runCommand({ program: process.execPath, args: ['-e', '0'], env })
    if (run === 0) continue
    version.push(ours.ms)
    bare.push(theirs.ms)
  }
  const ratios = version.map((ms, index) => ms / (bare[index] ?? Number.NaN))
  print(`## Start of the program, ${runs} of each in turn: min / median / max\n`)
  print(
    table(
      ['command', 'ms'],
      [
        ['pullthrough --version', shown(spreadOf(version), 0)],
        ['node -e 0', shown(spreadOf(bare), 0)],
        ['ratio of each pair', shown(spreadOf(ratios), 2)],
      ],
    ),
  )
  print('\nTarget: 1.6 times `node -e 0` at most.\n')
}

async function weigh() {
  const { dependencies, own, packages } = await installedSize(repository)
  const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1)
  print('## Installed size, sum of all files\n')
  print(
    table(
      ['what', 'MB'],
      [
        [`runtime dependencies (${packages} packages)`, megabytes(dependencies)],
        ['pullthrough itself', megabytes(own)],
      ],
    ),
  )
  print('\nTarget: 30 MB of runtime dependencies at most.')
}

async function machine() {
  const [cpu] = cpus()
  const said = async (/** @type {string} */ program, /** @type {string[]} */ args) => {
    const { stdout } = await runCommand({ program, args, env: { ...process.env, PATH: '/usr/bin:/bin' } })
    return (stdout.split('\n')[0] ?? '').split(' ').slice(0, 3).join(' ')
  }
  return [
    `${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} cores (${cpu?.model ?? '?'}),`,
    `${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform};`,
    `${await said('aws', ['--version'])}, ${await said('gh', ['--version'])}`,
  ].join(' ')
}

/** @param {Spread} spread in milliseconds */
function seconds({ min, median, max }) {
  return shown({ min: min / 1000, median: median / 1000, max: max / 1000 }, 2)
}

/**
 * @param {Spread} spread
 * @param {number} digits
 */
function shown({ min, median, max }, digits) {
  return [min, median, max].map((value) => value.toFixed(digits)).join(' / ')
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`)
}
