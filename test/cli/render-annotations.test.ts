import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ok, skipped, type Finding, type Status } from '../../src/checks/finding.ts'
import { renderAnnotations } from '../../src/cli/render-annotations.ts'
import { PullthroughError } from '../../src/errors.ts'

function finding(status: Status, index = 0): Finding {
  return {
    id: 'github.drift',
    target: `acme/widgets-${index}`,
    status,
    cause: 'it is another',
    fix: 'mend it',
  }
}

const many = (status: Status, length: number) => Array.from({ length }, (_, index) => finding(status, index))

test('makes an error of each red finding and a warning of each warning, and nothing of the others', () => {
  const findings = [
    ok('rule.present', 'us-east-1 docker-hub'),
    finding('warning'),
    finding('drift'),
    skipped('rule.valid', 'us-east-1 docker-hub', 'it hangs on another'),
    finding('unknowable'),
    { id: 'rule.quota', target: 'us-east-1', status: 'denied' } as const,
  ]
  expect(renderAnnotations({ findings })).toEqual([
    '::error title=github.drift%3A drift%2C acme/widgets-0::it is another%0Afix: mend it',
    '::error title=rule.quota%3A denied%2C us-east-1::denied',
    '::warning title=github.drift%3A warning%2C acme/widgets-0::it is another%0Afix: mend it',
  ])
})

test('makes an error of what ended the run', () => {
  const error = new PullthroughError('ERR_USAGE', 'no AWS Region is given', { hint: 'name it with --region' })
  expect(renderAnnotations({ findings: [], error })).toEqual([
    '::error title=verify ended early::no AWS Region is given%0Afix: name it with --region',
  ])
})

test('shows ten of a kind', () => {
  expect(renderAnnotations({ findings: many('missing', 10) })).toHaveLength(10)
})

test.each(['error', 'warning'] as const)('says in the tenth %s how many more there are', (kind) => {
  const lines = renderAnnotations({ findings: many(kind === 'error' ? 'missing' : 'warning', 11) })
  expect(lines).toHaveLength(10)
  expect(lines[8]).toMatch(/acme\/widgets-8/)
  expect(lines[9]).toBe(
    `::${kind} title=2 more ${kind}s::GitHub shows ten of a kind; the summary of the job and the log have them all`,
  )
})

test('counts the kinds apart', () => {
  const lines = renderAnnotations({ findings: [...many('drift', 30), ...many('warning', 10)] })
  expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10)
  expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10)
})

test('escapes so that the runner reads back what was written, whatever it is', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '%', '0', 'A', '\r', '\n', ':', ',', '=', '::', '🐳', ']'),
  })
  const unescape = (escaped: string) =>
    escaped
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%')
  fc.assert(
    fc.property(text, text, (target, cause) => {
      const [line = '', ...others] = renderAnnotations({
        findings: [{ id: 'rule.valid', target, status: 'drift', cause }],
      })
      const [, title, message] = /^::error title=([^:,\r\n]*)::([^\r\n]*)$/.exec(line) ?? []
      expect(others).toEqual([])
      expect([title, message].map((part) => unescape(part ?? 'none'))).toEqual([
        `rule.valid: drift, ${target}`,
        cause,
      ])
    }),
  )
})
