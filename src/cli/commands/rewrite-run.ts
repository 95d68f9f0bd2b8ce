import { formatRegistryHost } from '../../ecr/registry-host.ts'
import { usualRules } from '../../ecr/usual-rules.ts'
import { domainOfUrl } from '../../ecr/upstreams.ts'
import { rewriteFiles } from '../../engine/rewrite/rewrite-files.ts'
import { PullthroughError } from '../../errors.ts'
import { variableOf } from '../../rewrite/variable.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { exitCodeOfError, exitCodes } from '../exit-code.ts'
import { renderDiff } from '../rendering/diff.ts'
import { oneLine } from '../rendering/one-line.ts'
import {
  type FileReport,
  renderLeft,
  renderPins,
  renderRewriteJson,
  renderTotal,
  type RewriteReport,
} from '../render-rewrite.ts'
import { printAnswer, printError, printNote, printWarning, type Streams } from '../streams.ts'
import type { RewriteFlags } from './rewrite.ts'
import { settingsOfMirrors } from './rewrite-print.ts'
import { wireRewrite } from './rewrite-wiring.ts'

/** The run half of `rewrite`: find out where images go, and tell file by file what changes. */
export async function runRewrite(flags: RewriteFlags, context: Context): Promise<number> {
  const { streams } = context
  const world: World = { ...context.world, timeoutMs: flags.timeout * 1000 }
  const files: FileReport[] = []
  const report: RewriteReport = {
    mode: flags.mode,
    isReverse: flags.reverse,
    isWriting: flags.write,
    files,
  }
  try {
    const { paths, write: isWriting, print } = flags
    if (print !== undefined) {
      printAnswer(streams, await settingsOfMirrors(print, flags, context, world))
      return exitCodes.done
    }
    if (paths.length === 0) {
      throw new PullthroughError('ERR_USAGE', 'no file and no directory is named', {
        hint: 'pullthrough rewrite . looks through everything below this directory',
      })
    }
    const placing = await wireRewrite(flags, context, world)
    const { cwd, signal } = world
    for await (const outcome of rewriteFiles({ paths, cwd, placing, isWriting, signal })) {
      if (outcome.kind === 'read') {
        const { before, after, ...told } = outcome
        if (!flags.json && !isWriting) printAnswer(streams, renderDiff(outcome.path, before, after))
        if (!flags.json && told.isWritten) printAnswer(streams, [oneLine(told.path)])
        files.push(told)
      } else {
        files.push(outcome)
      }
    }
    if (flags.json) printAnswer(streams, [renderRewriteJson(report)])
    tellRest(report, flags, streams)
    return exitCodeOf(report, flags.check)
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    if (flags.json) printAnswer(streams, [renderRewriteJson({ ...report, error })])
    printError(streams, error)
    return exitCodeOfError(error)
  }
}

function tellRest(report: RewriteReport, flags: RewriteFlags, streams: Streams): void {
  for (const file of report.files) {
    if (file.kind === 'read') {
      for (const left of file.left) printNote(streams, renderLeft(file.path, left))
      continue
    }
    const message = `${oneLine(file.path)}: ${oneLine(file.error.message)}`
    if (isFailure(file)) printError(streams, { message, hint: file.error.hint })
    else printWarning(streams, message)
  }
  for (const pin of renderPins(report)) printNote(streams, pin)
  printNote(streams, renderTotal(report))
  const hint = nextStep(report, flags)
  if (hint !== undefined) printNote(streams, hint)
}

/** A file that was named, or that should have been written; of others one only hears. */
function isFailure(file: FileReport): boolean {
  return file.kind === 'refused' && (file.isNamed || file.isUnwritten)
}

function exitCodeOf({ files, isWriting }: RewriteReport, isCheck: boolean): number {
  if (files.some(isFailure)) return exitCodes.failed
  const differs = files.some((file) => file.kind === 'read' && file.edits > 0)
  return isCheck && differs && !isWriting ? exitCodes.differences : exitCodes.done
}

function nextStep({ files, isWriting }: RewriteReport, flags: RewriteFlags): string | undefined {
  if (!files.some((file) => file.kind === 'read' && file.edits > 0)) return undefined
  if (!isWriting) return 'to write it, run the same command with --write'
  if (flags.mode === 'direct' || flags.reverse) return undefined
  const settings = ['docker.io', ...flags.upstream].map(
    (registry) => `--build-arg ${variableOf(registry).name}=${cacheOf(registry, flags)}`,
  )
  return `to build with the cache: docker build ${[...new Set(settings)].join(' ')} …`
}

/** Where the cache of a registry is, as far as the arguments say: `123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub`. */
function cacheOf(
  registry: string,
  { account = 'ACCOUNT', region: [region = 'REGION'], prefix }: RewriteFlags,
) {
  const rule = usualRules(prefix).find(({ upstreamRegistryUrl: url }) => domainOfUrl(url) === registry)
  return `${formatRegistryHost(account, region)}/${rule?.ecrRepositoryPrefix ?? 'PREFIX'}`
}
