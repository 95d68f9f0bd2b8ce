import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePulumiDocument } from '../../src/sources/pulumi-document.ts'
import { ciphertextOf, followPath, parsePulumiKey, splitNamespace } from '../../src/sources/pulumi-path.ts'
import { failureOf } from './scene.ts'

const document = parsePulumiDocument(
  'Pulumi.dev.yaml',
  `obj:
  m: merged
  "k.dot": kd
  "k\\"q": kq
  '': emptykey
  list: [1, two, {three: 3}]
  secret: {secure: "v1:a:b"}
  two: {secure: x, other: y}
`,
)

/** What `pulumi config get --path KEY` 3.259.0 answered for a stack file with this object. */
describe('a path leads where the CLI finds it:', () => {
  test.each([
    ['obj.m', 'merged'],
    ['obj["m"]', 'merged'],
    ['obj..m', 'merged'],
    ['["obj"].m', 'merged'],
    ['acme-infra:obj.m', 'merged'],
    ['acme-infra:["obj"].m', 'merged'],
    ['acme-infra:config:obj.m', 'merged'],
    ['obj["k.dot"]', 'kd'],
    ['obj["k\\"q"]', 'kq'],
    ['obj[""]', 'emptykey'],
    ['obj.list[0]', '1'],
    ['obj.list[00]', '1'],
    ['obj.list[+0]', '1'],
    ['obj.list[2].three', '3'],
    ['obj.two.secure', 'x'],
  ])('%s', (written, text) => {
    const { namespace, name, path } = parsePulumiKey(written, 'acme-infra')
    expect(namespace).toBe('acme-infra')
    expect(followPath(document, [name, ...path])).toMatchObject({ kind: 'text', text })
  })

  test.each([
    'obj.list["0"]',
    'obj.list[-1]',
    'obj.list[3]',
    'obj.list.two',
    'obj[0]',
    'obj.m.more',
    'obj.nothing',
    'obj.secret.secure',
    'other',
    '["a:b"]',
  ])('%s leads nowhere', (written) => {
    const { name, path } = parsePulumiKey(written, 'acme-infra')
    expect(followPath(document, [name, ...path])).toBeUndefined()
  })
})

test.each([
  ['dockerHubToken', { namespace: 'acme-infra', name: 'dockerHubToken', path: [] }],
  ['other:dockerHubToken', { namespace: 'other', name: 'dockerHubToken', path: [] }],
  ['other:config:token', { namespace: 'other', name: 'token', path: [] }],
  ['other:hubs[0]["a.b"].token', { namespace: 'other', name: 'hubs', path: [0, 'a.b', 'token'] }],
  ['foo-bar', { namespace: 'acme-infra', name: 'foo-bar', path: [] }],
  ['all[*]', { namespace: 'acme-infra', name: 'all', path: ['*'] }],
  // As with the CLI: what comes before the first dot is looked at for a namespace, and `a` has none.
  ['a.b:c', { namespace: 'acme-infra', name: 'a', path: ['b:c'] }],
])('takes %s apart', (written, key) => {
  expect(parsePulumiKey(written, 'acme-infra')).toEqual({ written, ...key })
})

test.each([
  ['', 'it must begin with a name'],
  ['.a', 'it must begin with a name'],
  ['[0].a', 'it must begin with a name'],
  ['[""].a', 'it must begin with a name'],
  ['a.', 'it ends with a dot'],
  ['a.["b"]', 'a bracket follows a dot'],
  ['a[0', 'a closing bracket is missing'],
  ['a["b"', 'a closing bracket is missing'],
  ['a["b"x]', 'a closing bracket is missing'],
  ['a["b', 'a closing quote is missing'],
  ['a["b\\"]', 'a closing quote is missing'],
  ['a[b]', 'b is not an index'],
  ['a[]', 'nothing is not an index'],
  ['a:b:c', 'a key has the form NAMESPACE:NAME'],
  ['a:b:c:d', 'a key has the form NAMESPACE:NAME'],
])('refuses %j: %s', async (written, reason) => {
  expect(await failureOf(() => parsePulumiKey(written, 'acme-infra'))).toEqual({
    code: 'ERR_USAGE',
    message: `not a Pulumi config key: ${written} (${reason})`,
    hint: 'write it as for `pulumi config get --path`, such as dockerHub.token or \'hubs[0]["access token"]\'',
  })
})

test('reads back whatever path is written in brackets', () => {
  // A backslash before a quote cannot be written: the grammar has no escape for the backslash.
  const name = fc.string({ unit: 'binary' }).filter((text) => !/\\("|$)/.test(text))
  const root = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]*$/)
  const steps = fc.array(fc.oneof(name, fc.nat()))
  fc.assert(
    fc.property(root, steps, (first, path) => {
      const written = [
        first,
        ...path.map((step) =>
          typeof step === 'number' ? `[${step}]` : `["${step.replaceAll('"', '\\"')}"]`,
        ),
      ].join('')
      expect(parsePulumiKey(written, 'acme-infra')).toEqual({
        written,
        namespace: 'acme-infra',
        name: first,
        path,
      })
    }),
  )
})

test('reads back whatever path is written with dots', () => {
  const name = fc.stringMatching(/^[^.[:"]+$/)
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (names) => {
      const { name: first, path } = parsePulumiKey(names.join('.'), 'acme-infra')
      expect([first, ...path]).toEqual(names)
    }),
  )
})

test.each([
  ['ns:name', { namespace: 'ns', name: 'name' }],
  ['ns:config:name', { namespace: 'ns', name: 'name' }],
  ['ns:config', { namespace: 'ns', name: 'config' }],
  ['name', undefined],
  ['ns:other:name', undefined],
  ['ns:config:name:more', undefined],
])('splits %s at its namespace', (key, parts) => {
  expect(splitNamespace(key)).toEqual(parts)
})

test.each([
  ['{secure: "v1:a:b"}', 'v1:a:b'],
  ['{secure: x, other: y}', undefined],
  ['{secure: {secure: x}}', undefined],
  ['{secure: }', undefined],
  ['[secure]', undefined],
  ['secure', undefined],
])('sees in %s the ciphertext %s', (yaml, ciphertext) => {
  expect(ciphertextOf(parsePulumiDocument('x.yaml', yaml))).toBe(ciphertext)
})
