import type { PulumiNode } from './pulumi-document.ts'
import { ciphertextOf, followPath, type PulumiKey } from './pulumi-path.ts'
import type { PulumiProject } from './pulumi-project.ts'
import { lookUpInStackFile, type PulumiStackFile } from './pulumi-stack-file.ts'

/** What the files say about a key. */
export type Located =
  | { readonly kind: 'absent' }
  /** Not in the stack file, and something that only Pulumi can open may have it. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'encrypted'; readonly ciphertext: string; readonly file: string }
  /** A map or a list. */
  | { readonly kind: 'structure'; readonly node: PulumiNode; readonly file: string }
  | {
      readonly kind: 'plain'
      readonly text: string
      readonly readDifferently: boolean
      readonly file: string
    }

/**
 * Find a key where the CLI finds it: in the stack file; else in the stack's environments; else among the project's
 * defaults.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/workspace/config.go
 *
 * @param stackFile `undefined` if the stack's config is not in a file here
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if the stack file has the key in two spellings.
 */
export function locate(
  key: PulumiKey,
  stackFile: PulumiStackFile | undefined,
  project: PulumiProject,
): Located {
  if (stackFile === undefined) return { kind: 'elsewhere' }
  const node = lookUpInStackFile(stackFile, key)
  if (node !== undefined) return describe(node, stackFile.file)
  if (stackFile.hasEnvironment) return { kind: 'elsewhere' }
  const value = lookUpInDefaults(key, stackFile, project)
  return value === undefined ? { kind: 'absent' } : describe(value, project.file)
}

function describe(node: PulumiNode, file: string): Located {
  const ciphertext = ciphertextOf(node)
  if (ciphertext !== undefined) return { kind: 'encrypted', ciphertext, file }
  if (node.kind === 'null') return { kind: 'absent' }
  if (node.kind !== 'text') return { kind: 'structure', node, file }
  if (node.text === '') return { kind: 'absent' }
  return { kind: 'plain', text: node.text, readDifferently: node.readDifferently, file }
}

/** A default counts only where the stack file has nothing at the default's own path. */
function lookUpInDefaults(
  key: PulumiKey,
  stackFile: PulumiStackFile,
  { defaults }: PulumiProject,
): PulumiNode | undefined {
  for (const { key: from, node } of defaults) {
    if (from.namespace !== key.namespace || from.name !== key.name) continue
    if (!from.path.every((step, index) => step === key.path[index])) continue
    if (lookUpInStackFile(stackFile, from) !== undefined) continue
    const value = followPath(node, key.path.slice(from.path.length))
    if (value !== undefined) return value
  }
  return undefined
}
