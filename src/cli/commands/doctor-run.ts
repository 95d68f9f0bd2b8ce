import { type CheckId, type Finding, isRed } from '../../checks/finding.ts'
import { type ImageOrText, readImageOrText } from '../../checks/image-or-text.ts'
import { failingStep, judgeNoImage } from '../../checks/pull-path.ts'
import { doctor } from '../../engine/doctor.ts'
import { PullthroughError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { Context } from '../context.ts'
import { exitCodeOfError, exitCodeOfFindings } from '../exit-code.ts'
import { type DoctorReport, type Explanation, renderDoctor, renderDoctorJson } from '../render-doctor.ts'
import { readEnd } from '../stdin.ts'
import { printAnswer, printError, printNote, type Streams } from '../streams.ts'
import type { DoctorFlags } from './doctor.ts'
import { wireDoctor } from './doctor-wiring.ts'
import { settingsFrom } from './settings.ts'

/** The run half of `doctor`: read what was brought, walk, and name the first step that fails. */
export async function runDoctor(flags: DoctorFlags, context: Context): Promise<number> {
  const { streams } = context
  const world: World = { ...context.world, timeoutMs: flags.timeout * 1000 }
  let given: DoctorReport = { findings: [] }
  try {
    const input = readImageOrText(await textOf(flags.image, context))
    given = { findings: [], ...namedIn(input), explanation: explained(input, []) }
    const report = await diagnose(input, flags, world, streams)
    tell(report, flags, streams)
    return exitCodeOfFindings(report.findings)
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    tell({ ...given, error }, flags, streams)
    printError(streams, error)
    return exitCodeOfError(error)
  }
}

/** The argument, or what stdin has where there is none. */
async function textOf(argument: string | undefined, { world, stdin }: Context): Promise<string> {
  if (argument !== undefined && argument !== '-') return argument
  if (!stdin || (stdin.isTerminal && argument === undefined)) return ''
  return readEnd(stdin, world)
}

async function diagnose(
  input: ImageOrText,
  flags: DoctorFlags,
  world: World,
  streams: Streams,
): Promise<DoctorReport> {
  const image = imageOf(input)
  const noImage = image === undefined ? undefined : judgeNoImage(image)
  if (noImage) return { findings: noImage, ...failure(noImage) }
  const explanations = input.kind === 'text' ? input.explanations : []
  if (explanations.length === 0 && input.kind === 'text') {
    printNote(streams, 'the text is none that is known; the image that it names is looked at')
  }
  const related = [...new Set(explanations.flatMap(({ causes }) => causes.map(({ check }) => check)))]
  const isOfLambda = explanations.some(({ id }) => id === 'lambda-source-image')
  const settings = await settingsFrom(flags, world)
  if (settings.configFile !== undefined) printNote(streams, `options come from ${settings.configFile}`)
  const { names, ...found } = await doctor({
    ...wireDoctor({ settings, image, related, regionsGiven: flags.region }, world),
    client: flags.client ?? (isOfLambda ? 'lambda' : 'docker'),
  })
  // Beside an image they are there to say why it fails.
  const showsAll = flags.verbose || image === undefined
  const others = found.related.filter(({ status }) => showsAll || status !== 'ok')
  const findings = [...found.steps, ...others]
  return {
    ...(image === undefined ? {} : { reference: { given: image, ...names } }),
    findings,
    explanation: explained(input, findings),
    ...failure(findings),
  }
}

/**
 * The image to walk, if there is one.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if there is nothing to go by. What was given is not repeated: it may
 * hold a secret.
 */
function imageOf(input: ImageOrText): string | undefined {
  switch (input.kind) {
    case 'empty':
      throw new PullthroughError('ERR_USAGE', 'no image is named', {
        hint: 'pullthrough doctor IMAGE, or give it the error text of a pull: docker pull IMAGE 2>&1 | pullthrough doctor',
      })
    case 'token':
      throw new PullthroughError('ERR_USAGE', 'this looks like a token, and not like an image', {
        hint: 'give an image; if it is a real token and was typed, it is in the shell’s history now: replace it',
      })
    case 'image':
      return input.image
    case 'text':
      if (input.image === undefined && input.explanations.length === 0) {
        throw new PullthroughError('ERR_USAGE', 'the text is none that is known, and names no image', {
          hint: 'give the image itself: pullthrough doctor IMAGE; or ask everything: pullthrough verify',
        })
      }
      return input.image
  }
}

/** The image as it may be shown: one that the grammar takes. */
function namedIn(input: ImageOrText): Pick<DoctorReport, 'reference'> {
  if (input.kind !== 'image' && input.kind !== 'text') return {}
  const { image } = input
  return image === undefined || judgeNoImage(image) ? {} : { reference: { given: image } }
}

function failure(findings: readonly Finding[]): Pick<DoctorReport, 'failsAt'> {
  const failsAt = failingStep(findings)
  return failsAt ? { failsAt } : {}
}

/** What the text means. Causes whose check is red come first: the text alone does not tell which it is. */
function explained(input: ImageOrText, findings: readonly Finding[]): readonly Explanation[] {
  if (input.kind !== 'text') return []
  const red = new Set<CheckId>(findings.filter(isRed).map(({ id }) => id))
  return input.explanations.flatMap(({ symptom, causes }) =>
    causes
      .toSorted((a, b) => Number(red.has(b.check)) - Number(red.has(a.check)))
      .map(({ cause, fix }) => ({ symptom, cause, fix })),
  )
}

function tell(report: DoctorReport, { json }: DoctorFlags, streams: Streams): void {
  if (json) printAnswer(streams, [renderDoctorJson(report)])
  else printAnswer(streams, renderDoctor(report, { colour: streams.colour ?? false }))
}
