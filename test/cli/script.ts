import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { CreatePullThroughCacheRuleCommand, ECRClient } from '@aws-sdk/client-ecr'
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { writePulumiProject } from '../../demo/pulumi-project.js'
import { startSandbox } from '../../src/sandbox/index.ts'

/**
 * A script is read line by line; `test/cli/scripts/README.md` explains it to whoever writes one.
 */
export type Step =
  | {
      readonly kind: 'run'
      readonly line: number
      readonly command: string
      readonly expected: readonly string[]
    }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | {
      readonly kind: 'project'
      readonly options: Parameters<typeof writePulumiProject>[1] & { directory?: string }
    }
  | { readonly kind: 'env'; readonly name: string; readonly value: string | undefined }
  | {
      readonly kind: 'control'
      readonly method: string
      readonly path: string
      readonly body: string | undefined
    }
  | { readonly kind: 'rule'; readonly prefix: string; readonly region: string }

/** Read a script. Throws a `SyntaxError` that names the line. */
export function parseScript(text: string): readonly Step[] {
  const lines = text.split('\n')
  const steps: Step[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line.startsWith('#') || line.trim() === '') continue
    const [word = '', ...rest] = line.split(' ')
    const argument = rest.join(' ')
    const block = () => {
      const start = at + 1
      while (at + 1 < lines.length && /^ {2}|^$/.test(lines[at + 1] ?? '')) at += 1
      const body = lines.slice(start, at + 1).map((bodyLine) => bodyLine.slice(2))
      while (body.at(-1) === '') body.pop()
      return body
    }
    switch (word) {
      case '$':
        steps.push({ kind: 'run', line: at + 1, command: argument, expected: block() })
        break
      case 'file':
        steps.push({ kind: 'file', path: argument, text: `${block().join('\n')}\n` })
        break
      case 'project':
        steps.push({ kind: 'project', options: JSON.parse(block().join('\n')) as never })
        break
      case 'env': {
        const [name = '', value] = argument.split(/=(.*)/s)
        steps.push({ kind: 'env', name, value })
        break
      }
      case 'control': {
        const [method = '', path = '', ...body] = rest
        steps.push({ kind: 'control', method, path, body: body.length > 0 ? body.join(' ') : undefined })
        break
      }
      case 'rule': {
        const [prefix = '', region = 'us-east-1'] = rest
        steps.push({ kind: 'rule', prefix, region })
        break
      }
      default:
        throw new SyntaxError(`line ${at + 1}: ${line}`)
    }
  }
  return steps
}

/** What one command of a script printed, in the script's own form, beside what was expected. */
export interface Comparison {
  readonly line: number
  readonly command: string
  readonly expected: readonly string[]
  readonly printed: readonly string[]
}

/** Play a script in an empty directory, against a sandbox of its own. */
export async function playScript(steps: readonly Step[]): Promise<readonly Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'pullthrough-script-'))
  const sandbox = await startSandbox()
  const env: Record<string, string | undefined> = {
    PATH: `${resolve('bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: directory,
    ...sandbox.env,
  }
  const comparisons: Comparison[] = []
  try {
    for (const step of steps) {
      switch (step.kind) {
        case 'run': {
          const result = await run(step.command, directory, env)
          const printed = anonymous(result, directory, sandbox.env).map((line, index) =>
            matches(step.expected[index], line) ? (step.expected[index] ?? line) : line,
          )
          comparisons.push({ line: step.line, command: step.command, expected: step.expected, printed })
          break
        }
        case 'file':
          await mkdir(dirname(join(directory, step.path)), { recursive: true })
          await writeFile(join(directory, step.path), step.text)
          break
        case 'project': {
          const { directory: inside = '.', ...options } = step.options
          await mkdir(join(directory, inside), { recursive: true })
          await writePulumiProject(join(directory, inside), options)
          break
        }
        case 'env':
          env[step.name] = step.value
          break
        case 'rule':
          await makeRule(step, sandbox.env)
          break
        case 'control': {
          const { method, path, body } = step
          const response = await fetch(`${sandbox.control}${path}`, { method, ...(body ? { body } : {}) })
          if (!response.ok) throw new Error(`control ${method} ${path}: ${await response.text()}`)
          break
        }
      }
    }
    return comparisons
  } finally {
    await sandbox.close()
    await rm(directory, { recursive: true })
  }
}

/** Make a cache rule that uses the secret of its Region, as a stack would. */
async function makeRule(
  { prefix, region }: { readonly prefix: string; readonly region: string },
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const config = {
    region,
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  }
  const { ARN } = await new SecretsManagerClient(config).send(
    new DescribeSecretCommand({ SecretId: 'ecr-pullthroughcache/docker-hub' }),
  )
  await new ECRClient(config).send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: prefix,
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn: ARN,
    }),
  )
}

interface Result {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

function run(command: string, cwd: string, env: Record<string, string | undefined>): Promise<Result> {
  return new Promise((resolve, reject) => {
    // `pullthrough` is the program under test; the shell lets a script pipe and redirect as a user would.
    const program = 'pullthrough() { node "$PULLTHROUGH_BIN" "$@"; }\n'
    const child = spawn('/bin/sh', ['-c', program + command], {
      cwd,
      env: { ...env, PULLTHROUGH_BIN: join(import.meta.dirname, '../../bin/pullthrough.js') },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ stdout, stderr, code })
    })
  })
}

/** What was printed as the script writes it, with whatever differs from run to run replaced by a name. */
function anonymous(
  { stdout, stderr, code }: Result,
  directory: string,
  env: Readonly<Record<string, string>>,
) {
  const lines = (text: string, mark: string) =>
    text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => `${mark}${line}`.trimEnd())
  const urls = Object.entries(env).filter(([, value]) => value.startsWith('http://'))
  const replace = (line: string) =>
    urls.reduce((text, [name, url]) => text.replaceAll(url, `$${name}`), line.replaceAll(directory, '$DIR'))
  return [...lines(stdout, ''), ...lines(stderr, '2> '), ...(code === 0 ? [] : [`exit ${String(code)}`])].map(
    replace,
  )
}

/** `…` in an expected line stands for any text. */
function matches(expected: string | undefined, line: string): boolean {
  if (expected === undefined) return false
  const source = expected
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${source}$`).test(line)
}
