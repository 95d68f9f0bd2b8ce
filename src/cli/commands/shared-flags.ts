import { type Command, InvalidArgumentError, Option } from 'commander'

/** What `sync` and `verify` both take: where the credential is, and where it belongs. */
export interface SharedFlags {
  readonly cwd?: string
  readonly source?: 'pulumi' | 'env'
  readonly stack?: string
  readonly usernameKey?: string
  readonly tokenKey?: string
  readonly region: readonly string[]
  readonly account?: string
  readonly repo: readonly string[]
  readonly only?: 'aws' | 'github'
  readonly policy?: 'deny-others' | 'allow-only'
  readonly reader: readonly string[]
  readonly config?: string
  readonly timeout: number
  readonly json: boolean
  readonly verbose: boolean
}

/** What a shared flag that was not given means; kept out of the parser so that the help does not list it. */
export const unsetSharedFlags = {
  region: [],
  repo: [],
  reader: [],
  timeout: 10,
  json: false,
  verbose: false,
} as const satisfies Partial<SharedFlags>

/** The options of the Pulumi project. */
export function addProjectOptions(command: Command): Command {
  return command
    .option('--cwd <dir>', 'the Pulumi project (default: here, ./infrastructure, or above)', nonEmpty)
    .option(
      '-s, --stack <name>',
      'the stack (default: PULUMI_STACK, the selected one, the only one)',
      nonEmpty,
    )
}

/** The options of the source. */
export function addSourceOptions(command: Command): Command {
  return addProjectOptions(command)
    .addOption(new Option('--source <source>', 'where the credential is read').choices(['pulumi', 'env']))
    .option('--username-key <path>', 'Pulumi path of the username (default: dockerHubUsername)', nonEmpty)
    .option('--token-key <path>', 'Pulumi path of the token (default: dockerHubToken)', nonEmpty)
}

/** The options of the destinations. `does` is what the command does to them: `refuse to write to`. */
export function addDestinationOptions(
  command: Command,
  does: { readonly account: string; readonly only: string },
): Command {
  return command
    .option('--region <region>', 'AWS Region of the cache rule; repeatable', collect)
    .option('--account <id>', does.account, accountId)
    .option('--repo <owner/name>', 'GitHub repository; repeatable', collect)
    .addOption(new Option('--only <destination>', does.only).choices(['aws', 'github']))
    .addOption(
      new Option('--policy <policy>', 'who may read the secret besides ECR (default: deny-others)').choices([
        'deny-others',
        'allow-only',
      ]),
    )
    .option('--reader <arn>', 'IAM role or user that may read the secret too; repeatable', collect)
}

/** `--config` and `--timeout`. */
export function addRunOptions(command: Command): Command {
  return command
    .option(
      '--config <file>',
      'options file (default: pullthrough.yaml beside the project; .yml and .json too)',
      nonEmpty,
    )
    .option('--timeout <seconds>', 'how long one attempt of one request may take (default: 10)', seconds)
}

/** Gather the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, nonEmpty(value)]
}

function nonEmpty(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty.')
  return value
}

/** An AWS account as an option has it. */
export function accountId(value: string): string {
  if (!/^\d{12}$/.test(value)) throw new InvalidArgumentError('An AWS account has twelve digits.')
  return value
}

function seconds(value: string): number {
  const number = Number(value)
  if (!(number > 0 && number <= 3600))
    throw new InvalidArgumentError('It must be a number of seconds up to 3600.')
  return number
}
