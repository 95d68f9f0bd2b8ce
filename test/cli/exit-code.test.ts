import { expect, test } from 'vitest'
import type { Finding, Status } from '../../src/checks/finding.ts'
import { exitCodeOfError, exitCodeOfFindings, exitCodeOfSync } from '../../src/cli/exit-code.ts'
import type { ChangeReport } from '../../src/engine/event.ts'
import { type ErrorCode, PullthroughError } from '../../src/errors.ts'

const because = { destination: 'github', target: 'acme/widgets', because: 'it differs' }
const kept: ChangeReport = { ...because, action: 'keep', outcome: 'done' }
const done: ChangeReport = { ...because, action: 'update', outcome: 'done' }
const foretold: ChangeReport = { ...because, action: 'create', outcome: 'skipped', reason: 'dry run' }
const without: ChangeReport = { ...because, action: 'create', outcome: 'skipped', reason: 'it may not' }
const failed = (code: ErrorCode = 'ERR_DENIED', action: ChangeReport['action'] = 'update'): ChangeReport => ({
  ...because,
  action,
  outcome: 'failed',
  error: new PullthroughError(code, 'it went wrong'),
})

test.each<[code: number, what: string, changes: readonly ChangeReport[], dryRun: boolean]>([
  [0, 'nothing to do', [kept, kept], false],
  [0, 'no change at all', [], false],
  [0, 'everything done', [done, kept], false],
  [0, 'a change that the destination does without', [done, without], false],
  [1, 'a failure among what was done', [done, failed(), kept], false],
  [1, 'a failure, and the rest skipped for it', [failed(), without], false],
  [1, 'a refusal', [failed('ERR_STATE', 'refuse'), done], false],
  [1, 'a destination that could not be looked at', [failed('ERR_UNREACHABLE', 'observe'), done], false],
  [130, 'an interruption', [done, failed('ERR_INTERRUPTED')], false],
  [130, 'an interruption after a failure', [failed(), failed('ERR_INTERRUPTED')], false],
  [0, 'a dry run without a difference', [kept], true],
  [0, 'a dry run of nothing', [], true],
  [2, 'a dry run with a difference', [kept, foretold], true],
  [1, 'a dry run with a difference and a refusal', [foretold, failed('ERR_STATE', 'refuse')], true],
  [1, 'a dry run that could not look', [failed('ERR_DENIED', 'observe')], true],
  [130, 'a dry run that was interrupted', [foretold, failed('ERR_INTERRUPTED', 'observe')], true],
])('a sync ends with %i after %s', (code, _what, changes, dryRun) => {
  expect(exitCodeOfSync(changes, dryRun)).toBe(code)
})

test.each<[code: number, what: string, error: unknown]>([
  [130, 'an interruption', new PullthroughError('ERR_INTERRUPTED', 'interrupted')],
  [1, 'bad usage', new PullthroughError('ERR_USAGE', 'there is no such option')],
  [1, 'a refused credential', new PullthroughError('ERR_CREDENTIAL_REFUSED', 'Docker Hub refuses it')],
  [1, 'a defect', new TypeError('undefined is not a function')],
  [1, 'a defect that says it is an interruption', Object.assign(new Error(), { code: 'ERR_INTERRUPTED' })],
  [1, 'something thrown that is no error', 'ERR_INTERRUPTED'],
])('a command ends with %i after %s', (code, _what, error) => {
  expect(exitCodeOfError(error)).toBe(code)
})

test.each<[code: number, statuses: readonly Status[]]>([
  [0, []],
  [0, ['ok', 'warning', 'skipped', 'unknowable']],
  [2, ['ok', 'drift']],
  [2, ['missing', 'skipped']],
  [1, ['denied']],
  [1, ['ok', 'unreachable']],
  [1, ['drift', 'denied', 'missing']],
])('a verify ends with %i after %j', (code, statuses) => {
  const findings = statuses.map((status): Finding => ({ id: 'rule.valid', target: 'us-east-1', status }))
  expect(exitCodeOfFindings(findings)).toBe(code)
})
