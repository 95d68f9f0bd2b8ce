import { relative, sep } from 'node:path'
import type { World } from '../world.ts'
import type { PulumiKey } from './pulumi-path.ts'

/** What a command is about. */
export interface CommandSubject {
  readonly key: PulumiKey
  /** The stack's name. */
  readonly stack: string
  /** The project's directory, absolute. */
  readonly directory: string
}

/**
 * The command with which the user sets a value. It has no value in it: the CLI asks for it, or reads it from stdin.
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_config_set/
 */
export function configSetCommand(
  { key, stack, directory }: CommandSubject,
  kind: 'plain' | 'secret',
  { cwd }: World,
): string {
  const words = ['pulumi', 'config', 'set']
  if (kind === 'secret') words.push('--secret')
  if (/[[.]/.test(key.written)) words.push('--path')
  words.push(key.written, '--stack', stack)
  const way = relative(cwd, directory)
  // The CLI looks upwards by itself.
  if (way.split(sep).some((part) => part !== '' && part !== '..')) words.push('--cwd', way)
  return words.map(quoted).join(' ')
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
