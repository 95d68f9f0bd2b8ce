import { describe, expect, test } from 'vitest'
import { ok, skipped, type Finding, type Status } from '../../src/checks/finding.ts'
import { renderVerify, renderVerifyJson } from '../../src/cli/render-verify.ts'
import { verdictOf } from '../../src/cli/rendering/verdict.ts'
import { PullthroughError } from '../../src/errors.ts'

const secret = 'us-east-1 ecr-pullthroughcache/docker-hub'
const rule = 'us-east-1 docker-hub'

const findings: readonly Finding[] = [
  ok('source.read', 'infrastructure dev'),
  ok('source.credential', 'infrastructure dev'),
  ok('docker-hub.login', 'sandbox'),
  {
    id: 'docker-hub.scope',
    target: 'sandbox',
    status: 'warning',
    detail: 'repo:write',
    cause: 'the token may push as well',
    fix: 'make a token with "Public Repo Read-only"',
  },
  ok('secret.present', secret),
  ok('rule.present', rule, 'docker-hub → registry-1.docker.io'),
  {
    id: 'rule.credential',
    target: rule,
    status: 'drift',
    cause: 'it points to a secret that is gone',
    fix: 'pulumi up',
  },
  skipped('rule.valid', rule, 'it hangs on rule.credential'),
  ok('github.secrets', 'acme/widgets'),
  {
    id: 'github.writers',
    target: 'acme/widgets',
    status: 'unknowable',
    cause: 'only an administrator can list them',
  },
]

const sum = '6 ok, 1 warning, 1 drift, 1 skipped, 1 unknowable'
const red = 'a build that pulls through the cache would fail, or could not be shown to work: 1 check is red'

const early = new PullthroughError('ERR_USAGE', 'no AWS Region is given', { hint: 'name it with --region' })

function finding(status: Status, target = 'acme/widgets'): Finding {
  return { id: 'github.secrets', target, status }
}

test('shows the pulls, though all of them are fine', () => {
  const pull = { image: 'docker-hub/library/busybox:1', digest: 'sha256:0', bytes: 1, milliseconds: 2 }
  const target = 'us-east-1 docker-hub/library/busybox'
  const shown = renderVerify({
    findings: [{ ...ok('pull.new', target, 'in 2 ms'), pull }, ok('pull.quota', target)],
  })
  expect(shown.slice(0, 3)).toEqual([target, '  ok  pull.new    in 2 ms', '  ok  pull.quota'])
  const json = JSON.parse(renderVerifyJson({ findings: [{ ...ok('pull.new', target), pull }] })) as object
  expect(json).toMatchObject({ checks: [{ id: 'pull.new', target, status: 'ok', pull }] })
})

test('shows the findings by target, in columns, each with what mends it, then the sum and the verdict', () => {
  expect(renderVerify({ findings })).toEqual([
    'ok  infrastructure dev                         2 checks',
    'sandbox',
    '  ok          docker-hub.login',
    '  warning     docker-hub.scope  the token may push as well',
    '              fix: make a token with "Public Repo Read-only"',
    'ok  us-east-1 ecr-pullthroughcache/docker-hub  1 check',
    'us-east-1 docker-hub',
    '  ok          rule.present      docker-hub → registry-1.docker.io',
    '  drift       rule.credential   it points to a secret that is gone',
    '              fix: pulumi up',
    '  skipped     rule.valid        it hangs on rule.credential',
    'acme/widgets',
    '  ok          github.secrets',
    '  unknowable  github.writers    only an administrator can list them',
    '',
    sum,
    red,
  ])
})

test('shows each check of a target that is ok too, if asked to', () => {
  const lines = renderVerify({ findings: findings.slice(0, 2) }, { verbose: true })
  expect(lines).toEqual([
    'infrastructure dev',
    '  ok  source.read',
    '  ok  source.credential',
    '',
    '2 ok',
    'a build that pulls through the cache works, as far as was asked',
  ])
})

test('gathers the findings of a target that were not given together', () => {
  const mixed = [finding('drift'), finding('ok', 'acme/gadgets'), finding('ok')]
  expect(renderVerify({ findings: mixed }).slice(0, 4)).toEqual([
    'acme/widgets',
    '  drift  github.secrets',
    '  ok     github.secrets',
    'ok  acme/gadgets  1 check',
  ])
})

test('takes a line for each of fifty repositories where nothing is wrong', () => {
  const fifty = Array.from({ length: 50 }, (_, index) => finding('ok', `acme/widgets-${index}`))
  expect(renderVerify({ findings: fifty })).toHaveLength(50 + 3)
})

test('colours the status alone, and only if told to', () => {
  const colours = ['ok', 'warning', 'unknowable', 'drift', 'skipped'] as const
  const all = colours.map((status) => finding(status))
  expect(renderVerify({ findings: all }, { colour: true }).slice(1, 6)).toEqual([
    '  \u001b[32mok\u001b[39m          github.secrets',
    '  \u001b[33mwarning\u001b[39m     github.secrets',
    '  \u001b[33munknowable\u001b[39m  github.secrets',
    '  \u001b[31mdrift\u001b[39m       github.secrets',
    '  \u001b[90mskipped\u001b[39m     github.secrets',
  ])
  expect(renderVerify({ findings: [finding('ok')] }, { colour: true })[0]).toBe(
    '\u001b[32mok\u001b[39m  acme/widgets  1 check',
  )
  expect(renderVerify({ findings: all }).join('')).not.toContain('\u001b')
})

test('keeps what comes from elsewhere from breaking a line or steering the terminal', () => {
  const hostile: Finding = {
    id: 'rule.valid',
    target: 'us-east-1\r\ndocker-hub',
    status: 'drift',
    cause: 'ECR says:\n\u001b[2Jok\u202e',
    fix: 'pulumi\u2028up',
  }
  expect(renderVerify({ findings: [hostile] }).slice(0, 3)).toEqual([
    'us-east-1 docker-hub',
    '  drift  rule.valid  ECR says: [2Jok',
    '         fix: pulumi up',
  ])
})

test('shows no table if nothing was asked', () => {
  expect(renderVerify({ findings: [], error: early })).toEqual([
    'no checks',
    'a build that pulls through the cache would fail, or could not be shown to work: the run ended early',
  ])
})

describe('the verdict', () => {
  const works = 'a build that pulls through the cache works, as far as was asked'
  const fails = 'a build that pulls through the cache would fail, or could not be shown to work'
  const nothing = 'no check was answered, so nothing is known about a build that pulls through the cache'

  test.each<[statuses: readonly Status[], verdict: string]>([
    [['ok'], works],
    [['ok', 'warning'], works],
    [['warning'], works],
    [['ok', 'skipped'], `${works}; 1 check was skipped`],
    [['ok', 'skipped', 'skipped'], `${works}; 2 checks were skipped`],
    [['ok', 'unknowable'], `${works}; 1 cannot be known`],
    [['ok', 'unknowable', 'unknowable', 'skipped'], `${works}; 1 check was skipped; 2 cannot be known`],
    [[], nothing],
    [['skipped', 'unknowable'], nothing],
    [['ok', 'drift'], `${fails}: 1 check is red`],
    [['missing'], `${fails}: 1 check is red`],
    [['denied', 'unreachable', 'skipped'], `${fails}: 2 checks are red`],
  ])('on %j is: %s', (statuses, verdict) => {
    expect(verdictOf({ findings: statuses.map((status) => finding(status)) })).toBe(verdict)
  })

  test.each<[statuses: readonly Status[], verdict: string]>([
    [[], `${fails}: the run ended early`],
    [['ok'], `${fails}: the run ended early`],
    [['ok', 'drift'], `${fails}: 1 check is red, and the run ended early`],
  ])('on %j and an error is: %s', (statuses, verdict) => {
    expect(verdictOf({ findings: statuses.map((status) => finding(status)), error: early })).toBe(verdict)
  })
})

describe('for programs', () => {
  test('gives the documented members, and no other', () => {
    const extra = { ...ok('rule.present', rule, 'docker-hub'), since: 'yesterday' }
    const [, , , scope] = findings
    expect(JSON.parse(renderVerifyJson({ findings: [extra, ...(scope ? [scope] : [])] }))).toEqual({
      version: 1,
      command: 'verify',
      ok: true,
      counts: {
        ok: 1,
        warning: 1,
        drift: 0,
        missing: 0,
        denied: 0,
        unreachable: 0,
        skipped: 0,
        unknowable: 0,
      },
      checks: [{ id: 'rule.present', target: rule, status: 'ok', detail: 'docker-hub' }, scope],
    })
  })

  test('begins with the version and the command', () => {
    expect(renderVerifyJson({ findings })).toMatch(/^\{"version":1,"command":"verify","ok":false,"counts":\{/)
  })

  test('gives the error that ended the run', () => {
    expect(JSON.parse(renderVerifyJson({ findings: [finding('ok')], error: early }))).toMatchObject({
      ok: false,
      checks: [finding('ok')],
      error: { code: 'ERR_USAGE', message: 'no AWS Region is given', hint: 'name it with --region' },
    })
  })

  test.each<[status: Status, expected: boolean]>([
    ['ok', true],
    ['warning', true],
    ['skipped', true],
    ['unknowable', true],
    ['drift', false],
    ['missing', false],
    ['denied', false],
    ['unreachable', false],
  ])('%s makes ok %s', (status, expected) => {
    expect(JSON.parse(renderVerifyJson({ findings: [finding('ok'), finding(status)] }))).toMatchObject({
      ok: expected,
    })
  })
})
