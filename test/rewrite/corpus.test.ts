import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Placing } from '../../src/rewrite/placing.ts'
import { positionsIn } from '../../src/rewrite/position.ts'
import { type Rewritten, rewriteText } from '../../src/rewrite/rewrite-text.ts'
import { corpusCases } from './corpus-case.ts'
import { arg, back, direct } from './placings.ts'

const placings = { arg, direct }

function rewrite(path: string, text: string, placing: Placing): Rewritten {
  const rewritten = rewriteText({ path, text }, placing)
  if (!rewritten) throw new Error(`${path} is not recognised`)
  return rewritten
}

function leftLines({ left }: Rewritten, text: string): string {
  const position = positionsIn(text)
  return left
    .map(({ start, reference, because }) => `${position(start).line}: ${reference}: ${because}\n`)
    .join('')
    .replaceAll('\r\n', '\n')
}

const folders = readdirSync(join(import.meta.dirname, 'corpus'))

test('the corpus is there', () => {
  expect(folders.flatMap((folder) => corpusCases(folder)).length).toBeGreaterThanOrEqual(60)
})

/** The same file as other editors write it. */
const variants = {
  'as it is': (text: string) => text,
  'with CRLF': (text: string) => text.replaceAll('\n', '\r\n'),
  'with a byte order mark': (text: string) => `\uFEFF${text}`,
}

describe.each(folders)('%s', (folder) => {
  const cases = corpusCases(folder).flatMap((one) =>
    (['arg', 'direct'] as const).flatMap((mode) =>
      Object.entries(variants)
        .filter(([name]) => name === 'as it is' || !/[\r\uFEFF]/.test(one.section('input') ?? ''))
        .map(([name, variant]) => [one.name, name, mode, one, variant] as const),
    ),
  )

  test.each(cases)('%s %s becomes what it says in %s mode, stays that, and comes back', (...args) => {
    const [, , mode, one, variant] = args
    const input = one.section('input') ?? ''
    const written = rewrite(one.path, variant(input), placings[mode])
    expect(written.text).toBe(variant(one.section(mode) ?? input))
    expect(leftLines(written, variant(input))).toBe(one.section(`left ${mode}`) ?? '')
    expect(rewrite(one.path, written.text, placings[mode]).text).toBe(written.text)
    expect(rewrite(one.path, written.text, back).text).toBe(variant(one.section(`back ${mode}`) ?? input))
  })
})
