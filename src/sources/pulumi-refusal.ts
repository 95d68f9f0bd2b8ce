import { relative } from 'node:path'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { configSetCommand } from './pulumi-command.ts'
import type { StackConfig } from './pulumi-opening.ts'
import type { PulumiKey } from './pulumi-path.ts'

/** The two keys of a credential. */
export interface KeyPair {
  readonly username: PulumiKey
  readonly token: PulumiKey
}

/** How to set one of the pair, in a command without a value. */
export function remedyFor(half: keyof KeyPair, keys: KeyPair, config: StackConfig): string {
  const { project, stack, world } = config
  const subject = { key: keys[half], stack: stack.name, directory: project.directory }
  return `run \`${configSetCommand(subject, half === 'token' ? 'secret' : 'plain', world)}\``
}

/** One of the pair, or both, are not there. */
export function missing(
  lacking: readonly (keyof KeyPair)[],
  keys: KeyPair,
  config: StackConfig,
): PullthroughError {
  const names = lacking.map((half) => keys[half].written).join(' and ')
  const verb = lacking.length === 1 ? 'is' : 'are'
  const half = lacking.length === 1 ? ', so half of the pair is missing' : ''
  return new PullthroughError(
    'ERR_CREDENTIAL_MISSING',
    `${names} ${verb} not set for ${stackInWords(config)}${half}`,
    {
      hint: [
        ...lacking.map((one) => remedyFor(one, keys, config)),
        ...lacking.flatMap((one) => nameWithDots(one, keys[one], config)),
      ].join('; '),
    },
  )
}

/** There is a map or a list where one text belongs. */
export function structure(half: keyof KeyPair, keys: KeyPair, config: StackConfig): PullthroughError {
  const { written } = keys[half]
  return new PullthroughError(
    'ERR_CREDENTIAL_INVALID',
    `${written} of ${stackInWords(config)} is a map or a list, not one value`,
    { hint: `name the value inside it, such as ${optionFor(half)} ${written}.${half}` },
  )
}

/** @param file where it stands; `undefined` if that is no file */
export function plainToken(keys: KeyPair, file: string | undefined, config: StackConfig): PullthroughError {
  const { project, world } = config
  const where = file === undefined ? `of ${stackInWords(config)}` : `in ${shownPath(file, world)}`
  const first = file === project.file ? `take it out of ${shownPath(file, world)}, then ` : ''
  return new PullthroughError('ERR_CREDENTIAL_INVALID', `${keys.token.written} ${where} is in plain text`, {
    hint:
      file === undefined
        ? 'put it under fn::secret in the environment it comes from'
        : `${first}${remedyFor('token', keys, config)}, which encrypts it; make a new token if others could read this one`,
  })
}

/** The stack as the user knows it: `stack dev (Pulumi.dev.yaml)`. */
export function stackInWords({ stack, world }: StackConfig): string {
  return `stack ${stack.shortName} (${shownPath(stack.file, world)})`
}

/** A path as seen from the current directory. */
export function shownPath(file: string, { cwd }: World): string {
  return relative(cwd, file)
}

/** A key whose name itself has dots must be written in brackets. */
function nameWithDots(
  half: keyof KeyPair,
  { written, path }: PulumiKey,
  { stackFile }: StackConfig,
): readonly string[] {
  const isThere = path.length > 0 && stackFile?.config.some(({ name }) => name === written)
  return isThere ? [`if the key has dots in its name, use ${optionFor(half)} '["${written}"]'`] : []
}

function optionFor(half: keyof KeyPair): string {
  return half === 'username' ? '--username-key' : '--token-key'
}
