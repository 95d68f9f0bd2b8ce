import type { Finding } from '../../checks/finding.ts'
import { observeDockerHub } from '../../checks/docker-hub.ts'
import { parseReader } from '../../destinations/resource-policy.ts'
import { verify } from '../../engine/verify.ts'
import { PullthroughError } from '../../errors.ts'
import { dockerHubUrls } from '../../registries/docker-hub.ts'
import { openSource, regionOfSource } from '../../sources/index.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { exitCodeOfError, exitCodeOfFindings } from '../exit-code.ts'
import { renderAnnotations } from '../render-annotations.ts'
import { renderSummary } from '../render-summary.ts'
import { renderVerify, renderVerifyJson } from '../render-verify.ts'
import { printAnswer, printError, printNote, type Streams } from '../streams.ts'
import type { VerifyReport } from '../rendering/verdict.ts'
import { type Settings, settingsFrom } from './settings.ts'
import type { VerifyFlags } from './verify.ts'
import { wireAws, wireGitHub } from './verify-wiring.ts'

/** The run half of `verify`: ask everything, and tell what is wrong in every place where it will be looked for. */
export async function runVerify(flags: VerifyFlags, context: Context): Promise<number> {
  const { streams } = context
  const world: World = { ...context.world, timeoutMs: flags.timeout * 1000 }
  try {
    const report = { findings: await findAll(await settingsFrom(flags, world), world, streams) }
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
  const policy = {
    policy: settings.policy ?? ('deny-others' as const),
    readers: settings.reader.map(parseReader),
  }
  const urls = dockerHubUrls(world.env)
  const source = openSource(settings, world)
  // A source that holds no credential may name a Region all the same.
  const region = source.then(
    (opened) => opened.region,
    () => regionOfSource(settings, world),
  )
  const aws = settings.only === 'github' ? undefined : wireAws(settings, region, world)
  const gitHub = settings.only === 'aws' ? undefined : wireGitHub(settings, world)
  for (const question of [source, region, aws, gitHub]) question?.catch(() => undefined)
  return verify({
    source,
    dockerHub: (credential) => observeDockerHub(credential, urls, world),
    aws,
    gitHub,
    policy,
    account: settings.account,
    askedSource: settings.source,
    isWorkflow: world.env['GITHUB_ACTIONS'] === 'true',
  })
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
