import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checks } from '../src/checks/finding.ts'
import { countsOf } from '../src/cli/rendering/verdict.ts'
import { refusalReasons } from '../src/engine/image-refusal.ts'

const page = readFileSync(join(import.meta.dirname, '../docs/json.md'), 'utf8')

/** The rows of the table below a heading of the page, their cells trimmed. */
function tableBelow(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`\n${heading}\n`)
  const [text = ''] = section.split(/\n#+ /)
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

test('docs/json.md lists the checks that there are, in their words', () => {
  expect(tableBelow('### Checks')).toEqual(Object.entries(checks).map(([id, asks]) => [`\`${id}\``, asks]))
})

test('docs/json.md lists the statuses that there are', () => {
  expect(tableBelow('### Statuses').map(([status]) => status)).toEqual(
    Object.keys(countsOf([])).map((status) => `\`${status}\``),
  )
})

test('docs/json.md lists the reasons for which an image has no name', () => {
  expect(tableBelow('### Reasons')).toEqual(
    Object.entries(refusalReasons).map(([reason, means]) => [`\`${reason}\``, means]),
  )
})
