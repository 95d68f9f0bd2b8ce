import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { isEnvironmentSet, openEnvironment } from './environment.ts'
import { findPulumiProject, type ProjectLookup } from './pulumi-project-lookup.ts'
import type { OpenSource } from './source.ts'

/** Where the credential is read, as the user chose it; what is not chosen is found. */
export interface SourceOptions {
  readonly source?: SourceName | undefined
  /** `--cwd`: the Pulumi project's directory, or one below it. */
  readonly cwd?: string | undefined
  readonly stack?: string | undefined
  /** A Pulumi path, such as `dockerHub.username`. */
  readonly usernameKey?: string | undefined
  /** A Pulumi path, such as `dockerHub.token`. */
  readonly tokenKey?: string | undefined
}

/** The sources, by the names that `--source` takes. */
const sources = {
  pulumi: openPulumi,
  env: (_options: SourceOptions, world: World) => Promise.resolve(openEnvironment(world)),
} as const satisfies Record<string, (options: SourceOptions, world: World) => Promise<OpenSource>>

type SourceName = keyof typeof sources

/**
 * Open the source of the credential: the one that is asked for; else Pulumi config where there is a project; else, in
 * CI, the environment if both of its variables are set.
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE`, `ERR_CREDENTIAL_MISSING`, `ERR_CREDENTIAL_INVALID`, or
 * `ERR_USAGE` for an option that cannot be right.
 */
export async function openSource(options: SourceOptions, world: World): Promise<OpenSource> {
  if (options.source !== undefined) return sources[options.source](options, world)
  const lookup = await findPulumiProject(options.cwd, world)
  if (lookup.file !== undefined) return openProject(lookup.file, options, world)
  if (isCi(world) && isEnvironmentSet(world)) return sources.env(options, world)
  throw noProject(lookup)
}

/**
 * The Region that the source names, for when the source itself could not be opened: `undefined` if it names none, or
 * is not to be read.
 */
export async function regionOfSource(options: SourceOptions, world: World): Promise<string | undefined> {
  if (options.source === 'env') return undefined
  try {
    const { file } = await findPulumiProject(options.cwd, world)
    if (file === undefined) return undefined
    const { regionOfStack } = await import('./pulumi-config.ts')
    return await regionOfStack(file, options, world)
  } catch (error) {
    if (error instanceof PullthroughError) return undefined
    throw error
  }
}

async function openPulumi(options: SourceOptions, world: World): Promise<OpenSource> {
  const lookup = await findPulumiProject(options.cwd, world)
  if (lookup.file === undefined) throw noProject(lookup)
  return openProject(lookup.file, options, world)
}

/** The YAML parser is loaded only when there is a project to read. */
async function openProject(file: string, options: SourceOptions, world: World): Promise<OpenSource> {
  const { openPulumiConfig } = await import('./pulumi-config.ts')
  return openPulumiConfig(file, options, world)
}

function isCi({ env }: World): boolean {
  return !['', 'false'].includes((env['CI'] ?? '').toLowerCase())
}

function noProject({ places }: ProjectLookup): PullthroughError {
  return new PullthroughError(
    'ERR_SOURCE_UNREADABLE',
    `no Pulumi project (Pulumi.yaml) in ${places.join(', nor in ')}`,
    {
      hint: 'name its directory with --cwd, or read DOCKER_HUB_USERNAME and DOCKER_HUB_TOKEN with --source env',
    },
  )
}
