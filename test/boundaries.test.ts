import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(source, name), 'utf8') }))

/** What a file imports: our own modules as paths below src/, everything else as written. */
function importsOf({ name, text }: { name: string; text: string }): readonly string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) =>
    specifier.startsWith('.') ? relative(source, join(source, dirname(name), specifier)) : specifier,
  )
}

/** The room a module is in: a folder of src/, or the ground floor. */
const roomOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : 'ground')

/** Imports run one way. `index.ts`, the library's table of contents, may name what it likes. */
const mayImport: Record<string, readonly string[]> = {
  ground: ['ground'],
  sources: ['ground', 'sources'],
  aws: ['ground', 'aws'],
  github: ['ground', 'github'],
  registries: ['ground', 'registries'],
  ecr: ['ground', 'ecr', 'aws'],
  destinations: ['ground', 'destinations', 'aws', 'github', 'ecr'],
  checks: ['ground', 'checks', 'sources', 'destinations', 'ecr', 'registries', 'aws', 'github'],
  rewrite: ['ground', 'rewrite', 'ecr'],
  engine: [
    'ground',
    'engine',
    'rewrite',
    'checks',
    'sources',
    'destinations',
    'ecr',
    'registries',
    'aws',
    'github',
  ],
  cli: [
    'ground',
    'cli',
    'engine',
    'rewrite',
    'checks',
    'sources',
    'destinations',
    'ecr',
    'registries',
    'aws',
    'github',
    'sandbox',
  ],
  pulumi: ['ground', 'pulumi', 'policy', 'checks', 'destinations', 'ecr'],
  policy: ['ground', 'policy', 'ecr'],
  sandbox: ['sandbox'],
}

describe('imports', () => {
  const edges = files
    .filter(({ name }) => name !== 'index.ts')
    .flatMap((file) => importsOf(file).map((imported) => [file.name, imported] as const))
  const ownEdges = edges.filter(([, imported]) => imported.endsWith('.ts'))

  test('are found', () => {
    expect(ownEdges.length).toBeGreaterThan(100)
  })

  test('run one way', () => {
    const wrong = ownEdges.filter(([from, to]) => !mayImport[roomOf(from)]?.includes(roomOf(to)))
    expect(wrong).toEqual([])
  })

  test('reach the process and the console from the entry point alone', () => {
    const touching = files
      .filter(({ text }) => /\b(process|console)\b(?=[.[])|'node:(process|console)'/.test(text))
      .map(({ name }) => name)
    expect(touching).toEqual(['cli/main.ts'])
  })

  test('name Pulumi’s packages, which not everybody has, in the rooms for Pulumi alone', () => {
    const importers = (name: string) => [
      ...new Set(edges.filter(([, imported]) => imported.startsWith(name)).map(([from]) => roomOf(from))),
    ]
    expect(importers('@pulumi/aws')).toEqual(['pulumi'])
    expect(importers('@pulumi/policy')).toEqual(['policy'])
    expect(importers('@pulumi/').every((room) => room === 'pulumi' || room === 'policy')).toBe(true)
  })

  test('give the two sides of the sealed box different libraries', () => {
    const importers = (library: RegExp) => [
      ...new Set(edges.filter(([, imported]) => library.test(imported)).map(([from]) => roomOf(from))),
    ]
    expect(importers(/^libsodium/)).toEqual(['github'])
    expect(importers(/^@noble\//)).toEqual(['sandbox'])
  })
})

test('a token is revealed in few places, each known', () => {
  const callers = files
    .filter(({ name }) => name !== 'secret.ts')
    .flatMap(({ name, text }) => [...text.matchAll(/\.reveal\(\)/g)].map(() => name))
  expect(callers.sort()).toMatchInlineSnapshot(`
    [
      "credential.ts",
      "ecr/registry-content.ts",
      "github/client.ts",
      "github/sealed-box.ts",
      "github/sealed-box.ts",
      "registries/docker-hub-login.ts",
      "registries/docker-hub-manifest.ts",
      "registries/docker-hub-refusal.ts",
      "registries/docker-hub-refusal.ts",
      "registries/docker-hub-tags.ts",
      "registries/hub-account.ts",
      "server-text.ts",
      "sources/credential-check.ts",
      "sources/pulumi-config.ts",
    ]
  `)
})
