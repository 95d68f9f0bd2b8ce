import { Command } from 'commander'
import { prefixes } from './prefix-option.ts'
import {
  accountId,
  addProjectOptions,
  addRunOptions,
  collect,
  type SharedFlags,
  unsetSharedFlags,
} from './shared-flags.ts'

/** What the arguments of `image` say, and nothing that comes from elsewhere. */
export interface ImageFlags extends SharedFlags {
  /** Images; `-` stands for those that stdin has, one a line. */
  readonly images: readonly string[]
  readonly reverse: boolean
  readonly offline: boolean
  /** The prefix to take, by registry as references name it: `docker.io`. */
  readonly prefix: ReadonlyMap<string, string>
}

const examples = `Examples:
  $ pullthrough image debian:12 ghcr.io/acme/widgets:1
  $ pullthrough image --region us-east-1 --region eu-west-1 debian:12
  $ pullthrough image --reverse docker-hub/library/debian:12
  $ pullthrough image --offline --account 123456789012 --region us-east-1 - < images.txt
`

/** The parse half of `image`: arguments in, {@link ImageFlags} out; nothing else happens here. */
export function imageCommand(run: (flags: ImageFlags) => Promise<void>): Command {
  const command = new Command('image')
    .summary('print what images are called in the cache')
    .description(
      'Print what each image is called in the cache, one a line: in the account of the AWS credentials, by the ' +
        'pull-through cache rules that are there. With several Regions each image has a line for each, in the order ' +
        'of the Regions. Whether the image can be pulled is for doctor to say.',
    )
    .argument('<images...>', 'images as docker pull takes them; - for those on stdin, one a line')
    .addHelpText('before', examples)
    .option('--reverse', 'print what images of the cache come from')
    .option(
      '--region <region>',
      'AWS Region of the cache; repeatable (default with --reverse: that of an ECR URI)',
      collect,
    )
    .option(
      '--account <id>',
      'refuse the rules of any other AWS account; with --offline, the account',
      accountId,
    )
    .option(
      '--prefix <[registry=]prefix>',
      'take the rule with this prefix for the registry (default: docker.io); repeatable',
      prefixes,
    )
    .option('--offline', 'do not ask AWS: the usual prefixes, and those of --prefix')
  addProjectOptions(command)
  return addRunOptions(command)
    .option('--json', 'print one JSON object')
    .action(async (images: readonly string[], flags: Partial<ImageFlags>) => {
      const unset = { ...unsetSharedFlags, reverse: false, offline: false, prefix: new Map<string, string>() }
      await run({ ...unset, ...flags, images })
    })
}
