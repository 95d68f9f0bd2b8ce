import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../../src/errors.ts'
import type { YamlNode } from '../../../src/rewrite/yaml/node.ts'
import { readDocuments } from '../../../src/rewrite/yaml/documents.ts'
import { itemsOf, pairFinder, pairsOf, scalarOf, valueAt } from '../../../src/rewrite/yaml/lookup.ts'

const read = (text: string) => readDocuments(text, /(?:)/)
const refusal = (message: string): { code: ErrorCode; message: string } => ({ code: 'ERR_FILE', message })
const refused = (text: string): unknown => {
  try {
    return read(text)
  } catch (error) {
    return error
  }
}

/** What stands at the range of a scalar. */
const written = (text: string, node: YamlNode | undefined) => node && text.slice(node.start, node.end)

describe('scalars', () => {
  test.each([
    ['a: redis:7 # c', 'redis:7', 'redis:7', 'plain'],
    ["a: 'it''s'", "it's", "'it''s'", 'single'],
    ['a: "re\\x64is"', 'redis', '"re\\x64is"', 'double'],
    ['a: >-\n  redis:7\n', 'redis:7', '>-\n  redis:7\n', 'block'],
    ['a: 1.10', '1.10', '1.10', 'plain'],
    ['a: &x !!str redis', 'redis', 'redis', 'plain'],
    ['\uFEFFa: redis', 'redis', 'redis', 'plain'],
    ['b: c\r\na: redis\r\n', 'redis', 'redis', 'plain'],
    ['---\nb: c\n--- # d\na: redis\n', 'redis', 'redis', 'plain'],
  ])('of %j have their text, where it stands and how it is written', (text, value, source, style) => {
    const node = read(text)
      .flatMap(pairsOf)
      .find(({ key }) => key === 'a')?.value
    expect(node).toMatchObject({ kind: 'scalar', value, style })
    expect(written(text, node)).toBe(source)
  })

  test('know whether they stand between brackets', () => {
    const [document] = read('a: b\nc: [d]\n')
    const find = pairFinder()
    expect(find(document, 'a')?.value).toMatchObject({ isInFlow: false })
    expect(itemsOf(find(document, 'c')?.value)).toMatchObject([{ isInFlow: true }])
  })
})

describe('aliases', () => {
  test('are what stands at the last anchor of their name before them', () => {
    const [document] = read('a: &x 1\nb: *x\nc: &x 2\nd: *x\n')
    const find = pairFinder()
    expect(find(document, 'b')?.value).toBe(find(document, 'a')?.value)
    expect(find(document, 'd')?.value).toBe(find(document, 'c')?.value)
  })

  test('may lead in circles', () => {
    const [document] = read('a: &a\n  b: *a\n  <<: *a\n')
    const find = pairFinder()
    expect(valueAt(find, document, 'a', 'b', 'b', 'b')).toBe(find(document, 'a')?.value)
    expect(valueAt(find, document, 'a', 'missing')).toBeUndefined()
  })

  test('of another document are none', () => {
    expect(refused('a: &x 1\n---\nb: *x\n')).toMatchObject(
      refusal('line 3: no anchor before this is named x'),
    )
  })

  test('that would expand to billions of nodes are not expanded', () => {
    const lines = Array.from({ length: 200 }, (_, i) => `b${i}: &b${i} [*b${i - 1}, *b${i - 1}, *b${i - 1}]`)
    const merges = Array.from({ length: 40 }, (_, i) => `m${i}: &m${i} {<<: [*m${i - 1}, *m${i - 1}]}`)
    const [document] = read(['b-1: &b-1 x', 'm-1: &m-1 {image: y}', ...lines, ...merges].join('\n'))
    expect(pairsOf(document)).toHaveLength(242)
    expect(scalarOf(valueAt(pairFinder(), document, 'm39', 'image'))?.value).toBe('y')
    expect(valueAt(pairFinder(), document, 'm39', 'missing')).toBeUndefined()
  })
})

describe('merge keys', () => {
  test('give what a map has not, the first first', () => {
    const [document] = read('a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*a, *b], y: 3}\n')
    const find = pairFinder()
    const values = ['x', 'y', 'z', 'w'].map((key) => scalarOf(valueAt(find, document, 'c', key))?.value)
    expect(values).toEqual(['1', '3', '2', undefined])
  })
})

describe('tags', () => {
  test('of programs hide what they stand before, and do not harm what comes after', () => {
    const [document] = read('a: !reference [x, image]\nb: !x {image: redis}\nc: !env IMAGE\nd: redis\n')
    expect(pairsOf(document).map(({ value }) => value.kind)).toEqual(['other', 'other', 'other', 'scalar'])
  })
})

describe('refused is', () => {
  test.each([
    ['a tab', 'a:\n\tb: c\n', 'line 2: a tab is used as indentation'],
    ['a key that is there twice', 'a: 1\nb:\n  c: 1\n  c: 2\n', 'line 4: a key is there twice'],
    ['a quoted key that is there twice', 'a: 1\n"a": 2\n', 'line 2: a key is there twice'],
    [
      'a quote that is not closed',
      'a: "b\n',
      'line 2: a character is missing, such as a quote, a bracket or a space',
    ],
    [
      'a bracket that is not closed',
      'a: [b\nc: d',
      'line 2: the indentation is wrong, or a bracket is not closed',
    ],
    ['an alias of nothing', 'a: b\nc: *d\n', 'line 2: no anchor before this is named d'],
    [
      'a text in the place of a map',
      'a: b\nc\n',
      'line 2: a character is missing, such as a quote, a bracket or a space',
    ],
    [
      'what is deep',
      `x: 1\ny: ${'['.repeat(200_000)}`,
      'line 2: collections are more than 100 deep in one another',
    ],
    [
      'what is deep and closed',
      '['.repeat(200_000) + ']'.repeat(200_000),
      'line 1: collections are more than 100 deep in one another',
    ],
    [
      'what is deep by dashes',
      '- '.repeat(100_000),
      'line 1: collections are more than 100 deep in one another',
    ],
    [
      'what is deep by keys',
      '? '.repeat(100_000),
      'line 1: collections are more than 100 deep in one another',
    ],
    [
      'what is deep by lines',
      Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'line 101: collections are more than 100 deep in one another',
    ],
    [
      'a document that is too large',
      `a: b\n---\n${'# x\n'.repeat(1_100_000)}`,
      'line 2: this document has more than 4 MB',
    ],
  ])('%s', (_, text, message) => {
    expect(refused(text)).toMatchObject(refusal(message))
  })
})

describe('read in reasonable time is', () => {
  test.each([
    ['a map of 30,000 keys', Array.from({ length: 30_000 }, (_, i) => `key${i}: value`).join('\n')],
    ['a list of 100,000 commas', `[${','.repeat(20_000)}]`],
    ['a block of 1 MB', `a: |\n${'  x\n'.repeat(250_000)}`],
    ['a line of 3 MB', `a: "${'b'.repeat(3_000_000)}"`],
    ['white space of 3 MB', `a: ${' '.repeat(3_000_000)}b`],
    ['indentation of 1 MB', `a: |\n${' '.repeat(1_000_000)}x\n`],
    ['many anchors', `a: ${'&a '.repeat(5000)}b`],
    ['control characters', 'a: \u0000\u0002\u0018\u001F\nb: c'],
    ['half a character', 'a: \uD800\n"\uDC00": b'],
  ])('%s, or refused', (_, text) => {
    const start = performance.now()
    refused(text)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

test('what does not contain the words is not read, malformed or not', () => {
  const large = 'x: y\n'.repeat(2_100_000)
  expect(large.length).toBeGreaterThan(10_000_000)
  const text = `${large}---\n\ta: "\n---\nimage: redis:7\n...\n`
  const documents = readDocuments(text, /image/)
  expect(documents.map((document) => written(text, pairsOf(document)[0]?.value))).toEqual(['redis:7'])
})
