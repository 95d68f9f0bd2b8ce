import { describe, expect, test } from 'vitest'
import { argPlacing, directPlacing, reversePlacing } from '../../../src/engine/placing.ts'
import { dockerfile } from '../../../src/rewrite/dockerfile/dockerfile.ts'
import type { Placing } from '../../../src/rewrite/placing.ts'
import { rewriteText } from '../../../src/rewrite/rewrite-text.ts'
import { cache } from '../placings.ts'

function rewrite(text: string, placing: Placing = argPlacing(['docker.io'])) {
  return rewriteText({ path: 'Dockerfile', text }, placing)
}

function problemOf(text: string): string {
  try {
    rewrite(text)
    return 'none'
  } catch (error) {
    return `${(error as { code?: string }).code ?? ''}: ${(error as Error).message}`
  }
}

describe('names', () => {
  test.each([
    'Dockerfile',
    'a/b/Dockerfile',
    'Dockerfile.dev',
    'Dockerfile-alpine',
    'api.Dockerfile',
    'web.dockerfile',
    'Containerfile',
    'Containerfile.prod',
  ])('%s is a Dockerfile', (path) => {
    expect(dockerfile.mayBe(path)).toBe(true)
  })

  test.each([
    'Dockerfile.dockerignore',
    '.dockerignore',
    'Dockerfiles',
    'Dockerfile.md',
    'Dockerfile/README',
    'mydockerfile',
    'compose.yaml',
  ])('%s is none', (path) => {
    expect(dockerfile.mayBe(path)).toBe(false)
  })
})

describe('stages that variables may name', () => {
  test.each([
    ['build-$TARGET', 'build-dev', true],
    ['${A}-dev', 'build-dev', true],
    ['b${A}d-${B}v', 'build-dev', true],
    ['${A}d${B}d${C}', 'build-dev', true],
    ['${A}ev-dev', 'build-dev', false],
    ['build-dev${A}', 'build-dev', true],
    ['x-$TARGET', 'build-dev', false],
    ['build-dev${A}v', 'build-dev', false],
  ])('%s beside %s', (image, stage, mayBe) => {
    const left = rewrite(`FROM scratch AS ${stage}\nFROM ${image}\n`)?.left ?? []
    expect(left.map(({ reference }) => reference)).toEqual(mayBe || image.startsWith('$') ? [] : [image])
  })
})

describe('a default that is an image and the beginning of a path', () => {
  test.each(['$BASE', '${BASE}', '${BASE:-x}'])('stays: %s', (base) => {
    const text = `ARG BASE=acme\nFROM $BASE\nFROM ${base}/widgets\n`
    for (const placing of [argPlacing(['docker.io']), directPlacing(cache)]) {
      expect(rewrite(text, placing)).toMatchObject({ text, edits: 0 })
    }
  })
})

describe('texts', () => {
  test('without a line break at the end get none', () => {
    expect(rewrite('FROM debian:12')?.text).toBe('ARG REGISTRY=docker.io\nFROM ${REGISTRY}/library/debian:12')
  })

  test('that are empty stay so', () => {
    expect(rewrite('')).toEqual({ format: 'Dockerfile', text: '', edits: 0, left: [], pins: [] })
  })

  test('tell where a reference is that stays', () => {
    const text = 'FROM debian:12\nCOPY --from=nginx:1 / /\n'
    expect(rewrite(text)?.left).toEqual([
      {
        start: text.indexOf('nginx'),
        reference: 'nginx:1',
        because:
          'COPY --from takes no variables: give it a stage of its own (FROM nginx:1 AS …), or use --mode direct',
      },
    ])
  })

  test('do not repeat what looks like a token', () => {
    const token = 'dckr_pat_0123456789abcdefghijklmnop'
    expect(rewrite(`FROM ${token}\nFROM x/${token}:1\n`)).toEqual({
      format: 'Dockerfile',
      text: `FROM ${token}\nFROM x/${token}:1\n`,
      edits: 0,
      left: [],
      pins: [],
    })
  })
})

describe('several registries', () => {
  const placing = argPlacing(['docker.io', 'ghcr.io', 'public.ecr.aws'])
  const before =
    'FROM debian:12\nFROM ghcr.io/acme/widgets:1\nFROM public.ecr.aws/lambda/nodejs:20\nFROM quay.io/a/b\n'
  const after =
    'ARG REGISTRY=docker.io\nARG REGISTRY_GHCR_IO=ghcr.io\nARG REGISTRY_PUBLIC_ECR_AWS=public.ecr.aws\n' +
    'FROM ${REGISTRY}/library/debian:12\nFROM ${REGISTRY_GHCR_IO}/acme/widgets:1\n' +
    'FROM ${REGISTRY_PUBLIC_ECR_AWS}/lambda/nodejs:20\nFROM quay.io/a/b\n'

  test('have a variable each', () => {
    expect(rewrite(before, placing)).toEqual({
      format: 'Dockerfile',
      text: after,
      edits: 4,
      left: [],
      pins: [],
    })
  })

  test('are led back without naming them', () => {
    expect(rewrite(after, reversePlacing([], undefined))?.text).toBe(before)
  })
})

describe('back', () => {
  test('a declaration that is still used stays', () => {
    const text =
      'ARG REGISTRY=docker.io\nFROM ${REGISTRY}/library/debian:12\nARG REGISTRY\nRUN echo $REGISTRY\n'
    expect(rewrite(text, reversePlacing([], undefined))?.text).toBe(
      'ARG REGISTRY=docker.io\nFROM debian:12\nARG REGISTRY\nRUN echo $REGISTRY\n',
    )
  })

  test('a variable that is another registry stays', () => {
    const text = 'ARG REGISTRY=ghcr.io\nFROM ${REGISTRY}/acme/widgets\n'
    expect(rewrite(text, reversePlacing([], undefined))?.text).toBe(text)
  })

  test('who wrote the fallback into the reference gets it back, too', () => {
    const text = 'ARG REGISTRY=docker.io\nFROM ${REGISTRY:-docker.io}/library/debian:${TAG:-12}\n'
    expect(rewrite(text, reversePlacing([], undefined))?.text).toBe('FROM debian:${TAG:-12}\n')
  })

  test('the host of the cache stays, and is told, where the cache is not known', () => {
    const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian:12'
    expect(rewrite(`FROM ${image}\n`, reversePlacing([], undefined))).toEqual({
      format: 'Dockerfile',
      text: `FROM ${image}\n`,
      pins: [],
      edits: 0,
      left: [
        { start: 5, reference: image, because: 'it names a registry of ECR: --mode direct leads it back' },
      ],
    })
  })

  test('an image of another Region’s cache stays, and is told', () => {
    const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/debian:12'
    const rewritten = rewrite(`FROM ${image}\n`, reversePlacing([], cache))
    expect(rewritten?.edits).toBe(0)
    expect(rewritten?.left.map(({ because }) => because)).toEqual([
      'it is in the registry of 123456789012 in eu-west-1, and the rules are those of 123456789012 in us-east-1',
    ])
  })

  test('an application’s own image in ECR stays', () => {
    const text = 'FROM 123456789012.dkr.ecr.us-east-1.amazonaws.com/widgets:1\n'
    expect(rewrite(text, reversePlacing([], cache))).toEqual({
      format: 'Dockerfile',
      text,
      edits: 0,
      left: [],
      pins: [],
    })
  })

  test('a short form that is another image is not used', () => {
    const text = 'FROM docker.io/acme.example/widgets:1\n'
    const moved = rewrite(text)?.text ?? ''
    expect(moved).toBe('ARG REGISTRY=docker.io\nFROM ${REGISTRY}/acme.example/widgets:1\n')
    expect(rewrite(moved, reversePlacing([], undefined))?.text).toBe(text)
  })

  test('a path that begins with a variable keeps its first part', () => {
    const text = 'ARG REGISTRY=docker.io\nFROM ${REGISTRY}/library/${NAME}:1\nFROM ${REGISTRY}/${NS}/redis\n'
    expect(rewrite(text, reversePlacing([], undefined))?.text).toBe(
      'FROM library/${NAME}:1\nFROM docker.io/${NS}/redis\n',
    )
  })
})

describe('direct, where a rule is missing', () => {
  test('the image stays, and is told', () => {
    const placing = directPlacing({ ...cache, rules: [] })
    const rewritten = rewrite('FROM debian:12\nFROM mcr.microsoft.com/dotnet/sdk:9.0\n', placing)
    expect(rewritten?.left).toEqual([
      {
        start: 5,
        reference: 'debian:12',
        because: 'the prefix of the rule for docker.io is not known without asking AWS',
      },
    ])
  })
})

describe('what is not a Dockerfile', () => {
  test.each([
    ['FROM a\rFROM b', 'ERR_FILE: line 1: a carriage return stands within the line'],
    [
      `FROM a\nRUN echo ${'x'.repeat(1_000_000)}\n`,
      'ERR_FILE: line 2: it is longer than the 65535 bytes that BuildKit reads of one',
    ],
    [
      `FROM ${'€'.repeat(30_000)}\n`,
      'ERR_FILE: line 1: it is longer than the 65535 bytes that BuildKit reads of one',
    ],
    ['FROM a\nRUN cat <<EOF\nFROM b\n', 'ERR_FILE: line 2: the here-document "EOF" has no end'],
    ['FROM a\nRUN cat <<A <<B\nA\nFROM b\n', 'ERR_FILE: line 2: the here-document "B" has no end'],
    [
      'FROM a\nRUN echo "a <<EOF b"\nFROM b\n',
      'ERR_FILE: line 2: whether its << opens a here-document is not read as BuildKit reads it',
    ],
    [
      'FROM a\nRUN cat 3<<EOF\nFROM b\nEOF\n',
      'ERR_FILE: line 2: whether its << opens a here-document is not read as BuildKit reads it',
    ],
  ])('%#: is refused with its line', (text, problem) => {
    expect(problemOf(text)).toBe(problem)
  })

  test.each([
    ['a shift', 'FROM a\nRUN echo $((1<<2)) <<< "x"\nFROM b\n'],
    [
      'words of nobody',
      '\n{{ template }}\n%%%\nFROM\nFROM  \nCOPY --from= a b\nRUN --mount= x\nARG\nARG =x\n',
    ],
    ['variables that do not end', 'FROM ${A\nFROM debian:${A:-${B}\nFROM $\nFROM ${}\nFROM ${A?}/x\n'],
    ['regular expressions', 'FROM a AS b\nFROM a(${X}[\nFROM ${X}.*+?^$(){}[]|\nARG (=a\nFROM $(\n'],
  ])('%s: is survived', (_, text) => {
    expect(problemOf(text)).toBe('none')
  })

  test.each([
    [
      'stages',
      'FROM debian:12\n'.repeat(2001),
      'ERR_FILE: a Dockerfile with more than 2000 ARGs and FROMs is not read',
    ],
    [
      'lines',
      'RUN a\n'.repeat(200_000),
      'ERR_FILE: a Dockerfile of more than 1048576 characters is not read',
    ],
    ['instructions', 'RUN a\n'.repeat(50_000), 'none'],
    ['names of stages and variables', 'ARG A=b\nFROM a-${A}-b AS a-c-b\n'.repeat(1000), 'none'],
    [
      'variables in what may be the name of a stage',
      `FROM debian:12 AS ${'-'.repeat(60)}\nFROM ${'$a-'.repeat(20)}x\n`,
      'none',
    ],
    ['continuations', `RUN ${'a \\\n'.repeat(100_000)}\nFROM a\n`, 'none'],
    ['here-documents', `RUN ${'cat <<a '.repeat(5000)}\n${'a\n'.repeat(5000)}FROM a\n`, 'none'],
    ['variables within variables', `FROM ${'${A:-'.repeat(10_000)}debian${'}'.repeat(10_000)}\n`, 'none'],
    ['variables after one another', `FROM a/${'${A}'.repeat(15_000)}\n`, 'none'],
    ['arguments that use each other', chainOf(1500), 'none'],
  ])('with very many %s: is read or refused in little time', (_, text, problem) => {
    expect(problemOf(text)).toBe(problem)
  })
})

/** `ARG A0=debian`, `ARG A1=${A0}` and so on; the last is the image. */
function chainOf(length: number): string {
  const next = Array.from({ length }, (_, index) => `ARG A${index + 1}=\${A${index}}\n`)
  return `ARG A0=debian\n${next.join('')}FROM \${A${length}}\n`
}
