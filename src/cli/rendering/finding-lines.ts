import { styleText } from 'node:util'
import type { Finding } from '../../checks/finding.ts'
import { oneLine } from './one-line.ts'
import { toneOf } from './tone.ts'

/** Where the columns of findings are, and whether the status is coloured. */
export interface Layout {
  readonly indent: string
  /** Width of the status column, in characters. */
  readonly status: number
  /** Width of the column of ids, in characters. */
  readonly id: number
  readonly colour: boolean
}

/** A layout in which all of these findings line up. */
export function layoutFor(findings: readonly Finding[], indent: string, colour: boolean): Layout {
  return {
    indent,
    status: Math.max(0, ...findings.map(({ status }) => status.length)),
    id: Math.max(0, ...findings.map(({ id }) => id.length)),
    colour,
  }
}

/** One line for a finding, and one for what mends it. Nothing is wrapped: the terminal does that. */
export function findingLines(finding: Finding, layout: Layout): readonly string[] {
  const { id, status, cause, detail, fix } = finding
  const text = oneLine(cause ?? detail ?? '')
  const word = statusWord(finding, layout.colour) + ' '.repeat(Math.max(0, layout.status - status.length))
  return [
    `${layout.indent}${word}  ${id.padEnd(layout.id)}  ${text}`.trimEnd(),
    ...(fix === undefined ? [] : [`${layout.indent}${' '.repeat(layout.status)}  fix: ${oneLine(fix)}`]),
  ]
}

/** The status as a word, coloured if it may be: whoever calls has looked at the terminal and at NO_COLOR. */
export function statusWord({ status }: Pick<Finding, 'status'>, colour: boolean): string {
  return colour ? styleText(toneOf(status), status, { validateStream: false }) : status
}
