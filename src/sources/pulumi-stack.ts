import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import type { PulumiProject } from './pulumi-project.ts'
import { selectedStack } from './pulumi-workspace.ts'

/** A stack, and the file that its config is in, which need not be there. */
export interface PulumiStack {
  /** As it was chosen, which may be `ORGANIZATION/PROJECT/STACK`: this is what the CLI is told. */
  readonly name: string
  /** The stack's own name, which the file is named by. */
  readonly shortName: string
  /** `Pulumi.STACK.yaml`, absolute. */
  readonly file: string
}

/**
 * Choose the stack: `--stack`, else `PULUMI_STACK`, else the one selected in Pulumi's workspace, else the only one
 * that has a file.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if there are several and none is chosen, or the name cannot be one;
 * `ERR_SOURCE_UNREADABLE` if there is none at all.
 */
export async function choosePulumiStack(
  project: PulumiProject,
  requested: string | undefined,
  world: World,
): Promise<PulumiStack> {
  const name = requested ?? stackOfEnvironment(world) ?? (await selectedStack(project, world))
  if (name !== undefined) return stackNamed(name, project)
  const names = await stackFileNames(project)
  const [only] = names
  if (only === undefined) throw noStackFile(project)
  if (names.length === 1) return stackNamed(only, project)
  throw new PullthroughError('ERR_USAGE', `project ${project.name} has several stacks: ${names.join(', ')}`, {
    hint: `choose one: --stack ${only}`,
  })
}

/** The stacks that have a file, sorted by name. */
export async function stackFileNames({
  stackDirectory,
  extension,
}: PulumiProject): Promise<readonly string[]> {
  const entries = await readdir(stackDirectory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', `cannot list ${stackDirectory}`, { cause: error })
  })
  return entries
    .filter((entry) => entry.startsWith('Pulumi.') && entry.endsWith(extension))
    .map((entry) => entry.slice('Pulumi.'.length, -extension.length))
    .filter((name) => isStackName(name))
    .toSorted()
}

/** As with the CLI, an empty `PULUMI_STACK` is not an unset one: it hides the workspace's selection. */
function stackOfEnvironment({ env }: World): string | undefined {
  if (env['PULUMI_STACK'] !== '') return env['PULUMI_STACK']
  throw new PullthroughError('ERR_USAGE', 'PULUMI_STACK is empty', {
    hint: 'unset it, give it the name of a stack, or use --stack',
  })
}

/** `STACK`, `ORGANIZATION/STACK` or `ORGANIZATION/PROJECT/STACK`, of this very project. */
function stackNamed(name: string, project: PulumiProject): PulumiStack {
  const { stackDirectory, extension } = project
  const parts = name.split('/')
  const shortName = parts.at(-1) ?? ''
  if (parts.length > 3 || !parts.every(isStackName)) {
    throw new PullthroughError('ERR_USAGE', `not the name of a stack: ${name}`, {
      hint: 'a stack name has letters, digits, hyphens, underscores and periods; ORGANIZATION/PROJECT/ may stand before it',
    })
  }
  if (parts.length === 3 && parts[1] !== project.name) {
    throw new PullthroughError('ERR_USAGE', `stack ${name} is not of this project, ${project.name}`, {
      hint: 'name the directory of its own project with --cwd',
    })
  }
  // Backends without organizations call the one there is `organization`.
  const isLocal = name.startsWith('organization/')
  return {
    name: isLocal ? shortName : name,
    shortName,
    file: join(stackDirectory, `Pulumi.${shortName}${extension}`),
  }
}

/** https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/tokens/stack_name.go */
function isStackName(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,100}$/.test(name)
}

function noStackFile({ name, stackDirectory, extension }: PulumiProject): PullthroughError {
  return new PullthroughError(
    'ERR_SOURCE_UNREADABLE',
    `project ${name} has no stack file Pulumi.STACK${extension} in ${stackDirectory}`,
    { hint: 'make a stack with `pulumi stack init`, or name one that Pulumi Cloud keeps with --stack' },
  )
}
