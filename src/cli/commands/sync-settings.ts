import { join, resolve } from 'node:path'
import { type ConfigFile, readConfigFile } from '../../config.ts'
import type { World } from '../../world.ts'
import type { SyncFlags } from './sync.ts'

/** What a `sync` is asked for: the flags, with the config file where a flag says nothing. */
export type SyncSettings = Omit<SyncFlags, 'config'>

/**
 * Complete the flags from the config file: `--config FILE`, else the one beside the project.
 *
 * @throws {@link PullthroughError} `ERR_CONFIG_INVALID`
 */
export async function settingsFrom(flags: SyncFlags, { cwd }: World): Promise<SyncSettings> {
  const directories = flags.cwd ? [resolve(cwd, flags.cwd)] : [cwd, join(cwd, 'infrastructure')]
  const { config, ...given } = flags
  const file = await readConfigFile(config === undefined ? undefined : resolve(cwd, config), directories)
  return { ...fileDefaults(file), ...given, ...repeatable(given, file) }
}

/** A flag that may be repeated replaces the file's list as a whole. */
function repeatable(given: SyncSettings, file: ConfigFile): Pick<SyncSettings, 'region' | 'repo' | 'reader'> {
  const either = (flag: readonly string[], inFile: readonly string[] | undefined) =>
    flag.length > 0 ? flag : (inFile ?? [])
  return {
    region: either(given.region, file.region),
    repo: either(given.repo, file.repo),
    reader: either(given.reader, file.reader),
  }
}

function fileDefaults(file: ConfigFile): Partial<SyncSettings> {
  return Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined))
}
