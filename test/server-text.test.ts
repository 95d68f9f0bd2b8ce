import { expect, test } from 'vitest'
import { Secret } from '../src/secret.ts'
import { serverText } from '../src/server-text.ts'

test.each([
  ['keeps a plain text', 'Not Found', 'Not Found'],
  ['makes one line of several', 'Bad\r\n\n  gateway\t!', 'Bad gateway !'],
  ['drops what would steer a terminal', '\u001b[31mred\u001b[0m', '[31mred [0m'],
  ['drops what would turn the direction of writing', 'a\u202Eb', 'a b'],
  ['has nothing to show of an empty text', ' \n ', undefined],
  ['has nothing to show of what is no text', { message: 'x' }, undefined],
  ['shows nothing that repeats a secret', 'wrong password hunter2!', undefined],
])('%s', (_, text, shown) => {
  expect(serverText(text, [new Secret('hunter2')])).toBe(shown)
})

test('shows at most 200 characters', () => {
  expect(serverText('x'.repeat(201), [])).toBe(`${'x'.repeat(199)}…`)
  expect(serverText('x'.repeat(200), [])).toBe('x'.repeat(200))
})
