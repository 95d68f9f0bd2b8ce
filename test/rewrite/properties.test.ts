import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { describe, expect, test } from 'vitest'
import { rewriteText } from '../../src/rewrite/rewrite-text.ts'
import type { Placing } from '../../src/rewrite/placing.ts'
import { arg, back, direct } from './placings.ts'

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/)
const tag = fc.stringMatching(/^[a-z0-9][a-z0-9.]{0,5}$/)
/** In docker’s short form, which is what comes back. */
const image = fc.oneof(
  word.filter((name) => name !== 'library'),
  fc.tuple(word, tag).map(([name, of]) => `${name}:${of}`),
  fc.tuple(word, word, tag).map(([user, name, of]) => `${user === 'library' ? 'acme' : user}/${name}:${of}`),
  fc.tuple(word, fc.constant('0123456789abcdef'.repeat(4))).map(([name, hex]) => `${name}@sha256:${hex}`),
)
const text = fc.oneof(
  word,
  fc.string({ maxLength: 12 }),
  fc.constantFrom('image: x', '# c', '- y', '{{', '${A}'),
)

/** Anything else that may stand beside an image. */
const other = fc.dictionary(
  word.filter((key) => !['image', 'build', 'volumes', 'containers', 'services'].includes(key)),
  fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.integer(), fc.boolean(), fc.constant(null)),
  { maxKeys: 3 },
)

const services = fc.dictionary(
  word,
  fc.record({ other, image }).map(({ other, image }) => ({ ...other, image })),
  { minKeys: 1, maxKeys: 5 },
)
const compose = fc
  .record({ services, other })
  .map(({ services, other }) => ({ path: 'compose.yaml', document: { ...other, services } }))

const containers = fc.array(
  fc.record({ name: word, image, other }).map(({ name, image, other }) => ({ ...other, name, image })),
  { minLength: 1, maxLength: 4 },
)
const kubernetes = fc.record({ containers, initContainers: containers, other }).map(({ other, ...pod }) => ({
  path: 'pod.yaml',
  document: { apiVersion: 'v1', kind: 'Pod', metadata: other, spec: { ...pod } },
}))

const style = fc.record({
  indent: fc.constantFrom(1, 2, 4),
  defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
  lineWidth: fc.constant(0),
})
const file = fc
  .tuple(fc.oneof(compose, kubernetes), style, fc.boolean(), fc.boolean())
  .map(([{ path, document }, style, isWindows, hasMark]) => {
    const text = stringify(document, style)
    return { path, text: `${hasMark ? '\uFEFF' : ''}${isWindows ? text.replaceAll('\n', '\r\n') : text}` }
  })

const rewritten = (file: { path: string; text: string }, placing: Placing) =>
  rewriteText(file, placing)?.text ?? ''

describe.each([
  ['arg', arg],
  ['direct', direct],
])('in %s mode', (_, placing) => {
  test('any Compose file or manifest stays the same after a second time, and comes back as it was', () => {
    fc.assert(
      fc.property(file, (file) => {
        const written = rewritten(file, placing)
        expect(rewritten({ ...file, text: written }, placing)).toBe(written)
        expect(rewritten({ ...file, text: written }, back)).toBe(file.text)
      }),
    )
  })

  test('nothing but the images changes', () => {
    fc.assert(
      fc.property(file, (file) => {
        const written = rewritten(file, placing)
        const before = file.text.split('\n')
        const after = written.split('\n')
        expect(after).toHaveLength(before.length)
        for (const [index, line] of before.entries()) {
          const moved = after[index] ?? ''
          if (!/^[ -]*["']?image["']?: /.test(line)) expect(moved).toBe(line)
          else expect([keyOf(moved), endOf(moved)]).toEqual([keyOf(line), endOf(line)])
        }
        expect(parse(written)).toEqual(
          JSON.parse(JSON.stringify(parse(file.text)), (key, value: unknown) =>
            key === 'image' && typeof value === 'string' ? expected(file.path, value, placing) : value,
          ),
        )
      }),
    )
  })
})

const keyOf = (line: string) => /^[^:]*: ["']?/.exec(line)?.[0]
const endOf = (line: string) => /["']?\r?$/.exec(line)?.[0]

/** Manifests have no variables. */
function expected(path: string, image: string, placing: Placing): string {
  const placed = placing.place(image)
  if (placed.kind === 'direct') return placed.reference
  return placed.kind === 'arg' && path === 'compose.yaml' ? `\${REGISTRY:-docker.io}${placed.rest}` : image
}
