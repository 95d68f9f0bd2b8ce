import { expect, test } from 'vitest'
import { applyEdits } from '../../src/rewrite/edit.ts'
import { positionsIn } from '../../src/rewrite/position.ts'

test('edits are made in any order', () => {
  const edits = [
    { start: 4, end: 7, text: 'two' },
    { start: 0, end: 0, text: '> ' },
    { start: 0, end: 3, text: 'one' },
    { start: 7, end: 7, text: '!' },
  ]
  expect(applyEdits('abc def', edits)).toBe('> one two!')
  expect(applyEdits('abc', [])).toBe('abc')
})

test.each([
  [
    'overlap',
    [
      { start: 0, end: 2, text: '' },
      { start: 1, end: 3, text: '' },
    ],
  ],
  [
    'insert at the same offset',
    [
      { start: 1, end: 1, text: 'a' },
      { start: 1, end: 1, text: 'b' },
    ],
  ],
  [
    'insert within another',
    [
      { start: 0, end: 3, text: 'a' },
      { start: 1, end: 1, text: 'b' },
    ],
  ],
  ['go backwards', [{ start: 2, end: 1, text: '' }]],
  ['are outside', [{ start: 2, end: 4, text: '' }]],
])('edits that %s are refused', (_, edits) => {
  expect(() => applyEdits('abc', edits)).toThrow(RangeError)
})

test('positions are those that editors show', () => {
  const text = '\uFEFFa\r\nbc\rd\n\ne'
  const positionOf = positionsIn(text)
  const shown = ['a', 'b', 'c', 'd', 'e'].map((character) => positionOf(text.indexOf(character)))
  expect(shown).toEqual([
    { line: 1, column: 1 },
    { line: 2, column: 1 },
    { line: 2, column: 2 },
    { line: 3, column: 1 },
    { line: 5, column: 1 },
  ])
})
