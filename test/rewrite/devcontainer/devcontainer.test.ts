import { describe, expect, test } from 'vitest'
import { rewriteText } from '../../../src/rewrite/rewrite-text.ts'
import { arg, direct } from '../placings.ts'

const rewrite = (text: string, placing = arg) => rewriteText({ path: 'devcontainer.json', text }, placing)
const refused = (text: string): unknown => {
  try {
    return rewrite(text)
  } catch (error) {
    return error
  }
}

describe('a dev container', () => {
  test.each([
    [
      'of CRLF',
      '{\r\n\t"image": "node:20"\r\n}\r\n',
      '{\r\n\t"image": "${localEnv:REGISTRY:docker.io}/library/node:20"\r\n}\r\n',
    ],
    [
      'with a byte order mark',
      '\uFEFF{"image":"node:20"}',
      '\uFEFF{"image":"${localEnv:REGISTRY:docker.io}/library/node:20"}',
    ],
    [
      'with escapes',
      '{"image":"node\\u003a20"}',
      '{"image":"${localEnv:REGISTRY:docker.io}/library/node:20"}',
    ],
    [
      'with the image twice, of which the last counts',
      '{"image":"a:1","image":"node:20"}',
      '{"image":"a:1","image":"${localEnv:REGISTRY:docker.io}/library/node:20"}',
    ],
    [
      'with a comment first in the build',
      '{"build":{ /* x */ "context":"."}}',
      '{"build":{ /* x */ "args": { "REGISTRY": "${localEnv:REGISTRY:docker.io}" }, "context":"."}}',
    ],
  ])('%s', (_, text, expected) => {
    expect(rewrite(text)?.text).toBe(expected)
  })

  test.each([
    '{"image":7}',
    '{"image":null,"build":[]}',
    '{"build":{}}',
    '{"build":{"args":[1]},"features":[]}',
    '{}',
  ])('of other types is let be: %s', (text) => {
    expect(rewrite(text)).toEqual({ format: 'Dev container', text, edits: 0, left: [], pins: [] })
  })

  test.each([
    ['', 'line 1: this is not valid JSON (ValueExpected)'],
    ['[]', 'line 1: this is no JSON object'],
    ['{\n"image": "node:20"\n"x": 1}', 'line 3: this is not valid JSON (CommaExpected)'],
    ['{\n"image": "node:20', 'line 2: this is not valid JSON (UnexpectedEndOfString)'],
    [`{"a":\n${'['.repeat(200_000)}`, 'line 2: objects are more than 100 deep in one another'],
    [`{"a": "${'x'.repeat(5_000_000)}"}`, 'line 1: it has more than 4 MB'],
  ])('that is malformed is refused', (text, message) => {
    expect(refused(text)).toMatchObject({ code: 'ERR_FILE', message })
  })

  test('is not taken for deep by brackets in texts and comments', () => {
    const text = `{ // ${'['.repeat(200)}\n"x": "${'{'.repeat(200)}", "image": "node:20" }`
    expect(rewrite(text, direct)?.edits).toBe(1)
  })
})
