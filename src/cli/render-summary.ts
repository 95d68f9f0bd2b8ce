import type { Finding, Status } from '../checks/finding.ts'
import { chainPicture } from './rendering/chain-picture.ts'
import { markdownText, tableRow } from './rendering/markdown-text.ts'
import { sumOf, verdictOf, type VerifyReport } from './rendering/verdict.ts'

/** GitHub drops the summary of a step that is longer than 1 MiB; this leaves room for what is around the tables, in bytes. */
const largest = 1_000_000

/** The worst first; what is ok is not in this table. */
const order = [
  'denied',
  'unreachable',
  'missing',
  'drift',
  'warning',
  'unknowable',
  'skipped',
] as const satisfies readonly Status[]

/**
 * Markdown for the summary of a GitHub Actions job: the verdict, a picture of the chain, a table of everything that is
 * not ok, and the rest folded away. Rows that would make it too long are left out, and counted.
 *
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
export function renderSummary(report: VerifyReport): string {
  const { findings, error } = report
  const picture = chainPicture(findings)
  const head = [
    '## pullthrough verify',
    '',
    `**${markdownText(verdictOf(report))}**`,
    '',
    sumOf(findings),
    ...(picture.length === 0 ? [] : ['', '```mermaid', ...picture, '```']),
  ]
  const notOk = fitting(
    [
      ...(error ? [tableRow([error.code, 'verify', '', error.message, error.hint ?? ''])] : []),
      ...order.flatMap((status) => findings.filter((finding) => finding.status === status).map(notOkRow)),
    ],
    largest - bytesOf(head),
  )
  const ok = fitting(
    findings
      .filter(({ status }) => status === 'ok')
      .map(({ id, target, detail = '' }) => tableRow([id, target, detail])),
    largest - bytesOf(head) - bytesOf(notOk.rows),
  )
  return [
    ...head,
    ...table(['status', 'check', 'target', 'cause', 'fix'], notOk),
    ...(isEmpty(ok)
      ? []
      : [
          '',
          '<details>',
          `<summary>${ok.rows.length + ok.left} ok</summary>`,
          ...table(['check', 'target', 'found'], ok),
          '',
          '</details>',
        ]),
    '',
  ].join('\n')
}

function notOkRow({ status, id, target, cause, detail, fix }: Finding): string {
  return tableRow([status, id, target, cause ?? detail ?? '', fix ?? ''])
}

/** The rows of a table that are shown, and how many are not. */
interface Fitting {
  readonly rows: readonly string[]
  readonly left: number
}

/** The rows that fit into so many bytes, whole; one that is too long does not keep out those after it. */
function fitting(rows: readonly string[], bytes: number): Fitting {
  let free = bytes
  const fit = rows.filter((row) => {
    const size = bytesOf([row])
    if (size > free) return false
    free -= size
    return true
  })
  return { rows: fit, left: rows.length - fit.length }
}

function isEmpty({ rows, left }: Fitting): boolean {
  return rows.length === 0 && left === 0
}

function table(heads: readonly string[], content: Fitting): readonly string[] {
  if (isEmpty(content)) return []
  const { rows, left } = content
  return [
    '',
    tableRow(heads),
    `|${' --- |'.repeat(heads.length)}`,
    ...rows,
    ...(left === 0
      ? []
      : ['', `${left} more left out: the summary would be too long. The log has them all.`]),
  ]
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
}
