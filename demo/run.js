// `npm run demo`: the main job on the embedded sandbox, told top to bottom. Nothing leaves this machine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../dist/sandbox/index.js'
import { writePulumiProject } from './pulumi-project.js'

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
const token = 'dckr_pat_sandbox_0123456789abcdefghi'
let runs = 0
const bin = join(import.meta.dirname, '../bin/pullthrough.js')

const directory = await mkdtemp(join(tmpdir(), 'pullthrough-demo-'))
const sandbox = await startSandbox()
try {
  step('A Pulumi project with the credential in its config, the token encrypted (Pulumi.dev.yaml):')
  await writePulumiProject(directory, {
    project: 'acme-infra',
    stack: 'dev',
    passphrase: 'demo',
    config: { dockerHubUsername: 'sandbox', dockerHubToken: { secret: token } },
  })
  show(await readFile(join(directory, 'Pulumi.dev.yaml'), 'utf8'))

  step('One command puts it where ECR and GitHub Actions need it:')
  await pullthrough(0, 'sync')

  step('What they hold now (read behind their backs, the token masked):')
  showState()

  step('Again: nothing to do, nothing written.')
  await pullthrough(0, 'sync')

  step('Somebody drops the secret’s resource policy. A dry run names it:')
  await dropPolicy()
  await pullthrough(2, 'sync', '--dry-run')
} finally {
  await sandbox.close()
  await rm(directory, { recursive: true })
}

/** @param {string} title */
function step(title) {
  process.stdout.write(`\n# ${title}\n`)
}

/**
 * Indented, long lines cut, the token masked.
 *
 * @param {string} text
 */
function show(text) {
  const lines = text.trimEnd().replaceAll(token, 'dckr_pat_****').replace(/^/gm, '  ')
  process.stdout.write(`${lines.replaceAll(/(.{116}).+/g, '$1…')}\n`)
}

/**
 * Run the program as a user would. The notes on stderr are shown once, by the first run.
 *
 * @param {number} expected the exit code; with another one the demo has failed
 * @param {string[]} args
 */
async function pullthrough(expected, ...args) {
  runs += 1
  process.stdout.write(`$ pullthrough ${args.join(' ')}\n`)
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, ...sandbox.env, PULUMI_CONFIG_PASSPHRASE: 'demo' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of runs === 1 ? [child.stdout, child.stderr] : [child.stdout]) {
    stream.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()))
  }
  const closed = /** @type {unknown[]} */ (await once(child, 'close'))
  show(output)
  if (closed[0] !== 0) process.stdout.write(`  (exit code ${String(closed[0])})\n`)
  if (closed[0] !== expected) process.exitCode = 1
}

function showState() {
  const { aws, github } = sandbox.state()
  for (const [account, regions] of Object.entries(aws)) {
    for (const [region, { secrets }] of Object.entries(regions)) {
      for (const { name, versions, policy } of secrets) {
        show(`AWS ${account} ${region} ${name}`)
        for (const { labels, id, secretString } of versions)
          show(`  ${labels.join()} ${id} ${secretString ?? ''}`)
        for (const statement of statementsOf(policy)) show(`  ${statement}`)
      }
    }
  }
  for (const [repository, { secrets, variables }] of Object.entries(github)) {
    for (const [name, { value }] of Object.entries({ ...secrets, ...variables })) {
      show(`GitHub ${repository} ${name} = ${value}`)
    }
  }
}

/**
 * @param {unknown} policy
 * @returns {string[]}
 */
function statementsOf(policy) {
  const { Statement } = /** @type {{ Statement: Record<'Effect' | 'Action' | 'Condition', unknown>[] }} */ (
    policy
  )
  return Statement.map(({ Effect, Action, Condition }) =>
    [Effect, Action, JSON.stringify(Condition)].join(' '),
  )
}

async function dropPolicy() {
  const { DeleteResourcePolicyCommand, SecretsManagerClient } =
    await import('@aws-sdk/client-secrets-manager')
  const {
    AWS_ENDPOINT_URL = '',
    AWS_REGION = '',
    AWS_ACCESS_KEY_ID = '',
    AWS_SECRET_ACCESS_KEY = '',
  } = sandbox.env
  const client = new SecretsManagerClient({
    endpoint: AWS_ENDPOINT_URL,
    region: AWS_REGION,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  })
  await client.send(new DeleteResourcePolicyCommand({ SecretId: 'ecr-pullthroughcache/docker-hub' }))
}
