import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/rewrite/edit.ts'
import { readDocuments } from '../../../src/rewrite/yaml/documents.ts'
import { itemsOf, pairsOf } from '../../../src/rewrite/yaml/lookup.ts'
import type { YamlNode, YamlScalar } from '../../../src/rewrite/yaml/node.ts'
import { valueOf, writeScalar } from '../../../src/rewrite/yaml/scalar.ts'

function only(text: string): YamlScalar {
  const [document] = readDocuments(text, /(?:)/)
  const value = pairsOf(document)[0]?.value
  const scalar: YamlNode | undefined = value?.kind === 'sequence' ? itemsOf(value)[0] : value
  if (scalar?.kind !== 'scalar') throw new Error(`${text} has no scalar`)
  return scalar
}

const write = (text: string, value: string) => applyEdits(text, [writeScalar(text, only(text), value)])

const around = (text: string) => {
  const { start, end } = only(text)
  return [text.slice(0, start), text.slice(end)]
}

const variable = '${REGISTRY:-docker.io}/library/redis:7'

describe('a scalar', () => {
  test.each([
    ['a: redis:7 # c', 'x/redis:7', 'a: x/redis:7 # c'],
    ['a: redis:7', variable, `a: ${variable}`],
    ["a: 'redis:7'", variable, `a: '${variable}'`],
    ['a: "redis:7"', variable, `a: "${variable}"`],
    ['a: &x redis:7', variable, `a: &x ${variable}`],
    ['a: !!str redis:7', variable, `a: !!str ${variable}`],
    ['a: [redis:7]', variable, `a: ['${variable}']`],
    ['a: ["redis:7"]', variable, `a: ["${variable}"]`],
    ['a: [redis:7, b]', 'x/redis:7', 'a: [x/redis:7, b]'],
    [`a: ['${variable}']`, 'redis:7', 'a: [redis:7]'],
    ["a: ['redis:7']", 'x/redis:7', "a: ['x/redis:7']"],
    ['a: "re\\x64is"', 'x', 'a: "x"'],
    ['a: redis', '*x', "a: '*x'"],
    ['a: redis', 'x: y', "a: 'x: y'"],
    ['a: redis', "it's #1", "a: 'it''s #1'"],
    ['a: redis', '{x}', "a: '{x}'"],
    ["a: 'redis'", "it's", "a: 'it''s'"],
    ['a: "redis"', 'a"b\\c', 'a: "a\\"b\\\\c"'],
    ['a: >-\r\n    redis:7\r\nb: c', variable, `a: >-\r\n    ${variable}\r\nb: c`],
    ['a: |2+ # x\n  redis:7\n\n', 'y', 'a: |2+ # x\n  y\n\n'],
    ['a:\n  redis:7\nb: c', variable, `a:\n  ${variable}\nb: c`],
  ])('%j is written as %s where it stands', (text, value, expected) => {
    expect(write(text, value)).toBe(expected)
  })

  test('of several lines is refused', () => {
    const text = 'b: c\n---\na: |\n  one\n  two\n'
    const [, document] = readDocuments(text, /(?:)/)
    const scalar = pairsOf(document)[0]?.value as YamlScalar
    expect(() => writeScalar(text, scalar, 'x')).toThrow('line 3: the image cannot be written there')
  })

  test('is read back as it was written, whatever that is', () => {
    const places = ['a: b # c\n', "a: 'b'\n", 'a: "b"\n', 'a: [b, c]\n', "a: ['b']\n"]
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.stringMatching(/^[ -~]{1,40}$/).filter((value) => value.trim() === value),
        (text, value) => {
          const after = write(text, value)
          expect(valueOf(only(after))).toBe(value)
          expect(around(after)).toEqual(around(text))
        },
      ),
    )
  })
})
