import { PullthroughError } from '../errors.ts'
import type { PulumiNode } from './pulumi-document.ts'

/** A key of stack config as the user writes it, `other:hubs[0].token`, taken apart. */
export interface PulumiKey {
  /** As the user wrote it. */
  readonly written: string
  readonly namespace: string
  /** The key's own name: the first element of the path. */
  readonly name: string
  /** The way from the key's value to the one that is meant; empty for a plain key. */
  readonly path: readonly (string | number)[]
}

/**
 * Read a key as `pulumi config get --path` does: a namespace, which is the project's unless it is given, and a
 * property path, `a.b[0]["c.d"]`.
 * https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration
 *
 * @param projectName the namespace of a key that names none
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if it is not a key.
 */
export function parsePulumiKey(written: string, projectName: string): PulumiKey {
  // Only what comes before the first bracket or dot is looked at for a namespace, unless nothing does.
  const end = written.search(/[[.]/)
  const [top, rest] = end > 0 ? [written.slice(0, end), written.slice(end)] : [written, '']
  const { namespace, name } = splitNamespace(top) ?? {
    namespace: top.includes(':') ? undefined : projectName,
    name: top,
  }
  if (namespace === undefined) throw notAKey(written, 'a key has the form NAMESPACE:NAME')
  const [root, ...path] = parsePropertyPath(name + rest, written)
  if (typeof root !== 'string' || root === '') throw notAKey(written, 'it must begin with a name')
  return { written, namespace, name: root, path }
}

/**
 * The two forms of a namespaced key: `ns:name`, and `ns:config:name` from long ago, which means the same.
 *
 * @returns `undefined` if the text has neither form.
 */
export function splitNamespace(key: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = /^([^:]*):(?:config:)?([^:]*)$/.exec(key) ?? []
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

/**
 * Follow a path from a value.
 *
 * @returns `undefined` if it leads nowhere.
 */
export function followPath(
  from: PulumiNode | undefined,
  path: readonly (string | number)[],
): PulumiNode | undefined {
  let node = from
  for (const step of path) {
    if (node === undefined || ciphertextOf(node) !== undefined) return undefined
    if (node.kind === 'list' && typeof step === 'number') node = node.items[step]
    else if (node.kind === 'map' && typeof step === 'string') node = node.entries.get(step)
    else return undefined
  }
  return node
}

/**
 * An encrypted value is a map with the one key `secure` and a text there. No path leads into it.
 *
 * @returns its ciphertext; `undefined` for any other value.
 */
export function ciphertextOf(node: PulumiNode): string | undefined {
  if (node.kind !== 'map' || node.entries.size !== 1) return undefined
  const value = node.entries.get('secure')
  return value?.kind === 'text' ? value.text : undefined
}

/**
 * Pulumi's property paths, in their strict form. A name is anything up to the next dot or bracket; in quotes only
 * `\"` is an escape; repeated dots count as one.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/properties_path.go
 */
function parsePropertyPath(path: string, written: string): (string | number)[] {
  const steps: (string | number)[] = []
  if (path.startsWith('.')) throw notAKey(written, 'it must begin with a name')
  let rest = path
  while (rest !== '') {
    if (rest.startsWith('.')) {
      rest = rest.slice(1)
      if (rest === '') throw notAKey(written, 'it ends with a dot')
      if (rest.startsWith('[')) throw notAKey(written, 'a bracket follows a dot')
      continue
    }
    const [step, length] = rest.startsWith('[') ? bracketStep(rest, written) : nameStep(rest)
    steps.push(step)
    rest = rest.slice(length)
  }
  return steps
}

type Step = readonly [step: string | number, length: number]

function nameStep(rest: string): Step {
  const end = rest.search(/[.[]/)
  const name = end === -1 ? rest : rest.slice(0, end)
  return [name, name.length]
}

function bracketStep(rest: string, written: string): Step {
  if (rest.startsWith('["')) return quotedStep(rest, written)
  const end = rest.indexOf(']')
  if (end === -1) throw notAKey(written, 'a closing bracket is missing')
  const index = rest.slice(1, end)
  if (index === '*') return ['*', end + 1]
  if (!/^[-+]?\d+$/.test(index)) throw notAKey(written, `${index || 'nothing'} is not an index`)
  return [Number(index), end + 1]
}

function quotedStep(rest: string, written: string): Step {
  const quoted = /^\["((?:\\"|[^"\\]|\\(?!"))*)"/.exec(rest)
  if (quoted?.[1] === undefined) throw notAKey(written, 'a closing quote is missing')
  const [text, name] = quoted
  if (rest[text.length] !== ']') throw notAKey(written, 'a closing bracket is missing')
  return [name.replaceAll('\\"', '"'), text.length + 1]
}

function notAKey(written: string, reason: string): PullthroughError {
  return new PullthroughError('ERR_USAGE', `not a Pulumi config key: ${written} (${reason})`, {
    hint: 'write it as for `pulumi config get --path`, such as dockerHub.token or \'hubs[0]["access token"]\'',
  })
}
