import { Command, InvalidArgumentError, Option } from 'commander'
import { upstreamOfDomain } from '../../ecr/upstreams.ts'
import type { Mode } from '../../rewrite/placing.ts'
import { type MirrorKind, mirrorKinds } from '../../rewrite/print/mirror-settings.ts'
import {
  accountId,
  addProjectOptions,
  addRunOptions,
  collect,
  type SharedFlags,
  unsetSharedFlags,
} from './shared-flags.ts'
import { prefixes } from './prefix-option.ts'

/** What the arguments of `rewrite` say, and nothing that comes from elsewhere. */
export interface RewriteFlags extends SharedFlags {
  /** Files and directories. */
  readonly paths: readonly string[]
  readonly check: boolean
  readonly write: boolean
  readonly mode: Mode
  readonly reverse: boolean
  readonly offline: boolean
  /** The prefix to take, by registry as references name it: `docker.io`. */
  readonly prefix: ReadonlyMap<string, string>
  /** Registries that get a variable besides Docker Hub, as references name them. */
  readonly upstream: readonly string[]
  /** The program whose settings are wanted, instead of files. */
  readonly print?: MirrorKind
}

const examples = `Examples:
  $ pullthrough rewrite .                       (show what would change)
  $ pullthrough rewrite . --write
  $ pullthrough rewrite deploy --mode direct --region us-east-1 --write
  $ pullthrough rewrite . --reverse --write
  $ pullthrough rewrite --print buildkitd --region us-east-1
`

/** The parse half of `rewrite`: arguments in, {@link RewriteFlags} out; nothing else happens here. */
export function rewriteCommand(run: (flags: RewriteFlags) => Promise<void>): Command {
  const command = new Command('rewrite')
    .summary('move the images that files name to the cache')
    .description(
      'Move the images that files name to the cache, or back. What would change is shown as a diff; --write changes ' +
        'the files. In the mode arg a variable whose default is the upstream stands before each image, so that who does ' +
        'not set it builds as before; direct writes the host of the cache. What stays as it is, and why, is told on stderr.',
    )
    .argument('[paths...]', 'files and directories')
    .addHelpText('before', examples)
    .option('--check', 'exit with 2 if anything would change')
    .addOption(new Option('--write', 'change the files').conflicts('check'))
    .addOption(
      new Option('--mode <mode>', 'how images are written (default: arg)').choices(['arg', 'direct']),
    )
    .option('--reverse', 'lead images back to where they come from')
    .option(
      '--upstream <registry>',
      'a registry to move besides docker.io; for the mode arg; repeatable',
      upstreams,
    )
    .option('--region <region>', 'AWS Region of the cache', collect)
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
    .addOption(
      new Option('--print <program>', 'print the settings with which a program pulls from the cache')
        .choices(mirrorKinds)
        .conflicts(['check', 'write', 'mode', 'reverse', 'upstream', 'json']),
    )
    .option('--json', 'print one JSON object')
    .action(async (paths: readonly string[], flags: Partial<RewriteFlags>) => {
      await run({
        ...unsetSharedFlags,
        check: false,
        write: false,
        mode: 'arg',
        reverse: false,
        offline: false,
        prefix: new Map<string, string>(),
        upstream: [],
        ...flags,
        paths,
      })
    })
}

function upstreams(value: string, previous: readonly string[] = []): readonly string[] {
  if (upstreamOfDomain(value) === undefined) {
    throw new InvalidArgumentError('ECR cannot cache that registry: it is named as in images, ghcr.io.')
  }
  return [...previous, value]
}
