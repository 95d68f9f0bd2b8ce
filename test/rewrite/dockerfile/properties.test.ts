import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalReference,
  familiarReference,
  type ImageReference,
  parseReference,
} from '../../../src/ecr/image-reference.ts'
import { argPlacing, directPlacing, reversePlacing } from '../../../src/engine/placing.ts'
import { imageInCache } from '../../../src/engine/image.ts'
import type { Placing } from '../../../src/rewrite/placing.ts'
import { rewriteText } from '../../../src/rewrite/rewrite-text.ts'
import { cache } from '../placings.ts'

const registries = ['docker.io', 'ghcr.io', 'quay.io', 'public.ecr.aws']
const ways: readonly (readonly [string, Placing])[] = [
  ['arg', argPlacing(registries)],
  ['direct', directPlacing(cache)],
]
const back = reversePlacing([], cache)

const rewrite = (text: string, placing: Placing) => {
  const rewritten = rewriteText({ path: 'Dockerfile', text }, placing)
  if (!rewritten) throw new Error('a Dockerfile is always recognised')
  return rewritten.text
}

const component = fc.stringMatching(/^[a-z0-9]{1,6}(?:(?:[._]|__|-{1,3})[a-z0-9]{1,4}){0,2}$/)
const path = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const tag = fc.option(fc.stringMatching(/^\w[\w.-]{0,12}$/), { nil: undefined })
const digest = fc.option(fc.stringMatching(/^sha256:[0-9a-f]{64}$/), { nil: undefined, freq: 5 })
const domain = fc.oneof(
  fc.constantFrom('', 'docker.io/', 'index.docker.io/', 'registry-1.docker.io/'),
  fc.constantFrom(
    'ghcr.io/',
    'quay.io/',
    'public.ecr.aws/',
    'mcr.microsoft.com/',
    'localhost:5000/',
    'my_host.example/',
  ),
  fc.stringMatching(/^[a-z0-9]{1,8}\.[a-z]{2,3}(?::[0-9]{1,5})?$/).map((host) => `${host}/`),
)
const reference = fc
  .tuple(domain, path, tag, digest)
  .map(([host, name, tagged, pinned]) =>
    [host, name, tagged === undefined ? '' : `:${tagged}`, pinned === undefined ? '' : `@${pinned}`].join(''),
  )
  .filter((text) => parseReference(text).problem === undefined && text !== 'scratch')

/** An image as docker shows it, where that is the same image. */
const shortReference = reference
  .map(read)
  .map(familiarReference)
  .filter((text) => text !== 'scratch')

function read(text: string): ImageReference {
  const { reference: image, problem } = parseReference(text)
  if (problem !== undefined) throw new Error(`${text}: ${problem}`)
  return canonicalReference(image)
}

const blank = fc.constantFrom(' ', '  ', '\t', ' \\\n ', ' \\\n# FROM nginx\n')
const lines = fc.array(
  fc.oneof(
    fc.constantFrom(
      '',
      '# FROM debian',
      'RUN true',
      'RUN <<EOF\nFROM nginx\nEOF',
      'ENV A=b',
      'COPY --from=0 a b',
    ),
  ),
  { maxLength: 4 },
)
const stage = fc
  .record({
    from: fc.constantFrom('FROM', 'from', 'From'),
    platform: fc.constantFrom('', '--platform=$BUILDPLATFORM ', '--platform=linux/arm64 '),
    blank,
    image: shortReference,
    name: fc.constantFrom('', ' AS first', ' as Second'),
    lines,
  })
  .map((parts) =>
    [`${parts.from}${parts.blank}${parts.platform}${parts.image}${parts.name}`, ...parts.lines].join('\n'),
  )
const file = fc
  .record({
    bom: fc.constantFrom('', '\uFEFF'),
    head: fc.constantFrom('', '# syntax=docker/dockerfile:1\n', '\n\n# a comment\n', 'ARG TAG=12\n'),
    stages: fc.array(stage, { minLength: 1, maxLength: 5 }),
    end: fc.constantFrom('', '\n', '\n\n'),
    lineBreak: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ bom, head, stages, end, lineBreak }) =>
    (bom + head + stages.join('\n') + end).replaceAll('\n', lineBreak),
  )

describe.each(ways)('a Dockerfile in the mode %s', (_, placing) => {
  test('is the same again when it is led back', () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(rewrite(rewrite(text, placing), back)).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  test('does not change a second time', () => {
    fc.assert(
      fc.property(file, (text) => {
        const once = rewrite(text, placing)
        expect(rewrite(once, placing)).toBe(once)
        const led = rewrite(once, back)
        expect(rewrite(led, back)).toBe(led)
      }),
      { numRuns: 200 },
    )
  })

  test('is read or refused, whatever it is', () => {
    const words = [
      'FROM',
      'ARG',
      'COPY',
      'RUN',
      '--from=',
      '--mount=from=',
      '<<EOF',
      'EOF',
      '${',
      '}',
      '$',
      ':-',
      '"',
      "'",
    ]
    const junk = fc.array(
      fc.oneof(
        fc.constantFrom(...words, '\\', '\n', '\r\n', ' ', '#', 'AS', 'debian', '=', '/', '@', ':'),
        fc.string(),
      ),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(junk, (parts) => {
        const text = parts.join('')
        try {
          rewrite(text, placing)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_FILE' })
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('every reference that the grammar takes', () => {
  test('is the same image for who sets no variable', () => {
    const [[, placing]] = ways as readonly [(typeof ways)[number]]
    fc.assert(
      fc.property(reference, (text) => {
        const placed = placing.place(text)
        if (placed.kind === 'arg') {
          expect(read(placed.variable.upstream + placed.rest)).toEqual(read(text))
        } else {
          expect(placed).toEqual({ kind: 'kept' })
          expect(registries).not.toContain(read(text).domain)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('comes back from the cache as the same image', () => {
    fc.assert(
      fc.property(reference, (text) => {
        const placed = directPlacing(cache).place(text)
        if (placed.kind !== 'direct') return
        const led = back.place(placed.reference)
        expect(led).toMatchObject({ kind: 'upstream' })
        if (led.kind === 'upstream') expect(read(led.reference)).toEqual(read(text))
      }),
      { numRuns: 1000 },
    )
  })

  test('has a name in the cache that no other image has', () => {
    const names = new Map<string, ImageReference>()
    fc.assert(
      fc.property(reference, (text) => {
        const { image } = imageInCache(text, cache)
        if (!image) return
        const placed = directPlacing(cache).place(text)
        if (placed.kind !== 'direct') return
        const known = names.get(placed.reference)
        if (known) expect(known).toEqual(image.upstream)
        names.set(placed.reference, image.upstream)
      }),
      { numRuns: 1000 },
    )
    expect(names.size).toBeGreaterThan(100)
  })
})
