import { writeFileSync } from 'node:fs'
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { argPlacing } from '../../../src/engine/placing.ts'
import { type FileOutcome, rewriteFiles } from '../../../src/engine/rewrite/rewrite-files.ts'
import type { Placing } from '../../../src/rewrite/placing.ts'

const before = 'FROM debian:12\n'
const after = 'ARG REGISTRY=docker.io\nFROM ${REGISTRY}/library/debian:12\n'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pullthrough-rewrite-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true })
})

interface Options {
  readonly isWriting?: boolean
  readonly placing?: Placing
  readonly signal?: AbortSignal
}

async function outcomes(
  paths: readonly string[],
  {
    isWriting = true,
    placing = argPlacing(['docker.io']),
    signal = new AbortController().signal,
  }: Options = {},
): Promise<readonly FileOutcome[]> {
  const found: FileOutcome[] = []
  for await (const outcome of rewriteFiles({ paths, cwd: directory, placing, isWriting, signal })) {
    found.push(outcome)
  }
  return found
}

/** What became of each file, in one line. */
async function rewritten(paths: readonly string[], options?: Options): Promise<readonly string[]> {
  return (await outcomes(paths, options)).map((outcome) =>
    outcome.kind === 'read'
      ? `${outcome.path}: ${outcome.edits}${outcome.isWritten ? ' written' : ''}`
      : `${outcome.path}: ${outcome.error.code} ${outcome.error.message}${outcome.isNamed ? ' (named)' : ''}`,
  )
}

async function make(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true })
    await writeFile(join(directory, path), content)
  }
}

const contentOf = (path: string) => readFile(join(directory, path), 'utf8')

describe('a directory', () => {
  test('is walked in the order of names, without what others wrote', async () => {
    await make({
      'b/Dockerfile': before,
      'b/a.Dockerfile': before,
      'a/deep/er/Dockerfile.dev': before,
      Dockerfile: before,
      'README.md': 'FROM debian:12',
      'node_modules/x/Dockerfile': before,
      'a/.git/Dockerfile': before,
      '.github/Dockerfile': before,
    })
    expect(await rewritten(['.'])).toEqual([
      'Dockerfile: 2 written',
      '.github/Dockerfile: 2 written',
      'a/deep/er/Dockerfile.dev: 2 written',
      'b/Dockerfile: 2 written',
      'b/a.Dockerfile: 2 written',
    ])
    expect(await contentOf('node_modules/x/Dockerfile')).toBe(before)
    expect(await contentOf('a/.git/Dockerfile')).toBe(before)
    expect(await contentOf('b/Dockerfile')).toBe(after)
    expect(await rewritten(['.'])).toEqual([
      'Dockerfile: 0',
      '.github/Dockerfile: 0',
      'a/deep/er/Dockerfile.dev: 0',
      'b/Dockerfile: 0',
      'b/a.Dockerfile: 0',
    ])
  })

  test('has its links left alone: no loop, nothing outside, no file twice', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'pullthrough-outside-'))
    try {
      await writeFile(join(outside, 'Dockerfile'), before)
      await make({ 'a/Dockerfile': before })
      await symlink('..', join(directory, 'a/loop'))
      await symlink('.', join(directory, 'self'))
      await symlink(outside, join(directory, 'out'))
      await symlink(join(outside, 'Dockerfile'), join(directory, 'Dockerfile'))
      await symlink('a/Dockerfile', join(directory, 'Dockerfile.link'))
      await symlink('nowhere', join(directory, 'Dockerfile.dangling'))
      expect(await rewritten(['.'])).toEqual(['a/Dockerfile: 2 written'])
      expect(await readFile(join(outside, 'Dockerfile'), 'utf8')).toBe(before)
    } finally {
      await rm(outside, { recursive: true })
    }
  })

  test('that is a link itself is one that was given', async () => {
    await make({ 'real/Dockerfile': before })
    await symlink('real', join(directory, 'link'))
    expect(await rewritten(['link/'])).toEqual(['link/Dockerfile: 2 written'])
    expect(await contentOf('real/Dockerfile')).toBe(after)
  })

  test('given twice, or with a file of its own, is met once', async () => {
    await make({ 'a/Dockerfile': before })
    expect(await rewritten(['a', '.', 'a/Dockerfile', `${directory}/a`])).toEqual(['a/Dockerfile: 2 written'])
  })

  test('with files that are no texts says so of each, and goes on', async () => {
    await make({
      'a.Dockerfile': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]),
      'b.Dockerfile': Buffer.from('\uFEFFFROM debian:12\n', 'utf16le'),
      'c.Dockerfile': Buffer.from([0x46, 0xff, 0xfe, 0x80]),
      'd.Dockerfile': Buffer.alloc(17 * 1024 * 1024, '#'),
      'e.Dockerfile': `FROM a\nRUN ${'x'.repeat(1_000_000)}\n`,
      'f.Dockerfile': 'FROM a\nRUN cat <<EOF\n',
      'g.Dockerfile': before,
    })
    expect(await rewritten(['.'])).toEqual([
      'a.Dockerfile: ERR_FILE it is no text: it has NUL bytes',
      'b.Dockerfile: ERR_FILE it is encoded in UTF-16, and not in UTF-8',
      'c.Dockerfile: ERR_FILE it is encoded in something else, and not in UTF-8',
      'd.Dockerfile: ERR_FILE it has 17825792 bytes, and more than 16777216 are not read',
      'e.Dockerfile: ERR_FILE line 2: it is longer than the 65535 bytes that BuildKit reads of one',
      'f.Dockerfile: ERR_FILE line 2: the here-document "EOF" has no end',
      'g.Dockerfile: 2 written',
    ])
  })
})

describe('a file that is named', () => {
  test('is refused if it is of no known kind, is not there, or is a link; the others are rewritten', async () => {
    await make({ 'notes.txt': before, Dockerfile: before })
    await symlink('Dockerfile', join(directory, 'Dockerfile.link'))
    await symlink('Dockerfile.loop', join(directory, 'Dockerfile.loop'))
    expect(
      await rewritten([
        'notes.txt',
        'nowhere/Dockerfile',
        'Dockerfile.link',
        'Dockerfile.loop',
        'Dockerfile',
      ]),
    ).toEqual([
      'notes.txt: ERR_FILE it is of no kind that is known (named)',
      'nowhere/Dockerfile: ERR_FILE there is no such file or directory (named)',
      'Dockerfile.link: ERR_FILE it is a symbolic link (named)',
      'Dockerfile.loop: ERR_FILE it is a symbolic link, or one that leads to itself (named)',
      'Dockerfile: 2 written',
    ])
    expect((await lstat(join(directory, 'Dockerfile.link'))).isSymbolicLink()).toBe(true)
  })

  test('is named, too, if its directory was given before', async () => {
    await make({ 'Dockerfile.bin': Buffer.from([0]) })
    expect(await rewritten(['.', 'Dockerfile.bin'])).toEqual([
      'Dockerfile.bin: ERR_FILE it is no text: it has NUL bytes (named)',
    ])
  })

  test('may have odd characters in its name', async () => {
    await make({ 'a b/$(x)\n\u001B[31m.Dockerfile': before })
    expect(await rewritten(['a b'])).toEqual(['a b/$(x)\n\u001B[31m.Dockerfile: 2 written'])
  })
})

describe('writing', () => {
  test('happens only if it is asked for', async () => {
    await make({ Dockerfile: before })
    expect(await rewritten(['Dockerfile'], { isWriting: false })).toEqual(['Dockerfile: 2'])
    expect(await contentOf('Dockerfile')).toBe(before)
  })

  test('keeps the mode, and leaves nothing behind', async () => {
    await make({ Dockerfile: before })
    await chmod(join(directory, 'Dockerfile'), 0o754)
    await rewritten(['.'])
    expect((await stat(join(directory, 'Dockerfile'))).mode & 0o7777).toBe(0o754)
    expect(await readdir(directory)).toEqual(['Dockerfile'])
  })

  test('touches no file that stays as it is', async () => {
    await make({ Dockerfile: after })
    const { ino, mtimeMs } = await stat(join(directory, 'Dockerfile'))
    await rewritten(['.'])
    expect(await stat(join(directory, 'Dockerfile'))).toMatchObject({ ino, mtimeMs })
  })

  test('gives a file with a hard link a text of its own', async () => {
    await make({ Dockerfile: before })
    await link(join(directory, 'Dockerfile'), join(directory, 'other'))
    await rewritten(['.'])
    expect([await contentOf('Dockerfile'), await contentOf('other')]).toEqual([after, before])
  })

  test('does not replace what was changed since it was read', async () => {
    await make({ Dockerfile: before })
    const placing = argPlacing(['docker.io'])
    const meanwhile: Placing = {
      ...placing,
      place: (reference) => {
        // An editor saves the file while it is being rewritten.
        writeFileSync(join(directory, 'Dockerfile'), 'FROM alpine:3.21\n')
        return placing.place(reference)
      },
    }
    expect(await outcomes(['Dockerfile'], { placing: meanwhile })).toEqual([
      {
        kind: 'refused',
        path: 'Dockerfile',
        isNamed: true,
        isUnwritten: true,
        error: expect.objectContaining({
          code: 'ERR_FILE',
          message: 'it was changed while it was being rewritten',
        }) as unknown,
      },
    ])
    expect(await contentOf('Dockerfile')).toBe('FROM alpine:3.21\n')
    expect(await readdir(directory)).toEqual(['Dockerfile'])
  })

  test.skipIf(process.getuid?.() === 0)('leaves what may not be written, and goes on', async () => {
    await make({
      'a.Dockerfile': before,
      'b/Dockerfile': before,
      'c.Dockerfile': before,
      'd/Dockerfile': before,
    })
    await chmod(join(directory, 'a.Dockerfile'), 0o444)
    await chmod(join(directory, 'b'), 0o555)
    await chmod(join(directory, 'd'), 0o000)
    expect(await rewritten(['.'])).toEqual([
      'a.Dockerfile: ERR_FILE the permission to read or write it is missing',
      'c.Dockerfile: 2 written',
      'b/Dockerfile: ERR_FILE the permission to read or write it is missing',
      'd: ERR_FILE the permission to read or write it is missing',
    ])
    await chmod(join(directory, 'b'), 0o755)
    await chmod(join(directory, 'd'), 0o755)
  })

  test('ends between two files if it is interrupted', async () => {
    await make({ 'a.Dockerfile': before, 'b.Dockerfile': before })
    const interruption = new AbortController()
    const placing = argPlacing(['docker.io'])
    const interrupting: Placing = {
      ...placing,
      place: (reference) => {
        interruption.abort()
        return placing.place(reference)
      },
    }
    await expect(
      rewritten(['.'], { placing: interrupting, signal: interruption.signal }),
    ).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' })
    expect([await contentOf('a.Dockerfile'), await contentOf('b.Dockerfile')]).toEqual([after, before])
  })
})
