import { Command, InvalidArgumentError, Option } from 'commander'

/** What the flags of `sync` say, and nothing that comes from elsewhere. */
export interface SyncFlags {
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
  readonly restore: boolean
  readonly skipProof: boolean
  readonly config?: string
  readonly timeout: number
  readonly dryRun: boolean
  readonly json: boolean
  readonly verbose: boolean
}

const examples = `Examples:
  $ pullthrough sync --dry-run                 show what would change
  $ pullthrough sync --stack dev               sync the credential of one stack
  $ pullthrough sync --region us-east-1 --region eu-west-1 --repo acme/widgets
`

/** The parse half of `sync`: flags in, {@link SyncFlags} out; nothing else happens here. */
export function syncCommand(run: (flags: SyncFlags) => Promise<void>): Command {
  return new Command('sync')
    .summary('read the credential, prove it at Docker Hub, and write what differs to AWS and GitHub')
    .description(
      'Read the Docker Hub credential from Pulumi config, prove it at Docker Hub, and write what differs: ' +
        'the Secrets Manager secret that ECR reads, its resource policy, and the GitHub secrets.',
    )
    .addHelpText('before', examples)
    .option('--cwd <dir>', 'the Pulumi project (default: here, ./infrastructure, or above)', nonEmpty)
    .option(
      '-s, --stack <name>',
      'the stack (default: PULUMI_STACK, the selected one, the only one)',
      nonEmpty,
    )
    .addOption(new Option('--source <source>', 'where the credential is read').choices(['pulumi', 'env']))
    .option('--username-key <path>', 'Pulumi path of the username (default: dockerHubUsername)', nonEmpty)
    .option('--token-key <path>', 'Pulumi path of the token (default: dockerHubToken)', nonEmpty)
    .option('--region <region>', 'AWS Region of the cache rule; repeatable', collect)
    .option('--account <id>', 'refuse to write to any other AWS account', accountId)
    .option('--repo <owner/name>', 'GitHub repository; repeatable', collect)
    .addOption(
      new Option('--only <destination>', 'write to one kind of destination').choices(['aws', 'github']),
    )
    .addOption(
      new Option('--policy <policy>', 'who may read the secret besides ECR (default: deny-others)').choices([
        'deny-others',
        'allow-only',
      ]),
    )
    .option('--reader <arn>', 'IAM role or user that may read the secret too; repeatable', collect)
    .option('--restore', 'take a secret back that is scheduled for deletion')
    .option('--skip-proof', 'write without logging in to Docker Hub first (in an outage)')
    .option(
      '--config <file>',
      'options file (default: pullthrough.yaml beside the project; .yml and .json too)',
      nonEmpty,
    )
    .option('--timeout <seconds>', 'how long one attempt of one request may take (default: 10)', seconds)
    .option('--dry-run', 'show what would change; exit 2 if anything would')
    .option('--json', 'print one JSON object')
    .option('--verbose', 'say more on stderr')
    .action(async (flags: Partial<SyncFlags>) => {
      await run({ ...unset, ...flags })
    })
}

/** What a flag that was not given means; kept out of the parser so that the help does not list it. */
const unset = {
  region: [],
  repo: [],
  reader: [],
  restore: false,
  skipProof: false,
  timeout: 10,
  dryRun: false,
  json: false,
  verbose: false,
} as const satisfies Partial<SyncFlags>

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, nonEmpty(value)]
}

function nonEmpty(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty.')
  return value
}

function accountId(value: string): string {
  if (!/^\d{12}$/.test(value)) throw new InvalidArgumentError('An AWS account has twelve digits.')
  return value
}

function seconds(value: string): number {
  const number = Number(value)
  if (!(number > 0 && number <= 3600))
    throw new InvalidArgumentError('It must be a number of seconds up to 3600.')
  return number
}
