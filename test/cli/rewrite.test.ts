import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { renderDiff } from '../../src/cli/rendering/diff.ts'
import { type Bench, openBench, type Run } from './in-process.ts'

const token = 'dckr_pat_0123456789abcdefghijklmnop'

let bench: Bench
let directory = ''
beforeAll(async () => {
  bench = await openBench()
  directory = join(bench.directory, 'repository')
})
afterAll(async () => {
  await bench.close()
})
beforeEach(async () => {
  await bench.control('POST', '/reset')
  await bench.control('DELETE', '/requests')
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory)
})

const run = (argv: readonly string[], options: Parameters<Bench['run']>[1] = {}): Promise<Run> =>
  bench.run(['rewrite', ...argv], { cwd: directory, ...options })

const file = (name: string, text: string) => writeFile(join(directory, name), text)

describe('the mode arg', () => {
  test('asks nobody for anything', async () => {
    await file('Dockerfile', 'FROM debian:12\n')
    expect((await run(['--write', '.'])).code).toBe(0)
    expect(await bench.requests()).toEqual([])
  })

  test('needs no configuration, and reads none', async () => {
    await file('Dockerfile', 'FROM debian:12\n')
    await file('pullthrough.yaml', 'nonsense: true\n')
    expect((await run(['.'])).code).toBe(0)
  })

  test('tells the build arguments of every registry that is moved', async () => {
    await file('Dockerfile', 'FROM debian:12\nFROM ghcr.io/acme/widgets:1\n')
    expect(
      await run(['--write', '--upstream', 'ghcr.io', '--account', '123456789012', '--prefix', 'hub', '.']),
    ).toEqual({
      code: 0,
      stdout: 'Dockerfile\n',
      stderr:
        'pullthrough: changed 3 places in 1 file\n' +
        'pullthrough: to build with the cache: docker build --build-arg REGISTRY=123456789012.dkr.ecr.REGION.amazonaws.com/hub --build-arg REGISTRY_GHCR_IO=123456789012.dkr.ecr.REGION.amazonaws.com/github …\n',
    })
  })
})

describe('the mode direct', () => {
  test('asks who is asked, and which rules there are', async () => {
    await file('Dockerfile', 'FROM debian:12\n')
    expect(await run(['--mode', 'direct', '--check', '.'])).toEqual({
      code: 0,
      stdout: '',
      stderr:
        'pullthrough: Dockerfile:1:6: debian:12 stays: no pull-through cache rule in us-east-1 caches images of docker.io; there are no rules at all\n' +
        'pullthrough: nothing to change\n',
    })
    const requests = await bench.requests()
    expect(requests.map(({ operation }) => operation).sort()).toEqual([
      'DescribePullThroughCacheRules',
      'GetCallerIdentity',
    ])
  })

  test('touches no file if AWS does not answer', async () => {
    await file('Dockerfile', 'FROM debian:12\n')
    await bench.control('POST', '/faults', {
      service: 'ecr',
      operation: 'DescribePullThroughCacheRules',
      times: 'always',
      fault: { kind: 'deny' },
    })
    const { code, stdout } = await run(['--mode', 'direct', '--write', '--json', '.'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      command: 'rewrite',
      mode: 'direct',
      reverse: false,
      write: true,
      files: [],
      refused: [],
      error: expect.objectContaining({ code: 'ERR_DENIED' }) as unknown,
    })
    expect(await readFile(join(directory, 'Dockerfile'), 'utf8')).toBe('FROM debian:12\n')
  })

  test('refuses another account than was named', async () => {
    await file('Dockerfile', 'FROM debian:12\n')
    const { code, stderr } = await run(['--mode', 'direct', '--account', '210987654321', '.'])
    expect(code).toBe(1)
    expect(stderr).toContain('these AWS credentials are of account 123456789012, not 210987654321')
  })
})

describe('what is shown', () => {
  test('has no token and no control character of the files', async () => {
    await file(
      'Dockerfile',
      `ENV T=${token}\nFROM debian:12\nRUN echo \u001B[31m${token}\nCOPY --from=x/${token} a b\nFROM ${token}\n`,
    )
    for (const argv of [['.'], ['.', '--json'], ['.', '--write']]) {
      const { code, stdout, stderr } = await run(argv)
      expect(code).toBe(0)
      expect(stdout + stderr).not.toContain(token)
      expect(stdout + stderr).not.toContain('\u001B')
    }
    expect(await readFile(join(directory, 'Dockerfile'), 'utf8')).toContain(`RUN echo \u001B[31m${token}\n`)
  })

  test('has no password, and nothing that hides a part of a line', () => {
    const shown = (line: string) => renderDiff('a', `${line}\nx`, `${line}\ny`)[3]
    expect(shown('  POSTGRES_PASSWORD: hunter2 # of the test')).toBe('   POSTGRES_PASSWORD: … # of the test')
    expect(shown('- DB_PASSWORD=hunter2')).toBe(' - DB_PASSWORD=…')
    expect(shown('{ "apiKey": "hunter2", "b": 1 }')).toBe(' { "apiKey": …, "b": 1 }')
    expect(shown('url: postgres://me:hunter2@db/x')).toBe(' url: postgres://me:…@db/x')
    expect(shown('a\rb\u202Ec')).toBe(' a\uFFFDb\uFFFDc')
    for (const line of [
      'password: ${DB_PASSWORD}',
      'password: ${{ secrets.PASSWORD }}',
      'FROM acme/token:12',
      'image: acme/secret:1.2',
      'id-token: write',
      'password:',
    ]) {
      expect(shown(line)).toBe(` ${line}`)
    }
  })

  test('has one line for a file with line breaks in its name', async () => {
    await file('a\nb.Dockerfile', 'FROM debian:12\n')
    const { stdout } = await run(['--write', '.'])
    expect(stdout).toBe('a b.Dockerfile\n')
  })

  test('is a diff, unless too much changes to be read', () => {
    const lines = (word: string) =>
      Array.from({ length: 20_000 }, (_, index) => `${word} ${index}\n`).join('')
    expect(renderDiff('a\nb', lines('before'), lines('after'))).toEqual([
      '--- a/a b',
      '+++ b/a b',
      '(too many lines differ to show them)',
    ])
    expect(renderDiff('a', 'one\r\ntwo', 'one\r\nthree')).toEqual([
      '--- a/a',
      '+++ b/a',
      '@@ -1,2 +1,2 @@',
      ' one\r',
      '-two',
      '\\ No newline at end of file',
      '+three',
      '\\ No newline at end of file',
    ])
    expect(renderDiff('a', 'same', 'same')).toEqual([])
  })

  test('counts files and places, and says where images stay', async () => {
    await file('a.Dockerfile', 'FROM debian:12\n')
    await file('b.Dockerfile', '# syntax=docker/dockerfile:1\nFROM debian:12\n')
    const { code, stdout } = await run(['--json', '--write', '.', 'c.Dockerfile'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      command: 'rewrite',
      mode: 'arg',
      reverse: false,
      write: true,
      files: [
        { path: 'a.Dockerfile', format: 'Dockerfile', edits: 2, written: true, left: [], pins: [] },
        {
          path: 'b.Dockerfile',
          format: 'Dockerfile',
          edits: 2,
          written: true,
          left: [
            {
              line: 1,
              column: 10,
              reference: 'docker/dockerfile:1',
              because: '# syntax takes no variables: use --mode direct',
            },
          ],
          pins: [],
        },
      ],
      refused: [
        {
          path: 'c.Dockerfile',
          named: true,
          error: { code: 'ERR_FILE', message: 'there is no such file or directory' },
        },
      ],
    })
  })
})

test('says how images that are pinned come to the cache', async () => {
  const pin = `sha256:${'1'.repeat(64)}`
  await file(
    'a.Dockerfile',
    `ARG T=1\nFROM debian:12@${pin} AS a\nFROM node@${pin}\nFROM redis:$T@${pin}\nCOPY --from=nginx:1@${pin} / /\n`,
  )
  await file('b.Dockerfile', `FROM debian:12@${pin}\n`)
  const { stderr } = await run(['.'])
  const told = stderr.split('\n').filter((line) => line.includes(' is pinned'))
  const because = 'is pinned, and ECR fetches nothing by digest: once bring it by its tag'
  // What stays needs nothing.
  expect(told).toEqual(
    [`debian:12@${pin}`, `node@${pin}`, `redis:TAG@${pin}`].map(
      (image) =>
        `pullthrough: ${image} ${because}: pullthrough verify --pull ${image.replace('node@', 'node:TAG@')}`,
    ),
  )
  const { files } = JSON.parse((await run(['--json', '.'])).stdout) as { files: { pins: string[] }[] }
  expect(files.map(({ pins }) => pins)).toEqual([
    [`debian:12@${pin}`, `node@${pin}`, `redis:TAG@${pin}`],
    [`debian:12@${pin}`],
  ])
  // Whoever leads images back pulls them from the upstream.
  await run(['--write', '.'])
  expect((await run(['--reverse', '.'])).stderr).not.toContain(' is pinned')
})

test('an interruption ends with 130', async () => {
  await file('Dockerfile', 'FROM debian:12\n')
  const { code, stdout } = await run(['--write', '--json', '.'], { signal: AbortSignal.abort() })
  expect(code).toBe(130)
  expect(JSON.parse(stdout)).toMatchObject({ files: [], error: { code: 'ERR_INTERRUPTED' } })
  expect(await readFile(join(directory, 'Dockerfile'), 'utf8')).toBe('FROM debian:12\n')
})
