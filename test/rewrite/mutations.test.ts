import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PullthroughError } from '../../src/errors.ts'
import { rewriteText } from '../../src/rewrite/rewrite-text.ts'
import { corpusCases } from './corpus-case.ts'
import { arg, back, direct } from './placings.ts'

const cases = readdirSync(join(import.meta.dirname, 'corpus')).flatMap((folder) => corpusCases(folder))

/** A piece of a file is taken out, doubled, or has something put in its place. */
const mutation = fc.record({
  at: fc.nat({ max: 1000 }),
  length: fc.nat({ max: 20 }),
  text: fc.oneof(
    fc.constantFrom(
      '',
      '\t',
      '"',
      "'",
      '[',
      '{',
      '}',
      ': ',
      '\n',
      '\r',
      '- ',
      '#',
      '&a ',
      '*a',
      '!x ',
      '|',
      '$',
      '${',
    ),
    fc.constantFrom(
      '<<: *a',
      '---\n',
      '\uFEFF',
      '\u0000',
      '{{ x }}',
      ' ',
      'image: ',
      '? ',
      '%',
      '//',
      '/*',
      ',',
    ),
    fc.string({ maxLength: 5, unit: 'binary' }),
  ),
})

test('a file of the corpus that somebody broke is rewritten or refused, and nothing else happens', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...cases),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(arg, direct, back),
      (one, mutations, placing) => {
        const text = mutations.reduce(
          (text, { at, length, text: put }) =>
            text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + length),
          one.section('input') ?? '',
        )
        try {
          const written = rewriteText({ path: one.path, text }, placing)
          if (written) expect(written.edits === 0).toBe(written.text === text)
        } catch (error) {
          if (!(error instanceof PullthroughError)) throw error
          expect(error.code).toBe('ERR_FILE')
          expect(error.message).toMatch(/^(?:line \d+: |a second run|the images would)/)
        }
      },
    ),
    { numRuns: 1500 },
  )
}, 30_000)
