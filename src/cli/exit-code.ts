import { isRed, type Finding } from '../checks/finding.ts'
import type { ChangeReport } from '../engine/event.ts'
import { PullthroughError } from '../errors.ts'

/** What the process ends with; the README documents these for users. */
export const exitCodes = { done: 0, failed: 1, differences: 2, interrupted: 130 } as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The exit code of a run that ended with an error. */
export function exitCodeOfError(error: unknown): ExitCode {
  const interrupted = error instanceof PullthroughError && error.code === 'ERR_INTERRUPTED'
  return interrupted ? exitCodes.interrupted : exitCodes.failed
}

/** The exit code of a `sync` that reached its end. */
export function exitCodeOfSync(changes: readonly ChangeReport[], dryRun: boolean): ExitCode {
  const errors = changes.flatMap(({ error }) => error ?? [])
  if (errors.some(({ code }) => code === 'ERR_INTERRUPTED')) return exitCodes.interrupted
  if (errors.length > 0) return exitCodes.failed
  const differs = changes.some(({ action }) => action !== 'keep')
  return dryRun && differs ? exitCodes.differences : exitCodes.done
}

/** The exit code of a `verify` or `doctor` that reached its end: a question without an answer outweighs a difference. */
export function exitCodeOfFindings(findings: readonly Finding[]): ExitCode {
  const red = findings.filter(isRed)
  if (red.length === 0) return exitCodes.done
  const unanswered = red.some(({ status }) => status === 'denied' || status === 'unreachable')
  return unanswered ? exitCodes.failed : exitCodes.differences
}
