import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from '../src/secret.ts'

const secret = new Secret('canary-3f1c')

test.each([
  ['a concatenation', 'x' + String(secret)],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ secret }, { depth: Infinity, showHidden: true, getters: true })],
  ['an array joined', [secret].join()],
  ['an error and its cause', inspect(new Error('x', { cause: { secret } }), { showHidden: true })],
  ['its entries', JSON.stringify(Object.entries(secret))],
])('stays hidden in %s', (_where, text) => {
  expect(text).not.toContain('canary')
})

test('gives its value to whoever asks by name', () => {
  expect(secret.reveal()).toBe('canary-3f1c')
})
