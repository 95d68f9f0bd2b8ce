import { isRed, type Finding } from '../checks/finding.ts'
import type { PullthroughError } from '../errors.ts'
import { errorJson } from './rendering/error-json.ts'
import { findingJson } from './rendering/finding-json.ts'
import { findingLines, layoutFor } from './rendering/finding-lines.ts'
import { grouped } from './rendering/grouped.ts'
import { oneLine } from './rendering/one-line.ts'
import { countsOf, sumOf } from './rendering/verdict.ts'

/** What an error text that was given means. */
export interface Explanation {
  /** The text by which it was recognised. */
  readonly symptom: string
  readonly cause: string
  readonly fix: string
}

/** Everything a `doctor` has to tell when it is over. */
export interface DoctorReport {
  /** The image: as it was given, at the upstream, and in the cache. */
  readonly reference?: { readonly given: string; readonly upstream?: string; readonly cached?: string }
  /** The steps of the pull path, in the order in which a pull takes them. */
  readonly findings: readonly Finding[]
  readonly explanation?: readonly Explanation[]
  /** The first step that is red. */
  readonly failsAt?: Finding
  /** Why the walk ended early, if it did. */
  readonly error?: PullthroughError
}

/** The answer for people: the image, what its error text means, the steps in order, and where the pull fails. */
export function renderDoctor(
  report: DoctorReport,
  view: { readonly colour?: boolean } = {},
): readonly string[] {
  const { reference, explanation = [], findings } = report
  const layout = layoutFor(findings, '  ', view.colour ?? false)
  const parts = [
    reference ? referenceLines(reference) : [],
    ...[...grouped(explanation, ({ symptom }) => symptom)].map(explanationLines),
    findings.flatMap((finding, index) => [
      ...(finding.target === findings[index - 1]?.target ? [] : [oneLine(finding.target)]),
      ...findingLines(finding, layout),
    ]),
    conclusionOf(report),
  ]
  return parts
    .filter(({ length }) => length > 0)
    .flatMap((part, index) => (index === 0 ? part : ['', ...part]))
}

/** The answer for programs; `docs/json.md` documents it. */
export function renderDoctorJson({
  reference,
  findings,
  explanation = [],
  failsAt,
  error,
}: DoctorReport): string {
  return JSON.stringify({
    version: 1,
    command: 'doctor',
    given: reference?.given ?? null,
    ...(reference?.upstream === undefined ? {} : { image: reference.upstream }),
    ...(reference?.cached === undefined ? {} : { cached: reference.cached }),
    ok: !findings.some(isRed) && !error,
    failsAt: failsAt?.id ?? null,
    checks: findings.map(findingJson),
    explanations: explanation.map(({ symptom, cause, fix }) => ({ symptom, cause, fix })),
    ...(error ? { error: errorJson(error) } : {}),
  })
}

function referenceLines({
  given,
  upstream,
  cached,
}: NonNullable<DoctorReport['reference']>): readonly string[] {
  return [
    `given:    ${oneLine(given)}`,
    ...(upstream === undefined ? [] : [`upstream: ${oneLine(upstream)}`]),
    ...(cached === undefined ? [] : [`cached:   ${oneLine(cached)}`]),
  ]
}

/** What a text means; where that is not certain, every possible cause with its own cure. */
function explanationLines([symptom, causes]: readonly [string, readonly Explanation[]]): readonly string[] {
  const word = causes.length > 1 ? 'possible cause' : 'cause'
  return [
    `symptom: ${oneLine(symptom)}`,
    ...causes.flatMap(({ cause, fix }) => [`  ${word}: ${oneLine(cause)}`, `    fix: ${oneLine(fix)}`]),
  ]
}

function conclusionOf({ findings, failsAt, error }: DoctorReport): readonly string[] {
  if (failsAt) {
    const { id, target, cause, fix } = failsAt
    return [
      `fails at: ${id}, ${oneLine(target)}`,
      ...(cause === undefined ? [] : [`  cause: ${oneLine(cause)}`]),
      ...(fix === undefined ? [] : [`  fix: ${oneLine(fix)}`]),
    ]
  }
  if (findings.length === 0) return []
  if (error) return [sumOf(findings), 'the walk ended early; no step before that fails']
  const { ok, warning } = countsOf(findings)
  return [
    sumOf(findings),
    ok + warning === 0 ? 'no step was answered, so nothing is known' : 'no step that was asked fails',
  ]
}
