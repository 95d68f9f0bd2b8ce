import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { PullthroughError } from '../errors.ts'
import { doctorCommand } from './commands/doctor.ts'
import { imageCommand } from './commands/image.ts'
import { rewriteCommand } from './commands/rewrite.ts'
import { sandboxCommand } from './commands/sandbox.ts'
import { syncCommand } from './commands/sync.ts'
import { verifyCommand } from './commands/verify.ts'
import type { Context } from './context.ts'
import { exitCodeOfError, exitCodes } from './exit-code.ts'
import { renderDoctorJson } from './render-doctor.ts'
import { renderImageJson } from './render-image.ts'
import { renderRewriteJson } from './render-rewrite.ts'
import { renderSyncJson } from './render-sync.ts'
import { renderVerifyJson } from './render-verify.ts'
import { printAnswer, printError } from './streams.ts'

const example = `Example:
  $ pulumi config set dockerHubUsername your_username
  $ pulumi config set --secret dockerHubToken      (paste the token)
  $ pullthrough sync
`

const exitCodeHelp = `
Exit codes: 0 done, or nothing to do; 1 failed; 2 differences found; 130 interrupted.`

/**
 * Run one command line.
 *
 * @param argv what the user typed after the program's name
 * @returns the exit code; every failure has been told on stderr by then.
 */
export async function runProgram(argv: readonly string[], context: Context): Promise<number> {
  const { streams } = context
  let exitCode: number = exitCodes.done

  // Each run half is imported when its command is called, so that --version and --help stay quick.
  const program = new Command('pullthrough')
    .description(
      'Docker Hub credentials from Pulumi config to where Amazon ECR and GitHub Actions need them, proven',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('before', example)
    .addHelpText('after', exitCodeHelp)
    .enablePositionalOptions()
    .addCommand(
      syncCommand(async (flags) => {
        const { runSync } = await import('./commands/sync-run.ts')
        exitCode = await runSync(flags, context)
      }),
    )
    .addCommand(
      verifyCommand(async (flags) => {
        const { runVerify } = await import('./commands/verify-run.ts')
        exitCode = await runVerify(flags, context)
      }),
    )
    .addCommand(
      doctorCommand(async (flags) => {
        const { runDoctor } = await import('./commands/doctor-run.ts')
        exitCode = await runDoctor(flags, context)
      }),
    )
    .addCommand(
      imageCommand(async (flags) => {
        const { runImage } = await import('./commands/image-run.ts')
        exitCode = await runImage(flags, context)
      }),
    )
    .addCommand(
      rewriteCommand(async (flags) => {
        const { runRewrite } = await import('./commands/rewrite-run.ts')
        exitCode = await runRewrite(flags, context)
      }),
    )
    .addCommand(
      sandboxCommand(async (flags) => {
        const { runSandbox } = await import('./commands/sandbox-run.ts')
        exitCode = await runSandbox(flags, context)
      }),
    )
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: streams.stdout,
      writeErr: streams.stderr,
      // Told below, in our own form.
      outputError: () => undefined,
    })
  }

  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, argv, context)
    if (!(error instanceof PullthroughError)) throw error
    printError(streams, error)
    return exitCodeOfError(error)
  }
}

/** Help and version end the parsing too; the rest is bad usage. */
function endOfParsing(error: CommanderError, argv: readonly string[], { streams }: Context): number {
  if (error.exitCode === 0) return exitCodes.done
  if (error.code === 'commander.help') return exitCodes.failed
  const usage = usageError(error.message)
  const json = argv.includes('--json') ? jsonOf(argv, usage) : undefined
  if (json !== undefined) printAnswer(streams, [json])
  printError(streams, usage)
  return exitCodes.failed
}

/** The JSON of a command line that cannot be run. */
function jsonOf(argv: readonly string[], error: PullthroughError): string | undefined {
  switch (argv[0]) {
    case 'sync':
      return renderSyncJson({ dryRun: argv.includes('--dry-run'), changes: [], writes: 0 }, error)
    case 'verify':
      return renderVerifyJson({ findings: [], error })
    case 'doctor':
      return renderDoctorJson({ findings: [], error })
    case 'image':
      return renderImageJson({ isReverse: false, images: [], error })
    case 'rewrite':
      return renderRewriteJson({
        mode: 'arg',
        isReverse: argv.includes('--reverse'),
        isWriting: argv.includes('--write'),
        files: [],
        error,
      })
    default:
      return undefined
  }
}

/** `error: unknown option '--dry-rnu'\n(Did you mean --dry-run?)`, without what may be a token in the wrong place. */
function usageError(message: string): PullthroughError {
  const [first = '', suggestion] = message.split('\n')
  const text = first
    .replace(/^error: /, '')
    .replace(/^(unknown option '[^=']*)=.*'$/s, "$1'")
    .replace(/^unknown command '(?![a-z-]{1,20}').*'$/s, 'unknown command')
  const didYouMean = /^\(Did you mean (.*)\?\)$/.exec(suggestion ?? '')?.[1]
  const hint = didYouMean ? `did you mean ${didYouMean}?` : 'see pullthrough --help'
  return new PullthroughError('ERR_USAGE', text, { hint })
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
