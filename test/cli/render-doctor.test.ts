import { describe, expect, test } from 'vitest'
import { ok, skipped, type Finding } from '../../src/checks/finding.ts'
import { renderDoctor, renderDoctorJson, type DoctorReport } from '../../src/cli/render-doctor.ts'
import { PullthroughError } from '../../src/errors.ts'

const image = 'docker.io/library/debian:12'
const cached = '123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/debian:12'
const rule = 'us-east-1 docker-hub'

const refused: Finding = {
  id: 'image.credential',
  target: rule,
  status: 'drift',
  cause: 'Docker Hub refuses the credential of the secret',
  fix: 'pullthrough sync',
}

const report: DoctorReport = {
  reference: { given: 'debian:12', upstream: image, cached },
  findings: [
    ok('image.reference', 'debian:12', 'an official image'),
    ok('image.rule', rule),
    refused,
    skipped('image.upstream', rule, 'it hangs on image.credential'),
  ],
  explanation: [
    {
      symptom: 'failed to resolve reference',
      cause: 'ECR could not log in to the upstream',
      fix: 'pullthrough sync',
    },
  ],
  failsAt: refused,
}

const early = new PullthroughError('ERR_UNREACHABLE', 'AWS does not answer')

test('shows the image, what its error means, the steps in order, and where the pull fails', () => {
  expect(renderDoctor(report)).toEqual([
    'given:    debian:12',
    `upstream: ${image}`,
    `cached:   ${cached}`,
    '',
    'symptom: failed to resolve reference',
    '  cause: ECR could not log in to the upstream',
    '    fix: pullthrough sync',
    '',
    'debian:12',
    '  ok       image.reference   an official image',
    'us-east-1 docker-hub',
    '  ok       image.rule',
    '  drift    image.credential  Docker Hub refuses the credential of the secret',
    '           fix: pullthrough sync',
    '  skipped  image.upstream    it hangs on image.credential',
    '',
    'fails at: image.credential, us-east-1 docker-hub',
    '  cause: Docker Hub refuses the credential of the secret',
    '  fix: pullthrough sync',
  ])
})

test.each<[what: string, report: DoctorReport, end: readonly string[]]>([
  [
    'nothing red',
    { findings: [ok('image.rule', rule), skipped('image.limit', rule, 'not wanted')] },
    ['1 ok, 1 skipped', 'no step that was asked fails'],
  ],
  [
    'nothing answered',
    { findings: [skipped('image.limit', rule, 'not wanted')] },
    ['1 skipped', 'no step was answered, so nothing is known'],
  ],
  [
    'an early end',
    { findings: [ok('image.rule', rule)], error: early },
    ['1 ok', 'the walk ended early; no step before that fails'],
  ],
])('ends, after %s, with the sum and what it means', (_what, given, end) => {
  expect(renderDoctor(given).slice(-2)).toEqual(end)
})

test('explains an error text that names no image', () => {
  expect(
    renderDoctor({ findings: [], ...(report.explanation && { explanation: report.explanation }) }),
  ).toEqual([
    'symptom: failed to resolve reference',
    '  cause: ECR could not log in to the upstream',
    '    fix: pullthrough sync',
  ])
})

test('tells the causes of one text together, since it may be any of them', () => {
  const symptom = 'the authentication failed'
  const explanation = [
    { symptom, cause: 'the path is wrong', fix: 'add library/' },
    { symptom, cause: 'the token is dead', fix: 'make another' },
    { symptom: 'another text', cause: 'a third', fix: 'none' },
  ]
  expect(renderDoctor({ findings: [], explanation })).toEqual([
    'symptom: the authentication failed',
    '  possible cause: the path is wrong',
    '    fix: add library/',
    '  possible cause: the token is dead',
    '    fix: make another',
    '',
    'symptom: another text',
    '  cause: a third',
    '    fix: none',
  ])
})

test('has nothing to say of a walk that did not begin', () => {
  expect(renderDoctor({ findings: [], error: early })).toEqual([])
})

test('colours the status alone, and only if told to', () => {
  const lines = renderDoctor({ findings: [refused], failsAt: refused }, { colour: true })
  expect(lines[1]).toBe(
    '  \u001b[31mdrift\u001b[39m  image.credential  Docker Hub refuses the credential of the secret',
  )
  expect(renderDoctor(report).join('')).not.toContain('\u001b')
})

test('keeps what comes from elsewhere from breaking a line or steering the terminal', () => {
  const text = 'a\nb\u001b[2J'
  const hostile: Finding = { id: 'image.rule', target: text, status: 'missing', cause: text, fix: text }
  const lines = renderDoctor({
    reference: { given: text, upstream: text, cached: text },
    findings: [hostile],
    explanation: [{ symptom: text, cause: text, fix: text }],
    failsAt: hostile,
  })
  expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([])
})

describe('for programs', () => {
  test('gives the image, the steps, and where the pull fails', () => {
    expect(renderDoctorJson(report)).toBe(
      JSON.stringify({
        version: 1,
        command: 'doctor',
        given: 'debian:12',
        image,
        cached,
        ok: false,
        failsAt: 'image.credential',
        checks: report.findings,
        explanations: report.explanation,
      }),
    )
  })

  test('gives the error that ended the walk, and no image where none is known', () => {
    expect(JSON.parse(renderDoctorJson({ findings: [], error: early }))).toEqual({
      version: 1,
      command: 'doctor',
      given: null,
      ok: false,
      failsAt: null,
      checks: [],
      explanations: [],
      error: { code: 'ERR_UNREACHABLE', message: 'AWS does not answer' },
    })
  })

  test('is ok if nothing is red, though something was explained', () => {
    const { explanation = [] } = report
    expect(JSON.parse(renderDoctorJson({ findings: [ok('image.rule', rule)], explanation }))).toMatchObject({
      ok: true,
      failsAt: null,
      explanations: explanation,
    })
  })
})
