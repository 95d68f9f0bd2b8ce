// `npm run bench:rewrite`: how long `rewrite` takes for 5,000 files and how much memory it has, beside the `grep` and `sed`
// that one would write by hand, which know neither stages nor variables nor YAML.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { runCommand } from './run-command.js'
import { spreadOf, table } from './statistics.js'

const repetitions = Number(process.env['BENCH_REPETITIONS'] ?? 5)
const count = Number(process.env['BENCH_FILES'] ?? 5000)
const bin = join(import.meta.dirname, '../bin/pullthrough.js')
const memory = join(import.meta.dirname, 'report-memory.js')
const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub'
const cache = ['--offline', '--account', '123456789012', '--region', 'us-east-1']

const byHand = String.raw`grep -rlE '^FROM |^ +(- )?image: ' . | xargs sed -E -i \
  -e 's#^(FROM (--platform=[^ ]+ )?)([a-z0-9-]+:[^ ]+)#\1${host}/library/\3#' \
  -e 's#^( +(- )?image: "?)([a-z0-9-]+:[^ "]+)#\1${host}/library/\3#'`

const directory = await mkdtemp(join(tmpdir(), 'pullthrough-rewrite-bench-'))
try {
  const files = join(directory, 'files')
  await makeFiles(files)
  const rows = [
    await measure('rewrite --check', files, process.execPath, ['rewrite', '--check', '.'], 2),
    await measure('rewrite --write', files, process.execPath, ['rewrite', '--write', '.'], 0),
    await measure(
      'rewrite --write --mode direct',
      files,
      process.execPath,
      ['rewrite', '--write', '--mode', 'direct', ...cache, '.'],
      0,
    ),
    await measure('grep and sed', files, '/bin/sh', ['-c', byHand], 0),
  ]
  process.stdout.write(
    `## ${count} files, ${repetitions} runs of each: min / median / max (targets: 5 s, 200 MB)\n\n` +
      `${table(['command', 'seconds', 'MB at most'], rows)}\n`,
  )
} finally {
  await rm(directory, { recursive: true })
}

/**
 * Run a command in fresh copies of the files.
 *
 * @param {string} name
 * @param {string} files
 * @param {string} program
 * @param {readonly string[]} args
 * @param {number} exitCode what it must end with
 */
async function measure(name, files, program, args, exitCode) {
  const isOurs = program === process.execPath
  /** @type {number[]} */
  const times = []
  /** @type {number[]} */
  const sizes = []
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    const cwd = join(directory, 'copy')
    await runCommand({ program: 'cp', args: ['-r', files, cwd], env: process.env })
    const start = process.hrtime.bigint()
    const child = spawn(program, isOurs ? ['--import', memory, bin, ...args] : args, { cwd })
    let stderr = ''
    child.stdout.resume()
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => (stderr += chunk.toString()))
    const closed = /** @type {[number | null]} */ (await once(child, 'close'))
    const code = closed[0]
    const ms = Number(process.hrtime.bigint() - start) / 1e6
    await rm(cwd, { recursive: true })
    if (code !== exitCode) throw new Error(`${name}: exit ${String(code)}\n${stderr}`)
    // The round that warms caches up does not count.
    if (repetition === 0) continue
    times.push(ms / 1000)
    sizes.push((Number(/^maxRSS (\d+)$/m.exec(stderr)?.[1]) * 1024) / 1e6)
  }
  return [name, shown(times, 2), isOurs ? shown(sizes, 0) : '']
}

/**
 * As many files as a large repository has: Dockerfiles, compose files, manifests, and others that name no images.
 *
 * @param {string} into
 */
async function makeFiles(into) {
  for (let number = 0; number < count; number += 1) {
    const [path, text] = fileNumber(number)
    const file = join(into, `team-${number % 50}`, `service-${number}`, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}

/**
 * @param {number} number
 * @returns {readonly [path: string, text: string]}
 */
function fileNumber(number) {
  switch (number % 5) {
    case 0:
    case 1:
      return [
        'Dockerfile',
        `# syntax=docker/dockerfile:1\nARG NODE=20\nFROM --platform=$BUILDPLATFORM node:20 AS build-${number}\n` +
          `${'RUN npm ci && \\\n    npm run build\n'.repeat(10)}FROM debian:12\nCOPY --from=build-${number} /app /app\n`,
      ]
    case 2:
      return [
        'compose.yaml',
        `services:\n  app:\n    build: .\n    ports: ['${number}:80']\n` +
          '  cache:\n    image: redis:7\n  db:\n    image: "postgres:16" # the store\n    environment:\n      A: b\n',
      ]
    case 3:
      return [
        'k8s/deployment.yaml',
        `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: service-${number}\nspec:\n  template:\n    spec:\n` +
          '      containers:\n        - name: app\n          image: nginx:1.27\n          env:\n            - name: A\n              value: b\n',
      ]
    default:
      return ['src/index.ts', `export const number = ${number}\n`.repeat(50)]
  }
}

/**
 * @param {readonly number[]} values
 * @param {number} digits
 */
function shown(values, digits) {
  const { min, median, max } = spreadOf(values)
  return [min, median, max].map((value) => value.toFixed(digits)).join(' / ')
}
