import type { Credential } from '../credential.ts'
import type { World } from '../world.ts'
import { checkCredential } from './credential-check.ts'
import { type Located, locate } from './pulumi-lookup.ts'
import { once, type Opener, openerOf, type StackConfig } from './pulumi-opening.ts'
import { parsePulumiKey, type PulumiKey } from './pulumi-path.ts'
import { readPulumiProject } from './pulumi-project.ts'
import {
  type KeyPair,
  missing,
  plainToken,
  remedyFor,
  shownPath,
  stackInWords,
  structure,
} from './pulumi-refusal.ts'
import { choosePulumiStack } from './pulumi-stack.ts'
import { readPulumiStackFile } from './pulumi-stack-file.ts'
import type { OpenSource } from './source.ts'

/** Which stack, and which of its keys. */
export interface PulumiConfigOptions {
  readonly stack?: string | undefined
  /** A Pulumi path; `dockerHubUsername` unless given. */
  readonly usernameKey?: string | undefined
  /** A Pulumi path; `dockerHubToken` unless given. */
  readonly tokenKey?: string | undefined
}

/**
 * Open the config of one Pulumi stack as a source. What is plain is read at once; the passphrase's key is derived, or
 * the `pulumi` CLI asked, when the credential is wanted, and only once.
 *
 * @param projectFile the project file, absolute
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE`, `ERR_CREDENTIAL_MISSING`, `ERR_CREDENTIAL_INVALID`, or
 * `ERR_USAGE` for a stack or a key that cannot be one.
 */
export async function openPulumiConfig(
  projectFile: string,
  options: PulumiConfigOptions,
  world: World,
): Promise<OpenSource> {
  const project = await readPulumiProject(projectFile)
  const keys: KeyPair = {
    username: parsePulumiKey(options.usernameKey ?? 'dockerHubUsername', project.name),
    token: parsePulumiKey(options.tokenKey ?? 'dockerHubToken', project.name),
  }
  const stack = await choosePulumiStack(project, options.stack, world)
  const stackFile = await readPulumiStackFile(stack.file, project.name)
  const config: StackConfig = { project, stack, stackFile, world }
  const pair: LocatedPair = {
    username: locate(keys.username, stackFile, project),
    token: locate(keys.token, stackFile, project),
  }
  refuseAtOnce(keys, pair, config)
  const opener = openerOf(config, [pair.username, pair.token])
  const regionKey = parsePulumiKey('aws:region', project.name)
  const region = await locateRegion(regionKey, opener, config)
  return {
    kind: 'pulumi',
    description: `stack ${stack.shortName} of project ${project.name} (${shownPath(stack.file, world)})`,
    region: region.kind === 'plain' ? region.text : undefined,
    warnings: [
      ...unquoted(keys.username, pair.username, world),
      ...unquoted(regionKey, region, world),
      ...unread(region),
    ],
    credential: once(() => readCredential(keys, pair, opener, config)),
  }
}

/**
 * The Region that a stack names in plain, read without its credential: for when that cannot be had.
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` or `ERR_USAGE` if the stack itself cannot be read.
 */
export async function regionOfStack(
  projectFile: string,
  { stack: wanted }: Pick<PulumiConfigOptions, 'stack'>,
  world: World,
): Promise<string | undefined> {
  const project = await readPulumiProject(projectFile)
  const stack = await choosePulumiStack(project, wanted, world)
  const stackFile = await readPulumiStackFile(stack.file, project.name)
  const region = locate(parsePulumiKey('aws:region', project.name), stackFile, project)
  return region.kind === 'plain' ? region.text : undefined
}

interface LocatedPair {
  readonly username: Located
  readonly token: Located
}

function refuseAtOnce(keys: KeyPair, { username, token }: LocatedPair, config: StackConfig): void {
  refuseMissing(keys, username.kind === 'absent', token.kind === 'absent', config)
  if (username.kind === 'structure') throw structure('username', keys, config)
  if (token.kind === 'structure') throw structure('token', keys, config)
  if (token.kind === 'plain') throw plainToken(keys, token.file, config)
}

function refuseMissing(
  keys: KeyPair,
  lacksUsername: boolean,
  lacksToken: boolean,
  config: StackConfig,
): void {
  if (lacksUsername && lacksToken) throw missing(['username', 'token'], keys, config)
  if (lacksUsername) throw missing(['username'], keys, config)
  if (lacksToken) throw missing(['token'], keys, config)
}

/**
 * The Region of the stack's AWS provider. The CLI is not asked for the Region alone.
 * https://www.pulumi.com/registry/packages/aws/installation-configuration/
 */
async function locateRegion(
  key: PulumiKey,
  opener: Opener,
  { project, stackFile }: StackConfig,
): Promise<Located> {
  const located = locate(key, stackFile, project)
  if (located.kind !== 'elsewhere' || !opener.asksCli) return located
  const opened = await opener.open(key, located)
  if (opened.kind !== 'plain') return located
  return { kind: 'plain', text: opened.text, readDifferently: false, file: project.file }
}

/** A Region that is a secret, or no text, is left alone; another one is then taken from elsewhere. */
function unread(region: Located): readonly string[] {
  if (region.kind !== 'encrypted' && region.kind !== 'structure') return []
  const form = region.kind === 'encrypted' ? 'a secret' : 'no text'
  return [`aws:region of the stack is ${form} and is not read: set it in plain, or give --region`]
}

function unquoted(key: PulumiKey, located: Located, world: World): readonly string[] {
  if (located.kind !== 'plain' || !located.readDifferently) return []
  const { text, file } = located
  return [
    `${key.written} in ${shownPath(file, world)} is ${text} without quotes, which the pulumi CLI reads as something else; put it in quotes`,
  ]
}

async function readCredential(
  keys: KeyPair,
  pair: LocatedPair,
  opener: Opener,
  config: StackConfig,
): Promise<Credential> {
  const username = await opener.open(keys.username, pair.username)
  const token = await opener.open(keys.token, pair.token)
  refuseMissing(keys, username.kind === 'absent', token.kind === 'absent', config)
  if (username.kind !== 'plain' && username.kind !== 'secret') throw structure('username', keys, config)
  if (token.kind === 'plain') throw plainToken(keys, undefined, config)
  if (token.kind !== 'secret') throw structure('token', keys, config)
  const name = (half: keyof KeyPair): string => `${keys[half].written} of ${stackInWords(config)}`
  return checkCredential(
    {
      name: name('username'),
      value: username.kind === 'plain' ? username.text : username.value.reveal(),
      remedy: remedyFor('username', keys, config),
    },
    { name: name('token'), value: token.value, remedy: remedyFor('token', keys, config) },
  )
}
