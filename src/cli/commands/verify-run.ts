import type { Finding } from '../../checks/finding.ts'
import { verify } from '../../engine/verify.ts'
import { PullthroughError } from '../../errors.ts'
import { dockerHubUrls } from '../../registries/docker-hub.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { exitCodeOfError, exitCodeOfFindings } from '../exit-code.ts'
import { renderAnnotations } from '../render-annotations.ts'
import { renderSummary } from '../render-summary.ts'
import { renderVerify, renderVerifyJson } from '../render-verify.ts'
import { printAnswer, printError, printNote, type Streams } from '../streams.ts'
import type { VerifyReport } from '../rendering/verdict.ts'
import { wirePulls } from './pull-wiring.ts'
import { type Settings, settingsFrom } from './settings.ts'
import type { VerifyFlags } from './verify.ts'
import { wireVerify } from './verify-wiring.ts'

/** The run half of `verify`: ask everything, and tell what is wrong in every place where it will be looked for. */
export async function runVerify(flags: VerifyFlags, context: Context): Promise<number> {
  const { streams } = context
  const world: World = { ...context.world, timeoutMs: flags.timeout * 1000 }
  try {
    const findings = await findAll(await settingsFrom(flags, world), world, streams)
    const report = { findings, beforeUp: flags.beforeUp }
    await tell(report, flags, context)
    return exitCodeOfFindings(report.findings)
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    await tell({ findings: [], error }, flags, context)
    printError(streams, error)
    return exitCodeOfError(error)
  }
}

async function findAll(
  settings: Settings<VerifyFlags>,
  world: World,
  streams: Streams,
): Promise<readonly Finding[]> {
  if (settings.configFile !== undefined) printNote(streams, `options come from ${settings.configFile}`)
  const asked = { aws: settings.only !== 'github', gitHub: settings.only !== 'aws' }
  const pulls = wirePulls(settings, dockerHubUrls(world.env), world)
  return verify({ ...wireVerify(settings, asked, world), beforeUp: settings.beforeUp, pulls })
}

/** The answer on stdout; in GitHub Actions a job summary and annotations too. */
async function tell(report: VerifyReport, flags: VerifyFlags, { world, streams }: Context): Promise<void> {
  const { json, verbose } = flags
  if (json) printAnswer(streams, [renderVerifyJson(report)])
  else if (!report.error)
    printAnswer(streams, renderVerify(report, { verbose, colour: streams.colour ?? false }))
  if (world.env['GITHUB_ACTIONS'] !== 'true') return
  // The runner reads commands from either stream; stdout may be JSON.
  for (const line of renderAnnotations(report)) streams.stderr(`${line}\n`)
  const summaryFile = world.env['GITHUB_STEP_SUMMARY']
  if (!summaryFile) return
  const { appendFile } = await import('node:fs/promises')
  try {
    await appendFile(summaryFile, renderSummary(report))
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    printNote(streams, `warning: the job summary could not be written to ${summaryFile}: ${code}`)
  }
}
