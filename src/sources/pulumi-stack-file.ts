import { PullthroughError } from '../errors.ts'
import type { PulumiNode } from './pulumi-document.ts'
import { readPulumiFileIfThere } from './pulumi-file.ts'
import { followPath, type PulumiKey, splitNamespace } from './pulumi-path.ts'

/** What a stack file says, `Pulumi.STACK.yaml`. */
export interface PulumiStackFile {
  readonly file: string
  /** The URL of the service that keeps the data key, such as `awskms://…`. */
  readonly secretsProvider: string | undefined
  /** The data key, encrypted by that service. */
  readonly encryptedKey: string | undefined
  /** What a passphrase is checked against, see `pulumi-passphrase.ts`. */
  readonly encryptionSalt: string | undefined
  /** Whether the stack takes config from Pulumi ESC environments, which only Pulumi Cloud can open. */
  readonly hasEnvironment: boolean
  readonly config: readonly ConfigEntry[]
}

interface ConfigEntry {
  readonly written: string
  readonly namespace: string
  readonly name: string
  readonly node: PulumiNode
}

/**
 * Read a stack file.
 * https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
 *
 * @param projectName the namespace of keys that name none
 *
 * @returns `undefined` if there is no such file.
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if it cannot be read or is malformed.
 */
export async function readPulumiStackFile(
  file: string,
  projectName: string,
): Promise<PulumiStackFile | undefined> {
  const document = await readPulumiFileIfThere(file)
  if (document === undefined) return undefined
  if (document.kind !== 'map' && document.kind !== 'null') throw notOfTheForm(file, 'it is not a map')
  const secretsProvider = textAt(document, 'secretsprovider')
  return {
    file,
    // These two say that there is a passphrase, or the backend's own way: nothing that needs a service.
    secretsProvider: ['passphrase', 'default'].includes(secretsProvider ?? '') ? undefined : secretsProvider,
    encryptedKey: textAt(document, 'encryptedkey'),
    encryptionSalt: textAt(document, 'encryptionsalt'),
    hasEnvironment: isThereAnything(followPath(document, ['environment'])),
    config: readConfig(followPath(document, ['config']), projectName, file),
  }
}

/**
 * Look a key up in the stack file alone.
 *
 * @returns `undefined` if it is not there.
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if the file spells the key in two ways: which of them
 * the CLI takes is up to chance.
 */
export function lookUpInStackFile(stackFile: PulumiStackFile, key: PulumiKey): PulumiNode | undefined {
  const { namespace, name, path } = key
  const entries = stackFile.config.filter((entry) => entry.namespace === namespace && entry.name === name)
  const [entry, second] = entries
  if (second !== undefined) {
    const spellings = entries.map(({ written }) => written).join(' and ')
    throw notOfTheForm(stackFile.file, `it has ${spellings}, which are one key`)
  }
  return followPath(entry?.node, path)
}

function textAt(document: PulumiNode, name: string): string | undefined {
  const node = followPath(document, [name])
  return node?.kind === 'text' && node.text !== '' ? node.text : undefined
}

function isThereAnything(node: PulumiNode | undefined): boolean {
  if (node === undefined || node.kind === 'null') return false
  if (node.kind === 'list') return node.items.length > 0
  return node.kind === 'text' || node.entries.size > 0
}

function readConfig(
  config: PulumiNode | undefined,
  projectName: string,
  file: string,
): readonly ConfigEntry[] {
  if (config === undefined || config.kind === 'null') return []
  if (config.kind !== 'map') throw notOfTheForm(file, 'its config is not a map')
  return [...config.entries].flatMap(([written, node]) => {
    const key = written.includes(':') ? splitNamespace(written) : { namespace: projectName, name: written }
    return key === undefined ? [] : [{ written, ...key, node }]
  })
}

function notOfTheForm(file: string, fault: string): PullthroughError {
  return new PullthroughError('ERR_SOURCE_UNREADABLE', `${file} is not a stack file: ${fault}`, {
    hint: `mend ${file} and run it again`,
  })
}
