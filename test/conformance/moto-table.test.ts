import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownDifferences } from './moto-differences.ts'

test('docs/sandbox.md prints every difference to moto, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/sandbox.md'), 'utf8')
  const section = page.slice(page.indexOf('### Where moto answers differently'), page.indexOf('\n## GitHub'))
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim())
        .slice(1, -1),
    )
    .filter(([first]) => !/^-+$/.test(first ?? ''))
  expect(rows).toEqual(
    knownDifferences.map(({ what, moto, sandbox, source }) => [what, moto, sandbox, source]),
  )
})
