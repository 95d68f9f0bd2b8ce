import { Command } from 'commander'
import {
  addDestinationOptions,
  addRunOptions,
  addSourceOptions,
  type SharedFlags,
  unsetSharedFlags,
} from './shared-flags.ts'

/** What the flags of `sync` say, and nothing that comes from elsewhere. */
export interface SyncFlags extends SharedFlags {
  readonly restore: boolean
  readonly skipProof: boolean
  readonly dryRun: boolean
}

const examples = `Examples:
  $ pullthrough sync --dry-run                 show what would change
  $ pullthrough sync --stack dev               sync the credential of one stack
  $ pullthrough sync --region us-east-1 --region eu-west-1 --repo acme/widgets
`

/** The parse half of `sync`: flags in, {@link SyncFlags} out; nothing else happens here. */
export function syncCommand(run: (flags: SyncFlags) => Promise<void>): Command {
  const command = new Command('sync')
    .summary('read the credential, prove it at Docker Hub, and write what differs to AWS and GitHub')
    .description(
      'Read the Docker Hub credential from Pulumi config, prove it at Docker Hub, and write what differs: ' +
        'the Secrets Manager secret that ECR reads, its resource policy, and the GitHub secrets.',
    )
    .addHelpText('before', examples)
  addSourceOptions(command)
  addDestinationOptions(command, {
    account: 'refuse to write to any other AWS account',
    only: 'write to one kind of destination',
  })
    .option('--restore', 'take a secret back that is scheduled for deletion')
    .option('--skip-proof', 'write without logging in to Docker Hub first (in an outage)')
  return addRunOptions(command)
    .option('--dry-run', 'show what would change; exit 2 if anything would')
    .option('--json', 'print one JSON object')
    .option('--verbose', 'say more on stderr')
    .action(async (flags: Partial<SyncFlags>) => {
      await run({ ...unset, ...flags })
    })
}

const unset = {
  ...unsetSharedFlags,
  restore: false,
  skipProof: false,
  dryRun: false,
} as const satisfies Partial<SyncFlags>
