import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'

/** What was found, and where was looked. */
export interface ProjectLookup {
  /** The project file, absolute; `undefined` if there is none. */
  readonly file: string | undefined
  /** Where was looked, in words for the user. */
  readonly places: readonly string[]
}

/**
 * Find the Pulumi project file: from `--cwd DIR` up; else in the current directory, in `./infrastructure`, and, as the
 * CLI does, in the directories above.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if `--cwd` names no directory.
 */
export async function findPulumiProject(cwd: string | undefined, world: World): Promise<ProjectLookup> {
  if (cwd !== undefined) {
    const directory = resolve(world.cwd, cwd)
    if (!(await is('directory', directory))) {
      throw new PullthroughError('ERR_USAGE', `--cwd names no directory: ${cwd}`)
    }
    return { file: await projectFileUpwards(directory), places: [`${directory} and above`] }
  }
  const beside = join(world.cwd, 'infrastructure')
  const file =
    (await projectFileIn(world.cwd)) ?? (await projectFileIn(beside)) ?? (await projectFileUpwards(world.cwd))
  return { file, places: [world.cwd, beside, `the directories above`] }
}

async function projectFileUpwards(start: string): Promise<string | undefined> {
  let directory = start
  for (;;) {
    const file = await projectFileIn(directory)
    if (file !== undefined) return file
    const parent = dirname(directory)
    if (parent === directory) return undefined
    directory = parent
  }
}

/** In the order the CLI looks in: https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/encoding/marshal.go */
const projectFileNames = ['Pulumi.json', 'Pulumi.yaml', 'Pulumi.yml']

async function projectFileIn(directory: string): Promise<string | undefined> {
  const candidates = projectFileNames.map((name) => join(directory, name))
  const found = await Promise.all(candidates.map((file) => is('file', file)))
  return candidates[found.indexOf(true)]
}

/** What cannot be looked at counts as not there, as for the CLI: a directory above may be closed to us. */
async function is(kind: 'file' | 'directory', path: string): Promise<boolean> {
  try {
    const found = await stat(path)
    return kind === 'directory' ? found.isDirectory() : !found.isDirectory()
  } catch {
    return false
  }
}
