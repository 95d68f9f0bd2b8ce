import type { CheckId, Finding, Status } from '../finding.ts'

/**
 * Something that can be wrong. `verify` and `doctor` take their sentences from the tables beside this file, and
 * `docs/troubleshooting.md` is made of them, so that neither can say what the other does not.
 */
export interface Cause<Facts> {
  readonly check: CheckId
  readonly status: Exclude<Status, 'ok' | 'skipped'>
  /** What a user sees, or would see later: in the words of whoever says it. */
  readonly symptom: string
  /** What is wrong: one sentence that begins in lower case and has no full stop at its end. */
  readonly cause: (facts: Facts) => string
  /** The one command or click that mends it, or who must act. */
  readonly fix: (facts: Facts) => string
  /** Both, for made-up facts: what the documentation shows. */
  readonly example: { readonly cause: string; readonly fix: string }
}

interface Definition<Facts> extends Omit<Cause<Facts>, 'example'> {
  /** Made-up facts. */
  readonly example: Facts
}

/** Define a cause by its sentences and an example of what they speak of. */
export function cause<Facts>({ example, ...rest }: Definition<Facts>): Cause<Facts> {
  return { ...rest, example: { cause: rest.cause(example), fix: rest.fix(example) } }
}

/** The finding that a cause makes. */
export function found<Facts>(
  { check, status, cause, fix }: Cause<Facts>,
  target: string,
  facts: Facts,
): Finding {
  return { id: check, target, status, cause: cause(facts), fix: fix(facts) }
}
