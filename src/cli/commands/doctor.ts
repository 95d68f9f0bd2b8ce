import { Command, Option } from 'commander'
import type { PullClient } from '../../checks/image-facts.ts'
import {
  addRunOptions,
  addSourceOptions,
  collect,
  type SharedFlags,
  unsetSharedFlags,
} from './shared-flags.ts'

/** What the arguments of `doctor` say, and nothing that comes from elsewhere. */
export interface DoctorFlags extends SharedFlags {
  /** An image, an error text, `-` for stdin, or nothing. */
  readonly image: string | undefined
  /** Who pulls; `undefined` leaves it to the error text. */
  readonly client?: PullClient
}

const examples = `Examples:
  $ pullthrough doctor debian:12
  $ pullthrough doctor 123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian:12
  $ docker pull IMAGE 2>&1 | pullthrough doctor      what does this error mean?
`

/** The parse half of `doctor`: arguments in, {@link DoctorFlags} out; nothing else happens here. */
export function doctorCommand(run: (flags: DoctorFlags) => Promise<void>): Command {
  const command = new Command('doctor')
    .summary('walk the pull path of one image and name the step that fails')
    .description(
      'Would this image pull through the cache? Walk its path, from its name to the upstream, and name the first step ' +
        'that fails, why, and what mends it. Or explain what docker, containerd, a build or a deployment has said. ' +
        'Nothing is written, and nothing is pulled.',
    )
    .argument('[image]', 'an image, or an error text in quotes; stdin if it is - or missing')
    .addHelpText('before', examples)
    .option('--region <region>', 'AWS Region of the cache; repeatable (default: that of an ECR URI)', collect)
    .option('--repo <owner/name>', 'GitHub repository, for errors of workflows; repeatable', collect)
    .addOption(
      new Option('--client <client>', 'who pulls: Lambda cannot pull through a rule').choices([
        'docker',
        'lambda',
      ]),
    )
  addSourceOptions(command)
  return addRunOptions(command)
    .option('--json', 'print one JSON object')
    .option('--verbose', 'show related checks where nothing is wrong too')
    .action(async (image: string | undefined, flags: Partial<DoctorFlags>) => {
      await run({ ...unsetSharedFlags, ...flags, image })
    })
}
