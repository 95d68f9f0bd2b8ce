import { dirname, extname, join } from 'node:path'
import { PullthroughError } from '../errors.ts'
import type { PulumiNode } from './pulumi-document.ts'
import { readPulumiFile } from './pulumi-file.ts'
import { followPath, parsePulumiKey, type PulumiKey } from './pulumi-path.ts'

/** What a Pulumi project file says that matters to reading stack config. */
export interface PulumiProject {
  readonly name: string
  /** The project file, absolute. */
  readonly file: string
  readonly directory: string
  /** Where the stack files are. */
  readonly stackDirectory: string
  /** The extension that project and stack files share: `.yaml`, `.yml` or `.json`. */
  readonly extension: string
  readonly backendUrl: string | undefined
  /** What holds for every stack that does not say otherwise, in the order in which the CLI applies it. */
  readonly defaults: readonly ProjectDefault[]
}

/** A default or a value of the project's `config`; its key is a path, as everywhere. */
interface ProjectDefault {
  readonly key: PulumiKey
  readonly node: PulumiNode
}

/**
 * Read a project file.
 * https://www.pulumi.com/docs/iac/concepts/projects/project-file/
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if it cannot be read or is malformed.
 */
export async function readPulumiProject(file: string): Promise<PulumiProject> {
  const document = await readPulumiFile(file)
  const name = textAt(document, 'name')
  if (name === undefined) {
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', `the Pulumi project has no name: ${file}`, {
      hint: 'add `name: …` to it',
    })
  }
  const directory = dirname(file)
  // `config` with a text was the name of `stackConfigDir` once, and still works.
  const stackConfigDir = textAt(document, 'stackConfigDir') ?? textAt(document, 'config')
  return {
    name,
    file,
    directory,
    stackDirectory: stackConfigDir === undefined ? directory : join(directory, stackConfigDir),
    extension: extname(file),
    backendUrl: textAt(document, 'backend', 'url'),
    defaults: readDefaults(followPath(document, ['config']), name, file),
  }
}

function textAt(document: PulumiNode, ...path: string[]): string | undefined {
  const node = followPath(document, path)
  return node?.kind === 'text' && node.text !== '' ? node.text : undefined
}

function readDefaults(
  config: PulumiNode | undefined,
  projectName: string,
  file: string,
): readonly ProjectDefault[] {
  if (config?.kind !== 'map') return []
  return [...config.entries]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([written, declared]) => {
      const node = valueOf(declared)
      return node === undefined ? [] : [{ key: keyIn(file, written, projectName), node }]
    })
}

function keyIn(file: string, written: string, projectName: string): PulumiKey {
  try {
    return parsePulumiKey(written, projectName)
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', `${error.message}, in the config of ${file}`, {
      hint: `mend ${file} and run it again`,
    })
  }
}

/** A bare scalar or list is the value; a map declares the key, and may have a `default` or a `value`. */
function valueOf(declared: PulumiNode): PulumiNode | undefined {
  if (declared.kind === 'null') return undefined
  if (declared.kind !== 'map') return declared
  const value = declared.entries.get('default') ?? declared.entries.get('value')
  return value?.kind === 'null' ? undefined : value
}
