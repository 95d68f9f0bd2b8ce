import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePulumiDocument, type PulumiNode } from '../../src/sources/pulumi-document.ts'
import { failureOf } from './scene.ts'

/** The document without what only the CLI would make of it: maps as objects, scalars as their text. */
function plainly(node: PulumiNode): unknown {
  switch (node.kind) {
    case 'null':
      return null
    case 'text':
      return node.text
    case 'list':
      return node.items.map(plainly)
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, value]) => [key, plainly(value)]))
  }
}

test.each([
  ['an unquoted number', 'a: 0528', { a: '0528' }],
  ['a number too long for a double', 'a: 12345678901234567890', { a: '12345678901234567890' }],
  ['a date', 'a: 2024-01-02', { a: '2024-01-02' }],
  ['words of YAML 1.1', 'a: yes\nb: off\nc: True', { a: 'yes', b: 'off', c: 'True' }],
  ['nulls', 'a: null\nb: ~\nc:\nd: Null\ne: NULL', { a: null, b: null, c: null, d: null, e: null }],
  ['quoted nulls', `a: "null"\nb: '~'\nc: ""`, { a: 'null', b: '~', c: '' }],
  ['a literal block', 'a: |\n  block\n  text\n', { a: 'block\ntext\n' }],
  ['a stripped literal block', 'a: |-\n  block\n', { a: 'block' }],
  ['a folded block', 'a: >-\n  folded\n  text\n', { a: 'folded text' }],
  ['escapes', `a: "\\u00e9 \\n x"\nb: 'it''s'`, { a: 'é \n x', b: "it's" }],
  ['comments', '# c\na: plain text # comment\nb: plain#nocomment', { a: 'plain text', b: 'plain#nocomment' }],
  [
    'anchors',
    'x: &u anchored\na: *u\nb: &m {c: d}\ne: *m',
    { x: 'anchored', a: 'anchored', b: { c: 'd' }, e: { c: 'd' } },
  ],
  [
    'merge keys',
    'a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3',
    { a: { x: '1', y: '2' }, b: { y: '3', x: '1' } },
  ],
  ['a list of merges', 'b:\n  <<: [{x: 1}, {x: 2, y: 2}]', { b: { x: '1', y: '2' } }],
  ['a quoted merge key', 'b:\n  "<<": {x: 1}', { b: { '<<': { x: '1' } } }],
  ['CRLF', 'a: x\r\nb: |\r\n  q\r\n  r\r\n', { a: 'x', b: 'q\nr\n' }],
  ['the first of several documents', 'a: 1\n---\na: 2\n', { a: '1' }],
  ['keys that are numbers', '5: 1\nx: {1: 2}', { '5': '1', x: { '1': '2' } }],
  ['binary', 'a: !!binary aGVsbG8=', { a: 'hello' }],
  ['a tagged date', 'a: !!timestamp 2024-01-02', { a: '2024-01-02' }],
  ['nothing', '', null],
  ['a comment alone', '# nothing\n', null],
])('reads %s as text', (_what, yaml, expected) => {
  expect(plainly(parsePulumiDocument('Pulumi.dev.yaml', yaml))).toEqual(expected)
})

test.each([
  ['a: 0528', true],
  ['a: "0528"', false],
  ["a: '0528'", false],
  ['a: !!str 0528', false],
  ['a: !!binary aGVsbG8=', false],
  ['a: !!timestamp 2024-01-02', true],
  ['a: !!int "7"', false],
  ['a: !custom 7', true],
  ['a: sandbox', false],
  ['a: |-\n  0528', false],
])('knows whether the CLI reads %j as another text', (yaml, readDifferently) => {
  const document = parsePulumiDocument('Pulumi.dev.yaml', yaml)
  expect(document.kind === 'map' && document.entries.get('a')).toMatchObject({
    kind: 'text',
    readDifferently,
  })
})

test('reads JSON, tabs, long numbers and escaped surrogates included', () => {
  const json =
    '{\n\t"config": {\n\t\t"m": 12345678901234567890,\n\t\t"s": "\\ud83d\\ude00\\/", "n": null, "t": true}}'
  expect(plainly(parsePulumiDocument('Pulumi.dev.json', json))).toEqual({
    config: { m: '12345678901234567890', s: '😀/', n: null, t: 'true' },
  })
})

test('reads from JSON what JSON.parse reads', () => {
  const text = fc.string({ unit: 'binary' })
  const key = text.filter((name) => name !== '__proto__')
  fc.assert(
    fc.property(fc.dictionary(key, text), (strings) => {
      const json = JSON.stringify(strings, null, '\t')
      expect(plainly(parsePulumiDocument('x.json', json))).toEqual(JSON.parse(json))
    }),
  )
})

test.each([
  ['config:\n\tdckr_pat_canary: 1\n', 'Pulumi.dev.yaml:2 is malformed: a tab is used as indentation'],
  ['a: 1\na: dckr_pat_canary\n', 'Pulumi.dev.yaml:2 is malformed: a key appears twice in one map'],
  [
    'a: "dckr_pat_canary\n',
    'Pulumi.dev.yaml:2 is malformed: a character is missing, such as a quote, a bracket or a space',
  ],
  [
    'a: [dckr_pat_canary\n',
    'Pulumi.dev.yaml:2 is malformed: wrong indentation, or a bracket that is not closed',
  ],
  ['a: 1\nb: *dckr_pat_canary\n', 'Pulumi.dev.yaml:2 is malformed: an alias names no anchor'],
  ['a: dckr_pat_canary: b\n', 'Pulumi.dev.yaml:1 is malformed: not valid YAML'],
  ['a:\n - b\n- c\n', 'Pulumi.dev.yaml:3 is malformed: not valid YAML'],
  [
    'a:\n  b: 1\n c: 2\n',
    'Pulumi.dev.yaml:3 is malformed: wrong indentation, or a bracket that is not closed',
  ],
  ['x: &a\n  b: *a\n', 'Pulumi.dev.yaml:2 is malformed: an anchor contains itself'],
  ['a: @dckr_pat_canary\n', 'Pulumi.dev.yaml:1 is malformed: not valid YAML'],
  ['? [a, b]\n: dckr_pat_canary\n', 'Pulumi.dev.yaml:1 is malformed: a key is not a text'],
  ['a:\n  <<: dckr_pat_canary\n', 'Pulumi.dev.yaml:2 is malformed: a merge key (<<) names no map'],
])('refuses %j by file and line, and does not quote it', async (yaml, message) => {
  expect(await failureOf(() => parsePulumiDocument('Pulumi.dev.yaml', yaml))).toEqual({
    code: 'ERR_SOURCE_UNREADABLE',
    message,
    hint: 'mend Pulumi.dev.yaml and run it again',
  })
})

test.each(['{"a": "dckr_pat_canary",}', '{"a": dckr_pat_canary}', '{\n"a": "dckr_pat_canary" "b"}', ''])(
  'refuses %j as JSON, and does not quote it',
  async (json) => {
    const failure = await failureOf(() => parsePulumiDocument('Pulumi.dev.json', json))
    expect(failure).toMatchObject({
      code: 'ERR_SOURCE_UNREADABLE',
      message: expect.stringMatching(/^Pulumi\.dev\.json(:\d+)? is malformed: not valid JSON$/) as string,
    })
  },
)

test('carries no parser error along, which would quote the file', () => {
  let error: unknown
  try {
    parsePulumiDocument('Pulumi.dev.yaml', 'a: "dckr_pat_canary\n')
  } catch (caught) {
    error = caught
  }
  expect(error).not.toHaveProperty('cause')
})
