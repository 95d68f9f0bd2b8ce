import { createHash } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import type { PulumiProject } from './pulumi-project.ts'

/**
 * The stack that `pulumi stack select` chose for a project, from the file where the CLI keeps it:
 * `~/.pulumi/workspaces/PROJECT-SHA1-workspace.json`, where SHA1 is of the project file's path. Since CLI 3.259 it
 * holds one stack for each backend, before that one alone.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/workspace/workspace.go and settings.go
 *
 * @returns `undefined` if none is selected, or the backend is unknown and the backends have different stacks.
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if the file is there and cannot be read.
 */
export async function selectedStack(project: PulumiProject, world: World): Promise<string | undefined> {
  const home = pulumiHome(world)
  if (home === undefined) return undefined
  for (const path of await namesOf(project.file, world)) {
    const hash = createHash('sha1').update(path).digest('hex')
    const settings = await readSettings(join(home, 'workspaces', `${project.name}-${hash}-workspace.json`))
    if (settings !== undefined) return stackForBackend(settings, currentBackend(project, world))
  }
  return undefined
}

/** The URL of the backend in use; `undefined` if only the CLI's own login knows it. */
export function currentBackend({ backendUrl }: PulumiProject, { env }: World): string | undefined {
  return filled(env['PULUMI_BACKEND_URL']) ?? backendUrl
}

function pulumiHome({ env }: World): string | undefined {
  const home = filled(env['HOME']) ?? filled(env['USERPROFILE'])
  return filled(env['PULUMI_HOME']) ?? (home === undefined ? undefined : join(home, '.pulumi'))
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

/**
 * The paths that a file has behind symbolic links: the CLI takes the one that the shell knows, by `PWD`, as Go's
 * `os.Getwd` does; with its own --cwd it takes the real one.
 */
async function namesOf(file: string, { env, cwd }: World): Promise<readonly string[]> {
  const names = [file, join(await realpath(dirname(file)), basename(file))]
  const shell = filled(env['PWD'])
  if (shell !== undefined && (await isSameDirectory(shell, cwd))) {
    names.unshift(resolve(shell, relative(cwd, file)))
  }
  return [...new Set(names)]
}

async function isSameDirectory(named: string, cwd: string): Promise<boolean> {
  const [one, other] = await Promise.all([realpath(named).catch(() => undefined), realpath(cwd)])
  return one === other
}

interface WorkspaceSettings {
  readonly stack: string | undefined
  readonly stacks: Readonly<Record<string, string>>
}

async function readSettings(file: string): Promise<WorkspaceSettings | undefined> {
  try {
    return parseSettings(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', `cannot read Pulumi’s workspace file ${file}`, {
      hint: 'name the stack with --stack, or run `pulumi stack select` again',
      cause: error,
    })
  }
}

function parseSettings(text: string): WorkspaceSettings {
  const settings: unknown = JSON.parse(text)
  if (typeof settings !== 'object' || settings === null) throw new TypeError('not an object')
  const stack = 'stack' in settings ? settings.stack : undefined
  const stacks = 'stacks' in settings ? settings.stacks : undefined
  return {
    stack: typeof stack === 'string' && stack !== '' ? stack : undefined,
    stacks: Object.fromEntries(
      Object.entries(stacks ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  }
}

function stackForBackend(
  { stack, stacks }: WorkspaceSettings,
  backend: string | undefined,
): string | undefined {
  if (backend !== undefined) return stacks[backend] ?? stack
  const selected = new Set(Object.values(stacks))
  if (selected.size > 1) return undefined
  return [...selected][0] ?? stack
}
