import { Command, InvalidArgumentError } from 'commander'

/** What the arguments of `sandbox` say. */
export interface SandboxFlags {
  readonly port?: number
  /** The registry that ECR pulls Docker Hub's images from. */
  readonly upstream?: string
  readonly json: boolean
  /** The command to run inside, and its arguments. Empty: run until interrupted. */
  readonly command: readonly string[]
}

const examples = `Examples:
  $ pullthrough sandbox                        run until Ctrl-C, and show the environment to use
  $ pullthrough sandbox -- npm test            run a command against it, and stop
  $ pullthrough sandbox --upstream https://registry-1.docker.io
                                               let its ECR pull the real images
`

/** The parse half of `sandbox`. */
export function sandboxCommand(run: (flags: SandboxFlags) => Promise<void>): Command {
  return new Command('sandbox')
    .summary('run strict stand-ins for AWS, GitHub and Docker Hub on this machine')
    .description('Run strict stand-ins for AWS, GitHub and Docker Hub on 127.0.0.1, with state in memory.')
    .addHelpText('before', examples)
    .option(
      '--port <port>',
      'control port; the services take the ports after it (default: free ones)',
      portNumber,
    )
    .option(
      '--upstream <url>',
      "the registry that ECR pulls Docker Hub's images from, with the credential of the rule's secret (default: the sandbox's own)",
    )
    .option('--json', 'print one line of JSON when ready')
    .argument('[command...]', 'after --, a command to run with the environment of the sandbox')
    .passThroughOptions()
    .action(async (command: string[], flags: Partial<SandboxFlags>) => {
      await run({ json: false, ...flags, command })
    })
}

function portNumber(value: string): number {
  const port = Number(value)
  // Seven ports in a row are taken.
  if (!Number.isInteger(port) || port < 1 || port > 65_529) {
    throw new InvalidArgumentError('It must be a port number from 1 to 65529.')
  }
  return port
}
