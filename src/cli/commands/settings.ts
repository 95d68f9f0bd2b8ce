import { dirname, resolve } from 'node:path'
import { type ConfigFile, readConfigFile } from '../../config.ts'
import { findPulumiProject } from '../../sources/pulumi-project-lookup.ts'
import type { World } from '../../world.ts'
import type { SharedFlags } from './shared-flags.ts'

/** What a command is asked for: its flags, with the config file where a flag says nothing. */
export type Settings<Flags extends SharedFlags> = Omit<Flags, 'config'> & {
  /** The Pulumi project's directory, absolute; without a project, the one the program was started in. */
  readonly directory: string
  /** The config file that was read, absolute, if there is one. */
  readonly configFile: string | undefined
}

/**
 * Complete the flags from the config file: `--config FILE`, else the one beside the Pulumi project.
 *
 * @throws {@link PullthroughError} `ERR_CONFIG_INVALID`, or `ERR_USAGE` if `--cwd` names no directory.
 */
export async function settingsFrom<Flags extends SharedFlags>(
  flags: Flags,
  world: World,
): Promise<Settings<Flags>> {
  const { config, ...given } = flags
  const project = await findPulumiProject(flags.cwd, world)
  const directory = project.file === undefined ? resolve(world.cwd, flags.cwd ?? '.') : dirname(project.file)
  const named = config === undefined ? undefined : resolve(world.cwd, config)
  const { path: configFile, options } = await readConfigFile(named, directory)
  return { ...given, ...fallbacks(given, options), directory, configFile }
}

/** What the file says where the flags say nothing; a flag that may be repeated replaces the file's list as a whole. */
function fallbacks(given: object, file: ConfigFile): Partial<SharedFlags> {
  const silent = Object.entries(file).filter(([name, value]) => {
    const flag = (given as Readonly<Record<string, unknown>>)[name]
    return value !== undefined && (flag === undefined || (Array.isArray(flag) && flag.length === 0))
  })
  return Object.fromEntries(silent)
}
