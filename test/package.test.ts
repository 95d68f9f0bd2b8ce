import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
  exports: Record<string, string | { types: string; default: string }>
  bin: Record<string, string>
}

test('holds the program, the build and its sources, and nothing else', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' }),
  ) as [{ files: { path: string }[] }]
  const folders = new Set(packed.files.map(({ path }) => path.split('/')[0]))
  expect([...folders].sort()).toEqual([
    'LICENSE',
    'README.md',
    'bin',
    'component',
    'dist',
    'package.json',
    'policy',
    'src',
  ])
})

test('exports what is there', () => {
  const paths = [
    ...Object.values(manifest.bin),
    ...Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? entry : Object.values(entry),
    ),
  ]
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('runs nothing when it is installed', () => {
  expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([])
})
