import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from '@pulumi/pulumi/automation/index.js'
import { stringify } from 'yaml'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { clients } from '../e2e/clients.ts'
import type { Outcome } from '../e2e/run-command.ts'
import { openWorkplace, type RunOptions, type Workplace } from '../e2e/workplace.ts'
import { type AwsProvider, serveAwsProvider } from './aws-provider/serve.ts'

const repository = join(import.meta.dirname, '../..')

/** What a program may import, from the repository's own dependencies and the repository itself. */
const packages = {
  '@pulumi/aws': 'node_modules/@pulumi/aws',
  '@pulumi/policy': 'node_modules/@pulumi/policy',
  '@pulumi/pulumi': 'node_modules/@pulumi/pulumi',
  '@types/node': 'node_modules/@types/node',
  pullthrough: '.',
  typescript: 'node_modules/typescript',
}

/** A Pulumi project to write. */
interface ProgramOptions {
  readonly name: string
  /** The program. */
  readonly indexTs: string
  /** Check its types, as Pulumi does unless it is told not to: some seconds more. */
  readonly typeCheck?: boolean
  /** The stacks to make, each with its plain config. */
  readonly stacks?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** The rest of Pulumi.yaml. */
  readonly project?: Readonly<Record<string, unknown>>
}

/** A stack's state. */
interface StackState {
  /** As `pulumi stack export` prints it: secrets are ciphertext. */
  readonly text: string
  readonly resources: readonly StateResource[]
}

/** One resource of a state, as far as tests look. */
interface StateResource {
  readonly urn: string
  readonly type: string
  readonly id?: string
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly outputs?: Readonly<Record<string, unknown>>
}

/** The real Pulumi CLI and engine, with programs, in front of a sandbox. */
export interface PulumiWorld extends Omit<Workplace, 'close'> {
  /**
   * Run the CLI, by default in `project`; never interactive. A stand-in `aws` provider is attached for as long as it
   * runs, with the environment of this command.
   */
  pulumi(args: readonly string[], options?: RunOptions): Promise<Outcome>
  /** The same for what must succeed; answers with stdout. */
  pulumiSucceeds(args: readonly string[], options?: RunOptions): Promise<string>
  stateOf(stack: string, options?: RunOptions): Promise<StackState>
  /** Write a TypeScript project, and make its stacks. */
  writeProgram(directory: string, options: ProgramOptions): Promise<void>
  /** Let what is below a directory import `@pulumi/*` and `pullthrough`. */
  linkPackages(directory: string): Promise<void>
  /** A stack of an inline program, by the Automation API. */
  automation(project: string, stack: string, program: PulumiFn): Promise<Stack>
  close(): Promise<void>
}

/** Set up; the caller closes. */
export async function openPulumiWorld(sandbox?: Pick<Sandbox, 'control' | 'env'>): Promise<PulumiWorld> {
  const workplace = await openWorkplace(sandbox)
  await installLanguageHost(join(workplace.directory, 'bin'))
  const attached: AwsProvider[] = []

  const pulumi: PulumiWorld['pulumi'] = async (args, options = {}) => {
    const provider = await serveAwsProvider({ ...workplace.env, ...options.env })
    try {
      return await workplace.run('pulumi', ['--non-interactive', ...args], {
        ...options,
        env: { ...engineEnv(provider), ...options.env },
      })
    } finally {
      provider.close()
    }
  }

  const pulumiSucceeds: PulumiWorld['pulumiSucceeds'] = async (args, options) => {
    const { code, stdout, stderr } = await pulumi(args, options)
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')}: exit ${String(code)}\n${stdout}${stderr}`)
    return stdout
  }

  return {
    ...workplace,
    pulumi,
    pulumiSucceeds,

    async stateOf(stack, options) {
      const text = await pulumiSucceeds(['stack', 'export', '--stack', stack], options)
      const { deployment } = JSON.parse(text) as { deployment: { resources?: readonly StateResource[] } }
      return { text, resources: deployment.resources ?? [] }
    },

    async writeProgram(directory, { name, indexTs, typeCheck = false, stacks = {}, project = {} }) {
      await mkdir(directory, { recursive: true })
      const files = {
        'Pulumi.yaml': stringify({ name, runtime: 'nodejs', ...project }),
        'package.json': JSON.stringify({ name, private: true, main: 'index.ts' }),
        'tsconfig.json': JSON.stringify({ compilerOptions: { ...compilerOptions, noCheck: !typeCheck } }),
        'index.ts': indexTs,
      }
      for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text)
      await linkPackages(directory)
      for (const [stack, config] of Object.entries(stacks)) {
        if (Object.keys(config).length > 0) {
          await writeFile(join(directory, `Pulumi.${stack}.yaml`), stringify({ config }))
        }
        await pulumiSucceeds(['stack', 'init', stack, '--no-select'], { cwd: directory })
      }
    },

    linkPackages,

    async automation(projectName, stackName, program) {
      const provider = await serveAwsProvider(workplace.env)
      attached.push(provider)
      const pulumiCommand = await PulumiCommand.get({ root: dirname(dirname(clients.pulumi)) })
      return LocalWorkspace.createOrSelectStack(
        { projectName, stackName, program },
        { envVars: { ...workplace.env, ...engineEnv(provider) }, pulumiCommand },
      )
    },

    async close() {
      for (const provider of attached) provider.close()
      await workplace.close()
    },
  }
}

/** Do something in a world of its own, so that tests can run side by side. */
export async function inPulumiWorld(work: (world: PulumiWorld) => Promise<void>): Promise<void> {
  const world = await openPulumiWorld()
  try {
    await work(world)
  } finally {
    await world.close()
  }
}

/** How the TypeScript programs are compiled. */
const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
}

const engineEnv = ({ port }: AwsProvider) => ({ PULUMI_DEBUG_PROVIDERS: `aws:${port}` })

/** Put the stand-in for `pulumi-language-nodejs` where PATH finds it. */
async function installLanguageHost(bin: string): Promise<void> {
  const script = join(import.meta.dirname, 'language-host/pulumi-language-nodejs.js')
  const executable = join(bin, 'pulumi-language-nodejs')
  await writeFile(executable, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`)
  await chmod(executable, 0o755)
}

async function linkPackages(directory: string): Promise<void> {
  for (const [name, path] of Object.entries(packages)) {
    const link = join(directory, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(repository, path), link)
  }
}
