import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalReference,
  familiarReference,
  formatReference,
  namesDomain,
  parseReference,
  pulledReference,
  referenceProblems,
  type ReferenceProblem,
} from '../../src/ecr/image-reference.ts'

const hex = (digits: number) => '0123456789abcdef'.repeat(8).slice(0, digits)
const sha256 = `sha256:${hex(64)}`

/** As written, the parts, and as docker shows it. */
type Valid = readonly [
  text: string,
  domain: string,
  path: string,
  familiar: string,
  rest?: { readonly tag?: string; readonly digest?: string },
]

const valid: readonly Valid[] = [
  ['debian', 'docker.io', 'library/debian', 'debian'],
  ['debian:12', 'docker.io', 'library/debian', 'debian:12', { tag: '12' }],
  ['library/debian', 'docker.io', 'library/debian', 'debian'],
  ['docker.io/debian', 'docker.io', 'library/debian', 'debian'],
  ['docker.io/library/debian:12', 'docker.io', 'library/debian', 'debian:12', { tag: '12' }],
  ['index.docker.io/debian', 'docker.io', 'library/debian', 'debian'],
  ['index.docker.io/acme/widgets', 'docker.io', 'acme/widgets', 'acme/widgets'],
  ['index.docker.io', 'docker.io', 'library/index.docker.io', 'index.docker.io'],
  ['docker.io', 'docker.io', 'library/docker.io', 'docker.io'],
  ['library', 'docker.io', 'library/library', 'library'],
  ['library/a/b', 'docker.io', 'library/a/b', 'library/a/b'],
  ['acme/widgets', 'docker.io', 'acme/widgets', 'acme/widgets'],
  ['acme/team/widgets:1', 'docker.io', 'acme/team/widgets', 'acme/team/widgets:1', { tag: '1' }],
  ['a', 'docker.io', 'library/a', 'a'],
  ['1', 'docker.io', 'library/1', '1'],
  ['a/1', 'docker.io', 'a/1', 'a/1'],
  ['a--b', 'docker.io', 'library/a--b', 'a--b'],
  ['a-----b/c', 'docker.io', 'a-----b/c', 'a-----b/c'],
  ['a__b/c_d', 'docker.io', 'a__b/c_d', 'a__b/c_d'],
  ['debian.slim', 'docker.io', 'library/debian.slim', 'debian.slim'],
  ['xn--7o8h', 'docker.io', 'library/xn--7o8h', 'xn--7o8h'],
  // Without a slash there is no domain, so that a colon begins a tag.
  ['localhost:5000', 'docker.io', 'library/localhost', 'localhost:5000', { tag: '5000' }],
  ['192.168.0.1', 'docker.io', 'library/192.168.0.1', '192.168.0.1'],
  ['192.168.0.1:80', 'docker.io', 'library/192.168.0.1', '192.168.0.1:80', { tag: '80' }],
  ['ghcr.io', 'docker.io', 'library/ghcr.io', 'ghcr.io'],
  // A first part is a domain if it is localhost, or has a dot, a colon or an upper-case letter.
  ['localhost/debian', 'localhost', 'debian', 'localhost/debian'],
  ['localhosts/debian', 'docker.io', 'localhosts/debian', 'localhosts/debian'],
  ['localhost:5000/debian', 'localhost:5000', 'debian', 'localhost:5000/debian'],
  ['host:5000/a/b:1', 'host:5000', 'a/b', 'host:5000/a/b:1', { tag: '1' }],
  ['ghcr.io/acme/widgets', 'ghcr.io', 'acme/widgets', 'ghcr.io/acme/widgets'],
  ['Foo/bar', 'Foo', 'bar', 'Foo/bar'],
  ['FOO/bar/baz', 'FOO', 'bar/baz', 'FOO/bar/baz'],
  ['Docker.io/debian', 'Docker.io', 'debian', 'Docker.io/debian'],
  ['docker.io:443/debian', 'docker.io:443', 'debian', 'docker.io:443/debian'],
  ['test_host/debian', 'docker.io', 'test_host/debian', 'test_host/debian'],
  ['xn--7o8h.example/a', 'xn--7o8h.example', 'a', 'xn--7o8h.example/a'],
  ['a--b.example/c', 'a--b.example', 'c', 'a--b.example/c'],
  ['[fc00::1]:5000/debian', '[fc00::1]:5000', 'debian', '[fc00::1]:5000/debian'],
  ['[::1]/debian:1', '[::1]', 'debian', '[::1]/debian:1', { tag: '1' }],
  ['[::]/debian', '[::]', 'debian', '[::]/debian'],
  // Taken for a domain, and not one by the grammar: then all of it is a path.
  ['my_host.example/debian', '', 'my_host.example/debian', 'my_host.example/debian'],
  // Names of Docker Hub that the grammar does not know.
  ['registry-1.docker.io/debian', 'registry-1.docker.io', 'debian', 'registry-1.docker.io/debian'],
  [
    'registry.hub.docker.com/library/debian',
    'registry.hub.docker.com',
    'library/debian',
    'registry.hub.docker.com/library/debian',
  ],
  // Tags and digests.
  ['debian:_', 'docker.io', 'library/debian', 'debian:_', { tag: '_' }],
  ['debian:V1.0-rc_2', 'docker.io', 'library/debian', 'debian:V1.0-rc_2', { tag: 'V1.0-rc_2' }],
  [`a:${'t'.repeat(128)}`, 'docker.io', 'library/a', `a:${'t'.repeat(128)}`, { tag: 't'.repeat(128) }],
  [`debian@${sha256}`, 'docker.io', 'library/debian', `debian@${sha256}`, { digest: sha256 }],
  [
    `debian:12@${sha256}`,
    'docker.io',
    'library/debian',
    `debian:12@${sha256}`,
    { tag: '12', digest: sha256 },
  ],
  [
    `debian@sha384:${hex(96)}`,
    'docker.io',
    'library/debian',
    `debian@sha384:${hex(96)}`,
    { digest: `sha384:${hex(96)}` },
  ],
  [
    `debian@sha512:${hex(128)}`,
    'docker.io',
    'library/debian',
    `debian@sha512:${hex(128)}`,
    { digest: `sha512:${hex(128)}` },
  ],
  // An id of 64 digits is refused, unless there is anything else about it.
  [sha256, 'docker.io', 'library/sha256', sha256, { tag: hex(64) }],
  [hex(63), 'docker.io', `library/${hex(63)}`, hex(63)],
  [`docker.io/${hex(64)}`, 'docker.io', `library/${hex(64)}`, hex(64)],
  [`${hex(64)}:1`, 'docker.io', `library/${hex(64)}`, `${hex(64)}:1`, { tag: '1' }],
  // The limit of 255 is of the path alone.
  [`ghcr.io/${'a'.repeat(255)}`, 'ghcr.io', 'a'.repeat(255), `ghcr.io/${'a'.repeat(255)}`],
  ['a'.repeat(247), 'docker.io', `library/${'a'.repeat(247)}`, 'a'.repeat(247)],
  [
    '123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian:12',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    'docker-hub/library/debian',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian:12',
    { tag: '12' },
  ],
]

describe('a reference', () => {
  test.each(valid.map((row) => [row[0], row] as const))('%s', (text, [, domain, path, familiar, rest]) => {
    const reference = { domain, path, ...rest }
    expect(parseReference(text)).toEqual({ reference })
    expect(familiarReference(reference)).toBe(familiar)
    expect(parseReference(formatReference(reference))).toEqual({ reference })
  })
})

const invalid: readonly (readonly [text: string, problem: ReferenceProblem])[] = [
  ['', 'empty'],
  [hex(64), 'image-id'],
  ['docker/Docker', 'upper-case'],
  ['Debian', 'upper-case'],
  ['docker.io/acme/Widgets', 'upper-case'],
  ['ghcr.io/Acme/widgets:1', 'upper-case'],
  [`debian@SHA256:${hex(64)}`, 'upper-case'],
  ['My_Host.example/debian', 'upper-case'],
  ['-debian', 'format'],
  ['debian-', 'format'],
  ['debian_', 'format'],
  ['.debian', 'format'],
  ['-acme/widgets', 'format'],
  ['acme-/widgets', 'format'],
  ['acme..x/widgets', 'format'],
  ['acme_.x/widgets', 'format'],
  ['acme-.x/widgets', 'format'],
  ['a___b', 'format'],
  ['____/____', 'format'],
  ['acme/', 'format'],
  ['/acme', 'format'],
  ['/', 'format'],
  ['acme//widgets', 'format'],
  ['docker.io/', 'format'],
  ['docker.io//debian', 'format'],
  ['https://github.com/acme/widgets', 'format'],
  ['docker://debian', 'format'],
  ['[fc00::1]', 'format'],
  ['[fc00::1]:5000', 'format'],
  ['fc00::1:5000/debian', 'format'],
  ['[fe80::1%eth0]:5000/debian', 'format'],
  ['[2001:db8::192.0.2.33]:5000/debian', 'format'],
  [':5000/debian', 'format'],
  ['host:port/debian', 'format'],
  ['debian:', 'format'],
  ['debian:-1', 'format'],
  ['debian:.1', 'format'],
  ['debian:1:2', 'format'],
  [`a:${'t'.repeat(129)}`, 'format'],
  ['debian@', 'format'],
  [`debian@sha256:${hex(31)}`, 'format'],
  [`debian@${sha256}:12`, 'format'],
  [`@${sha256}`, 'format'],
  [`debian@sha256:${hex(32)}`, 'digest'],
  [`debian@sha256:${hex(65)}`, 'digest'],
  [`debian@sha256:${hex(64).toUpperCase()}`, 'digest'],
  [`debian@sha1:${hex(40)}`, 'digest'],
  [`debian:12@SHA256:${hex(64)}`, 'digest'],
  [`ghcr.io/${'a'.repeat(256)}`, 'long-path'],
  ['a'.repeat(248), 'long-path'],
  [' debian', 'format'],
  ['debian ', 'format'],
  ['debian\n', 'format'],
  ['debian:12\n', 'format'],
  ['deb\u0000ian', 'format'],
  ['\u001b[31mdebian', 'format'],
  ['débian', 'format'],
  ['デビアン', 'format'],
  ['debian:１２', 'format'],
  ['dеbian', 'format'], // a Cyrillic е
  ['debian:12 ', 'format'],
]

test.each(invalid)('%j is none', (text, problem) => {
  expect(parseReference(text)).toEqual({ problem })
  expect(referenceProblems[problem]).toMatch(/^[\da-z].*[^.]$/)
})

test('every other problem has a case', () => {
  const problems = new Set<ReferenceProblem>([...invalid.map(([, problem]) => problem), 'too-long'])
  expect([...problems].sort()).toEqual(Object.keys(referenceProblems).sort())
})

test.each([
  ['1025 characters', 'a'.repeat(1025)],
  ['100 KB of path', 'a/'.repeat(50_000)],
  ['100 KB of domain', `${'a-'.repeat(50_000)}.example/x`],
  ['100 KB of control characters', '\u0000'.repeat(100_000)],
])('%s are too long', (_, text) => {
  expect(parseReference(text)).toEqual({ problem: 'too-long' })
})

test.each([
  ['an endless label', `${'a-'.repeat(511)}!`],
  ['an endless domain', `${'a.'.repeat(510)}!/x`],
  ['an endless path', `${'a/'.repeat(511)}!`],
  ['an endless run of dashes', `a${'-'.repeat(1022)}!`],
  ['endless separators', `${'a_'.repeat(511)}_`],
  ['an endless digest algorithm', `a@${'b+'.repeat(510)}`],
  ['an endless address', `[${':'.repeat(1020)}/a`],
])('reads %s at once', (_, text) => {
  const start = performance.now()
  expect(parseReference(text)).toEqual({ problem: 'format' })
  expect(performance.now() - start).toBeLessThan(200)
})

test.each([
  ['debian', false],
  ['library/debian', false],
  ['docker.io', false],
  ['docker-hub/library/debian', false],
  ['docker.io/debian', true],
  ['index.docker.io/acme/widgets', true],
  ['ghcr.io/acme/widgets', true],
  ['Foo/bar', true],
  ['localhost/debian', true],
])('%s names its registry: %s', (text, expected) => {
  expect(namesDomain(text)).toBe(expected)
})

test.each([
  ['registry-1.docker.io/debian:12', 'docker.io/library/debian:12'],
  ['registry-1.docker.io/acme/widgets', 'docker.io/acme/widgets'],
  [`registry.hub.docker.com/library/debian@${sha256}`, `docker.io/library/debian@${sha256}`],
  ['registry.hub.docker.com/debian', 'docker.io/library/debian'],
  ['debian', 'docker.io/library/debian'],
  ['registry-1.docker.io:443/debian', 'registry-1.docker.io:443/debian'],
  ['registry-2.docker.io/debian', 'registry-2.docker.io/debian'],
  ['hub.docker.com/debian', 'hub.docker.com/debian'],
  ['ghcr.io/debian', 'ghcr.io/debian'],
])('%s is %s by its one name', (text, expected) => {
  const { reference } = parseReference(text)
  expect(reference && formatReference(canonicalReference(reference))).toBe(expected)
})

test.each([
  ['debian', 'docker.io/library/debian:latest'],
  ['debian:12', 'docker.io/library/debian:12'],
  [`debian@${sha256}`, `docker.io/library/debian@${sha256}`],
  [`debian:12@${sha256}`, `docker.io/library/debian@${sha256}`],
])('%s is pulled as %s', (text, expected) => {
  const { reference } = parseReference(text)
  expect(reference && formatReference(pulledReference(reference))).toBe(expected)
})

test('docker shows a path of Docker Hub that looks like a domain as if it were one', () => {
  const reference = { domain: 'docker.io', path: 'acme.example/widgets' }
  expect(parseReference('docker.io/acme.example/widgets')).toEqual({ reference })
  expect(familiarReference(reference)).toBe('acme.example/widgets')
})

describe('any reference', () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,4}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/)
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
  const domain = fc.constantFrom(
    'docker.io',
    'index.docker.io',
    'ghcr.io',
    'localhost',
    'localhost:5000',
    'A',
    '[::1]:5000',
    'my_host.example',
  )
  const tag = fc.stringMatching(/^\w[\w.-]{0,20}$/)
  const digest = fc.stringMatching(/^sha256:[0-9a-f]{64}$/)
  const text = fc
    .tuple(fc.option(domain), path, fc.option(tag), fc.option(digest))
    .map(
      ([domain, path, tag, digest]) =>
        `${domain === null ? '' : `${domain}/`}${path}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`,
    )

  test('survives being written in full and read again', () => {
    fc.assert(
      fc.property(text, (text) => {
        const parsed = parseReference(text)
        fc.pre(parsed.reference !== undefined)
        expect(parseReference(formatReference(parsed.reference))).toEqual(parsed)
        const pulled = pulledReference(parsed.reference)
        expect(parseReference(formatReference(pulled))).toEqual({ reference: pulled })
        expect(canonicalReference(canonicalReference(pulled))).toEqual(canonicalReference(pulled))
      }),
      { numRuns: 1000 },
    )
  })

  test('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const { reference, problem } = parseReference(text)
        expect(reference === undefined).toBe(problem !== undefined)
      }),
    )
  })
})
