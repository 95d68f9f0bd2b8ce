import { Command } from 'commander'
import { usualImage } from '../../checks/new-tag.ts'
import {
  addDestinationOptions,
  addRunOptions,
  addSourceOptions,
  type SharedFlags,
  unsetSharedFlags,
} from './shared-flags.ts'

/** What the flags of `verify` say, and nothing that comes from elsewhere. */
export interface VerifyFlags extends SharedFlags {
  readonly beforeUp: boolean
  /** The image to pull through the cache: `true` for the usual one, `undefined` for none. */
  readonly pull: string | true | undefined
  readonly cleanUp: boolean
}

const examples = `Examples:
  $ pullthrough verify                         ask everything, and say what is wrong and what mends it
  $ pullthrough verify --source env --json     in a workflow: are its secrets the credential that AWS holds?
  $ pullthrough verify --only aws --region us-east-1 --region eu-west-1
  $ pullthrough verify --before-up && pulumi up      a dead token stops it, a rule that is not there yet does not
  $ pullthrough verify --pull --clean-up       pull a new and a cached image through the cache, without docker
`

/** The parse half of `verify`: flags in, {@link VerifyFlags} out; nothing else happens here. */
export function verifyCommand(run: (flags: VerifyFlags) => Promise<void>): Command {
  const command = new Command('verify')
    .summary('prove the whole chain and say what is wrong, why, and what mends it')
    .description(
      'Would a build that pulls through the cache work? Ask the source, Docker Hub, AWS and GitHub, and say what is ' +
        'wrong, why, and the one command that mends it. Nothing is written, but for what --pull brings into the cache.',
    )
    .addHelpText('before', examples)
  addSourceOptions(command)
  addDestinationOptions(command, {
    account: 'the AWS account that it should be',
    only: 'ask one kind of destination',
  })
  command.option('--before-up', 'leave to pulumi up what it makes or mends: the cache rules')
  command
    .option(
      '--pull [image]',
      `pull through the cache too: a tag that is not cached and one that is (default: ${usualImage})`,
    )
    .option('--clean-up', 'with --pull: delete again what the new image brought into the cache')
  return addRunOptions(command)
    .option('--json', 'print one JSON object')
    .option('--verbose', 'show every check, and say more on stderr')
    .action(async (flags: Partial<VerifyFlags>) => {
      await run({ ...unsetSharedFlags, beforeUp: false, pull: undefined, cleanUp: false, ...flags })
    })
}
