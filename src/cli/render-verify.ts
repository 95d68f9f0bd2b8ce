import { isRed, type Finding } from '../checks/finding.ts'
import { errorJson } from './rendering/error-json.ts'
import { findingJson } from './rendering/finding-json.ts'
import { findingLines, layoutFor, statusWord } from './rendering/finding-lines.ts'
import { grouped } from './rendering/grouped.ts'
import { oneLine } from './rendering/one-line.ts'
import { countsOf, sumOf, verdictOf, type VerifyReport } from './rendering/verdict.ts'

/** How much is shown, and how. */
export interface VerifyView {
  /** Show each check of a target where everything is ok too, instead of how many there are; pulls are always shown. */
  readonly verbose?: boolean
  readonly colour?: boolean
}

/**
 * The answer for people: the findings by target, in the order in which they were given, then the sum and the verdict.
 * An error that ended the run is not repeated: it is on stderr.
 */
export function renderVerify(report: VerifyReport, view: VerifyView = {}): readonly string[] {
  const { verbose = false, colour = false } = view
  const groups = [...grouped(report.findings, ({ target }) => oneLine(target))].map(([target, findings]) => ({
    target,
    findings,
    folded: !verbose && allOk(findings) && !findings.some(({ pull }) => pull),
  }))
  const width = Math.max(0, ...groups.filter(({ folded }) => folded).map(({ target }) => target.length))
  const layout = layoutFor(
    groups.flatMap(({ folded, findings }) => (folded ? [] : findings)),
    '  ',
    colour,
  )
  const lines = groups.flatMap(({ target, findings, folded }) =>
    folded
      ? [`${statusWord({ status: 'ok' }, colour)}  ${target.padEnd(width)}  ${howMany(findings)}`]
      : [target, ...findings.flatMap((finding) => findingLines(finding, layout))],
  )
  return [...lines, ...(lines.length > 0 ? [''] : []), sumOf(report.findings), verdictOf(report)]
}

/** The answer for programs; `docs/json.md` documents it. */
export function renderVerifyJson({ findings, error }: VerifyReport): string {
  return JSON.stringify({
    version: 1,
    command: 'verify',
    ok: !findings.some(isRed) && !error,
    counts: countsOf(findings),
    checks: findings.map(findingJson),
    ...(error ? { error: errorJson(error) } : {}),
  })
}

function allOk(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status === 'ok')
}

function howMany({ length }: readonly Finding[]): string {
  return length === 1 ? '1 check' : `${length} checks`
}
