import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { type Answered, askPulumiCli, lookUpInAnswer, type PulumiCliAnswer } from './pulumi-cli.ts'
import { configSetCommand } from './pulumi-command.ts'
import type { Located } from './pulumi-lookup.ts'
import { type Decrypt, openWithPassphrase, readPassphrase } from './pulumi-passphrase.ts'
import type { PulumiKey } from './pulumi-path.ts'
import type { PulumiProject } from './pulumi-project.ts'
import { type PulumiStack, stackFileNames } from './pulumi-stack.ts'
import type { PulumiStackFile } from './pulumi-stack-file.ts'
import { currentBackend } from './pulumi-workspace.ts'

/** The config of one stack, as far as files go. */
export interface StackConfig {
  readonly project: PulumiProject
  readonly stack: PulumiStack
  /** `undefined` if the stack has none: its config may be kept in Pulumi Cloud. */
  readonly stackFile: PulumiStackFile | undefined
  readonly world: World
}

/**
 * Opens what the files alone do not give away; the rest stays as it is. The costly part is done when it is first
 * needed, and once.
 */
export interface Opener {
  /** Whether it asks the `pulumi` CLI, which then knows every key. */
  readonly asksCli: boolean

  /**
   * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if the stack's secrets cannot be opened, or this one is
   * damaged.
   */
  open(key: PulumiKey, located: Located): Promise<Answered>
}

/**
 * Decide how the values of a stack are opened: with the passphrase here, or by the `pulumi` CLI.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/stack/secrets.go
 *
 * @param wanted the values that will be asked for
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if neither can.
 */
export function openerOf(config: StackConfig, wanted: readonly Located[]): Opener {
  const because = reasonForCli(config, wanted)
  return because === undefined ? passphraseOpener(config) : cliOpener(config, because)
}

/** Keep the outcome of the first call. */
export function once<Value>(run: () => Promise<Value>): () => Promise<Value> {
  let outcome: Promise<Value> | undefined
  return () => (outcome ??= run())
}

function reasonForCli(
  { stackFile, stack, world }: StackConfig,
  wanted: readonly Located[],
): string | undefined {
  if (stackFile === undefined) return 'it has no stack file here'
  const encrypted = wanted.find((located) => located.kind === 'encrypted')
  const isElsewhere = wanted.some(({ kind }) => kind === 'elsewhere')
  if (encrypted || isElsewhere) refuseNewDataKey(stackFile, world)
  if (encrypted && stackFile.secretsProvider !== undefined) {
    return `its secrets provider is ${stackFile.secretsProvider.split(':')[0]}`
  }
  if (isElsewhere) return 'it uses Pulumi ESC environments'
  if (encrypted === undefined || stackFile.encryptionSalt !== undefined) return undefined
  if (isTrue(world.env['PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER'])) {
    return 'its state says how its secrets are encrypted'
  }
  if (!encrypted.ciphertext.startsWith('v1:')) return 'its secrets are encrypted by Pulumi Cloud'
  throw new PullthroughError(
    'ERR_SOURCE_UNREADABLE',
    `${stackFile.file} has secrets under a passphrase and no encryptionsalt, so they cannot be opened`,
    { hint: `bring its encryptionsalt back from version control, or set the secrets of ${stack.name} again` },
  )
}

/**
 * Without a data key, or with another provider than the one that keeps it, the CLI makes a new one, writes it to the
 * stack file, and can open nothing with it.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/secrets/cloud/manager.go
 */
function refuseNewDataKey({ file, secretsProvider, encryptedKey }: PulumiStackFile, { env }: World): void {
  if (secretsProvider === undefined) return
  if (encryptedKey === undefined) {
    throw new PullthroughError(
      'ERR_SOURCE_UNREADABLE',
      `${file} has a secretsprovider and no encryptedkey, so its secrets cannot be opened`,
      { hint: 'bring its encryptedkey back from version control' },
    )
  }
  const override = env['PULUMI_CLOUD_SECRET_OVERRIDE']
  if (!override || override === secretsProvider) return
  throw new PullthroughError(
    'ERR_SOURCE_UNREADABLE',
    'PULUMI_CLOUD_SECRET_OVERRIDE names another secrets provider than the stack file',
    { hint: 'unset PULUMI_CLOUD_SECRET_OVERRIDE for this command' },
  )
}

function passphraseOpener(config: StackConfig): Opener {
  const decrypt = once(() => decryptWithPassphrase(config))
  return {
    asksCli: false,
    async open(key, located) {
      if (located.kind === 'elsewhere') return { kind: 'absent' }
      if (located.kind !== 'encrypted') return located
      const value = (await decrypt())(located.ciphertext)
      if (value !== undefined) return { kind: 'secret', value }
      const { project, stack, world } = config
      const command = configSetCommand(
        { key, stack: stack.name, directory: project.directory },
        'secret',
        world,
      )
      throw new PullthroughError(
        'ERR_SOURCE_UNREADABLE',
        `the encrypted ${key.written} in ${located.file} is damaged: the stack’s key does not open it`,
        { hint: `bring it back from version control, or set it again: ${command}` },
      )
    },
  }
}

async function decryptWithPassphrase({ stackFile, world }: StackConfig): Promise<Decrypt> {
  const { encryptionSalt = '', file = '' } = stackFile ?? {}
  return openWithPassphrase(encryptionSalt, await readPassphrase(world), file)
}

function cliOpener(config: StackConfig, because: string): Opener {
  const ask = once(() => askCli(config, because))
  return {
    asksCli: true,
    async open(key, located) {
      // The text of a plain value is the file's: the CLI would make 528 of an unquoted 0528.
      if (located.kind !== 'encrypted' && located.kind !== 'elsewhere') return located
      return lookUpInAnswer(await ask(), key)
    },
  }
}

async function askCli(config: StackConfig, because: string): Promise<PulumiCliAnswer> {
  const { project, stack, stackFile, world } = config
  if (stackFile === undefined && isDiyBackend(config)) throw await noStackFile(config)
  const mayUsePassphrase =
    stackFile?.encryptionSalt !== undefined || isTrue(world.env['PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER'])
  const question = { stack: stack.name, directory: project.directory, because, mayUsePassphrase }
  try {
    return await askPulumiCli(question, world)
  } catch (error) {
    const isAboutTheStack = error instanceof PullthroughError && error.code !== 'ERR_INTERRUPTED'
    throw stackFile === undefined && isAboutTheStack ? await noStackFile(config, error) : error
  }
}

/** Only Pulumi Cloud keeps stack config elsewhere than in a file. */
function isDiyBackend({ project, world }: StackConfig): boolean {
  const backend = currentBackend(project, world)
  return backend !== undefined && !/^https?:/.test(backend)
}

async function noStackFile(
  { project, stack }: StackConfig,
  cause?: PullthroughError,
): Promise<PullthroughError> {
  const names = await stackFileNames(project)
  const known =
    names.length > 0
      ? `project ${project.name} has files for these stacks: ${names.join(', ')}`
      : `make it with \`pulumi stack init ${stack.name}\``
  return new PullthroughError('ERR_SOURCE_UNREADABLE', `there is no stack file ${stack.file}`, {
    hint: cause ? `${known}; if Pulumi Cloud keeps this stack’s config: ${cause.message}` : known,
  })
}

/** As Pulumi reads its switches. */
function isTrue(value: string | undefined): boolean {
  return value === '1' || value?.toLowerCase() === 'true'
}
