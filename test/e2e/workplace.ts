import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writePulumiProject } from '../../demo/pulumi-project.js'
import { type Sandbox, type SandboxState, startSandbox } from '../../src/sandbox/index.ts'
import { type SecretState, seeded } from '../cli/in-process.ts'
import { clients } from './clients.ts'
import { type CommandOptions, type Outcome, runCommand } from './run-command.ts'

/** `bin/pullthrough.js` of this repository. */
export const pullthroughBin = join(import.meta.dirname, '../../bin/pullthrough.js')

/** The passphrase of every stack in these tests. */
export const passphrase = 'correct horse battery staple'

/** What `sync --json` prints. */
interface SyncReport {
  readonly version: 1
  readonly command: 'sync'
  readonly dryRun: boolean
  readonly changes: readonly {
    readonly destination: string
    readonly target: string
    readonly action: string
    readonly because: string
    readonly outcome: string
    readonly error?: unknown
  }[]
  readonly writes: number
}

/** A person's machine: a home, a folder for temporary files, a place for the project, and the clients on PATH. */
export interface Workplace {
  /** Everything is below it. */
  readonly directory: string
  /** Where the Pulumi project is, or will be. */
  readonly project: string
  readonly sandbox: Pick<Sandbox, 'control' | 'env'>
  /** The environment of every command. */
  readonly env: Readonly<Record<string, string>>
  readonly run: (program: string, args: readonly string[], options?: RunOptions) => Promise<Outcome>
  /** Run a command that must succeed, and answer with its stdout. */
  readonly succeed: (program: string, args: readonly string[], options?: RunOptions) => Promise<string>
  /** `pullthrough sync --json` in the project, which must succeed. */
  readonly sync: (...args: readonly string[]) => Promise<SyncReport>
  readonly aws: (args: readonly string[], options?: RunOptions) => Promise<Outcome>
  readonly gh: (args: readonly string[], options?: RunOptions) => Promise<Outcome>
  readonly control: (method: string, path: string, body?: unknown) => Promise<unknown>
  readonly state: () => Promise<SandboxState>
  readonly close: () => Promise<void>
}

export interface RunOptions extends Pick<CommandOptions, 'onStart'> {
  readonly cwd?: string
  /** On top of the workplace's environment; `undefined` unsets. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
}

/** Set up; the caller closes. */
export async function openWorkplace(sandboxGiven?: Pick<Sandbox, 'control' | 'env'>): Promise<Workplace> {
  const directory = await mkdtemp(join(tmpdir(), 'pullthrough-e2e-'))
  const place = (name: string) => join(directory, name)
  for (const name of ['bin', 'home', 'project', 'pulumi', 'state', 'tmp']) await mkdir(place(name))
  for (const [name, path] of Object.entries({ ...clients, node: process.execPath })) {
    await symlink(path, join(place('bin'), name))
  }
  const ownSandbox = sandboxGiven ? undefined : await startSandbox()
  const sandbox = sandboxGiven ?? ownSandbox
  if (!sandbox) throw new Error('no sandbox')

  const env: Readonly<Record<string, string>> = {
    ...sandbox.env,
    PATH: `${place('bin')}:/usr/bin:/bin`,
    HOME: place('home'),
    TMPDIR: place('tmp'),
    AWS_PAGER: '',
    PULUMI_BACKEND_URL: `file://${place('state')}`,
    PULUMI_HOME: place('pulumi'),
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  }

  const run: Workplace['run'] = (program, args, options = {}) =>
    runCommand(program, args, {
      cwd: options.cwd ?? place('project'),
      env: { ...env, ...options.env },
      input: options.input,
      onStart: options.onStart,
    })

  const succeed: Workplace['succeed'] = async (program, args, options) => {
    const { code, stdout, stderr } = await run(program, args, options)
    if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${String(code)}\n${stdout}${stderr}`)
    return stdout
  }

  const control: Workplace['control'] = async (method, path, body) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const response = await fetch(`${sandbox.control}${path}`, init)
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return response.json()
  }

  return {
    directory,
    project: place('project'),
    sandbox,
    env,
    run,
    succeed,
    control,
    async sync(...args) {
      const stdout = await succeed('node', [pullthroughBin, 'sync', '--json', ...args])
      return JSON.parse(stdout) as SyncReport
    },
    // aws 2.9.19 does not know AWS_ENDPOINT_URL.
    aws: (args, options) =>
      run('aws', ['--endpoint-url', sandbox.env['AWS_ENDPOINT_URL'] ?? '', ...args], options),
    gh: (args, options) =>
      run('gh', args, {
        ...options,
        env: { HTTP_PROXY: sandbox.env['PULLTHROUGH_GH_PROXY'], ...options?.env },
      }),
    state: async () => (await control('GET', '/state')) as SandboxState,
    async close() {
      await ownSandbox?.close()
      await rm(directory, { recursive: true })
    },
  }
}

/** An encrypted project with the credential of the sandbox's own account, for tests that are not about the Pulumi CLI. */
export async function writeProject(directory: string, token: string = seeded.token): Promise<void> {
  await writePulumiProject(directory, {
    project: 'acme-infra',
    stack: 'dev',
    passphrase,
    config: { dockerHubUsername: seeded.username, dockerHubToken: { secret: token } },
  })
}

/** The one secret in the sandbox's AWS account, as it is in the first Region. */
export function onlySecret({ aws }: SandboxState): SecretState {
  const secrets = Object.values(aws).flatMap((regions) =>
    Object.values(regions).flatMap((region) => region.secrets),
  )
  const [secret] = secrets
  if (!secret || secrets.length !== 1) throw new Error(`${secrets.length} secrets, not 1`)
  return secret
}

/** The text that ECR reads. */
export function currentText({ versions }: SecretState): string | undefined {
  return versions.find(({ labels }) => labels.includes('AWSCURRENT'))?.secretString
}
