import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesGlob, parseGlob, splitGlob } from '../../../../src/sandbox/aws/iam/glob.ts'

test.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'anything at all', true],
  ['?', '', false],
  ['?', 'a', true],
  ['?', 'ab', false],
  ['a*', 'a', true],
  ['a*c', 'abbbc', true],
  ['a*c', 'abbb', false],
  ['*b*', 'abc', true],
  ['a*b*c', 'aXbYbZc', true],
  ['docker-hub-??????', 'docker-hub-a1B2c3', true],
  ['docker-hub-??????', 'docker-hub-a1B2c', false],
  ['.*', 'x', false],
  ['[a]', 'a', false],
])('%j covers %j: %j', (pattern, text, expected) => {
  expect(matchesGlob(parseGlob(pattern), text)).toBe(expected)
})

test('a pattern covers a text exactly when the regular expression of the same meaning does', () => {
  const characters = fc.constantFrom('a', 'b', '*', '?')
  fc.assert(
    fc.property(
      fc.string({ unit: characters, maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }),
      (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
        expect(matchesGlob(parseGlob(pattern), text)).toBe(expression.test(text))
      },
    ),
  )
})

test('a pattern of many stars answers at once', () => {
  expect(matchesGlob(parseGlob('*a'.repeat(200)), 'b'.repeat(20_000))).toBe(false)
})

test('the last part keeps the colons that are left', () => {
  const parts = splitGlob(parseGlob('arn:aws:sm:r:1:secret:a'), 6)
  expect(parts.map((part) => part.join(''))).toEqual(['arn', 'aws', 'sm', 'r', '1', 'secret:a'])
})
