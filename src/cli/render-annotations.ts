import { isRed, type Finding } from '../checks/finding.ts'
import type { VerifyReport } from './rendering/verdict.ts'

/** GitHub shows this many annotations of a kind for a step, and drops the others without a word. */
const most = 10

interface Annotation {
  readonly title: string
  readonly message: string
}

/**
 * Workflow commands for a GitHub Actions log: an error for each red finding, a warning for each warning. Of more than
 * ten of a kind, nine are shown and the tenth says how many more there are.
 *
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function renderAnnotations({ findings, error }: VerifyReport): readonly string[] {
  const errors = [
    ...(error ? [{ title: 'verify ended early', message: withFix(error.message, error.hint) }] : []),
    ...findings.filter(isRed).map(annotationOf),
  ]
  const warnings = findings.filter(({ status }) => status === 'warning').map(annotationOf)
  return [...commands('error', errors), ...commands('warning', warnings)]
}

function annotationOf({ id, target, status, cause, detail, fix }: Finding): Annotation {
  return { title: `${id}: ${status}, ${target}`, message: withFix(cause ?? detail ?? status, fix) }
}

function withFix(message: string, fix: string | undefined): string {
  return fix === undefined ? message : `${message}\nfix: ${fix}`
}

function commands(kind: 'error' | 'warning', annotations: readonly Annotation[]): readonly string[] {
  const shown = annotations.length > most ? annotations.slice(0, most - 1) : annotations
  const left = annotations.length - shown.length
  const rest = {
    title: `${left} more ${kind}s`,
    message: 'GitHub shows ten of a kind; the summary of the job and the log have them all',
  }
  return [...shown, ...(left > 0 ? [rest] : [])].map(
    ({ title, message }) => `::${kind} title=${escapeProperty(title)}::${escapeData(message)}`,
  )
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
