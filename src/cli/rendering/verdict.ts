import { isRed, type Finding, type Status } from '../../checks/finding.ts'
import type { PullthroughError } from '../../errors.ts'

/** Everything a `verify` has to tell when it is over. */
export interface VerifyReport {
  readonly findings: readonly Finding[]
  /** Why the run ended early, if it did. */
  readonly error?: PullthroughError
  /** Whether what `pulumi up` mends was left to it. */
  readonly beforeUp?: boolean
}

/** How many findings there are of each status, in the order in which they are told. */
export function countsOf(findings: readonly Finding[]): Readonly<Record<Status, number>> {
  const counts: Record<Status, number> = {
    ok: 0,
    warning: 0,
    drift: 0,
    missing: 0,
    denied: 0,
    unreachable: 0,
    skipped: 0,
    unknowable: 0,
  }
  for (const { status } of findings) counts[status] += 1
  return counts
}

/** The counts in words, without the zeros: `31 ok, 1 warning, 2 drift`. */
export function sumOf(findings: readonly Finding[]): string {
  const parts = Object.entries(countsOf(findings)).flatMap(([status, count]) =>
    count === 0 ? [] : [`${count} ${status}`],
  )
  return parts.length === 0 ? 'no checks' : parts.join(', ')
}

const build = 'a build that pulls through the cache'

/** The answer in one sentence. It never promises more than the checks that were made can show. */
export function verdictOf({ findings, error, beforeUp }: VerifyReport): string {
  const red = findings.filter(isRed).length
  if (red > 0 || error) {
    const because = [
      ...(red > 0 ? [red === 1 ? '1 check is red' : `${red} checks are red`] : []),
      ...(error ? ['the run ended early'] : []),
    ]
    return `${build} would fail, or could not be shown to work: ${because.join(', and ')}`
  }
  const { ok, warning, skipped, unknowable } = countsOf(findings)
  if (ok + warning === 0) return `no check was answered, so nothing is known about ${build}`
  const reservations = [
    ...(skipped > 0 ? [`${skipped} ${skipped === 1 ? 'check was' : 'checks were'} skipped`] : []),
    ...(unknowable > 0 ? [`${unknowable} cannot be known`] : []),
  ]
  return [`${beforeUp ? 'after pulumi up, ' : ''}${build} works, as far as was asked`, ...reservations].join(
    '; ',
  )
}
