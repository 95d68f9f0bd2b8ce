import { expect, test } from 'vitest'
import { isReadAsAnotherText } from '../../src/sources/pulumi-scalar.ts'

/** Unquoted scalars of a stack file, and what `pulumi config get` 3.259.0 answered. */
test.each([
  ['0528', '528'],
  ['0527', '343'],
  ['1e3', '1000'],
  ['True', 'true'],
  ['true', 'true'],
  ['yes', 'yes'],
  ['off', 'off'],
  ['2024-01-02', '2024-01-02 00:00:00 +0000 UTC'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.1 -0500 -0500'],
  ['0x1F', '31'],
  ['0o17', '15'],
  ['0b11', '3'],
  ['7', '7'],
  ['-7', '-7'],
  ['+7', '7'],
  ['0', '0'],
  ['-0', '0'],
  ['12345678901234567890', '12345678901234567890'],
  ['123456789012345678901234567890', '1.2345678901234568e+29'],
  ['1.0', '1'],
  ['1.5', '1.5'],
  ['1.50', '1.5'],
  ['-.5', '-0.5'],
  ['1_000', '1000'],
  ['1e400', '1e400'],
  ['1e21', '1e+21'],
  ['1e20', '100000000000000000000'],
  ['0.000001', '0.000001'],
  ['1e-7', '1e-7'],
  ['07:30', '07:30'],
  ['=', '='],
  ['sandbox', 'sandbox'],
  ['_1', '_1'],
  ['1a', '1a'],
])('knows that the CLI reads an unquoted %s as %s', (text, answer) => {
  expect(isReadAsAnotherText(text)).toBe(text !== answer)
})

test.each(['.inf', '-.Inf', '+.INF', '.NaN'])('knows that the CLI cannot read an unquoted %s', (text) => {
  expect(isReadAsAnotherText(text)).toBe(true)
})
