import { expect, test } from 'vitest'
import { renderSync, renderSyncJson, type SyncReport } from '../../src/cli/render-sync.ts'
import type { ChangeReport } from '../../src/engine/event.ts'
import { PullthroughError } from '../../src/errors.ts'

const secret = 'us-east-1 ecr-pullthroughcache/docker-hub'

const denied = new PullthroughError('ERR_DENIED', 'AWS denies secretsmanager:PutSecretValue', {
  hint: 'allow it',
  cause: new Error('AccessDeniedException: for the log alone'),
})
const archived = new PullthroughError('ERR_STATE', 'acme/widgets is archived')

function change(
  action: ChangeReport['action'],
  outcome: ChangeReport['outcome'],
  more: Partial<ChangeReport> = {},
): ChangeReport {
  return { destination: 'secrets-manager', target: 'the secret', action, because: 'why', outcome, ...more }
}

function reportOf(changes: readonly ChangeReport[], dryRun = false, writes = 0): SyncReport {
  return { dryRun, changes, writes }
}

test('shows one line a change in columns, an empty line, and the sum', () => {
  const changes: readonly ChangeReport[] = [
    { destination: 'secrets-manager', target: secret, action: 'create', because: 'absent', outcome: 'done' },
    {
      destination: 'github',
      target: 'acme/widgets DOCKER_HUB_USERNAME',
      action: 'keep',
      because: 'the same',
      outcome: 'done',
    },
    {
      destination: 'github',
      target: 'acme/widgets DOCKER_HUB_TOKEN',
      action: 'update',
      because: 'another credential was synced last',
      outcome: 'failed',
      error: denied,
    },
    {
      destination: 'github',
      target: 'acme/widgets',
      action: 'update',
      because: 'it records what was written',
      outcome: 'skipped',
      reason: 'acme/widgets DOCKER_HUB_TOKEN failed',
    },
  ]

  expect(renderSync(reportOf(changes, false, 2))).toEqual([
    'created  us-east-1 ecr-pullthroughcache/docker-hub  absent',
    'in sync  acme/widgets DOCKER_HUB_USERNAME           the same',
    'failed   acme/widgets DOCKER_HUB_TOKEN              another credential was synced last',
    'skipped  acme/widgets                               it records what was written; acme/widgets DOCKER_HUB_TOKEN failed',
    '',
    '1 changed, 1 in sync, 1 failed, 1 skipped, 2 writes',
  ])
})

test.each<[ChangeReport, line: string, sum: string]>([
  [change('create', 'done'), 'created  the secret  why', '1 changed, 7 writes'],
  [change('update', 'done'), 'updated  the secret  why', '1 changed, 7 writes'],
  [change('adopt', 'done'), 'adopted  the secret  why', '1 changed, 7 writes'],
  [change('restore', 'done'), 'restored  the secret  why', '1 changed, 7 writes'],
  [change('keep', 'done'), 'in sync  the secret  why', '1 in sync, 7 writes'],
  [change('update', 'failed', { error: denied }), 'failed  the secret  why', '1 failed, 7 writes'],
  [change('refuse', 'failed', { error: archived }), 'failed  the secret  why', '1 failed, 7 writes'],
  [change('observe', 'failed', { error: denied }), 'failed  the secret  why', '1 failed, 7 writes'],
  [
    change('update', 'skipped', { reason: 'it may not' }),
    'skipped  the secret  why; it may not',
    '1 skipped, 7 writes',
  ],
  [
    change('keep', 'skipped', { reason: 'it failed' }),
    'skipped  the secret  why; it failed',
    '1 skipped, 7 writes',
  ],
  [change('update', 'skipped'), 'skipped  the secret  why', '1 skipped, 7 writes'],
])('shows %o', (one, line, sum) => {
  expect(renderSync(reportOf([one], false, 7))).toEqual([line, '', sum])
})

test.each<[ChangeReport, line: string, sum: string]>([
  ...(['create', 'update', 'adopt', 'restore'] as const).map((action): [ChangeReport, string, string] => [
    change(action, 'skipped', { reason: 'dry run' }),
    `would ${action}  the secret  why`,
    '1 would change',
  ]),
  [change('keep', 'done'), 'in sync  the secret  why', '1 in sync'],
  [change('refuse', 'failed', { error: archived }), 'failed  the secret  why', '1 failed'],
  [change('observe', 'failed', { error: denied }), 'failed  the secret  why', '1 failed'],
])('shows in a dry run %o', (one, line, sum) => {
  expect(renderSync(reportOf([one], true))).toEqual([line, '', sum])
})

test('sums a dry run without telling of writes', () => {
  const changes = [
    change('create', 'skipped', { reason: 'dry run' }),
    change('update', 'skipped', { reason: 'dry run' }),
    change('keep', 'done'),
    change('refuse', 'failed', { error: archived }),
  ]

  expect(renderSync(reportOf(changes, true)).at(-1)).toBe('2 would change, 1 in sync, 1 failed')
})

test.each([
  [0, '0 writes'],
  [1, '1 write'],
  [2, '2 writes'],
])('counts %i as "%s"', (writes, sum) => {
  expect(renderSync(reportOf([], false, writes))).toEqual(['', sum])
})

test('gives programs every member of every change, and of an error what it means but not its cause', () => {
  const changes = [
    change('create', 'done'),
    change('update', 'failed', { error: denied }),
    change('refuse', 'failed', { error: archived }),
    change('update', 'skipped', { reason: 'the secret failed' }),
  ]

  const text = renderSyncJson(reportOf(changes, false, 3))

  const common = { destination: 'secrets-manager', target: 'the secret', because: 'why' }
  expect(JSON.parse(text)).toEqual({
    version: 1,
    command: 'sync',
    dryRun: false,
    changes: [
      { ...common, action: 'create', outcome: 'done' },
      {
        ...common,
        action: 'update',
        outcome: 'failed',
        error: {
          code: 'ERR_DENIED',
          message: 'AWS denies secretsmanager:PutSecretValue',
          hint: 'allow it',
        },
      },
      {
        ...common,
        action: 'refuse',
        outcome: 'failed',
        error: { code: 'ERR_STATE', message: 'acme/widgets is archived' },
      },
      { ...common, action: 'update', outcome: 'skipped', reason: 'the secret failed' },
    ],
    writes: 3,
  })
  expect(text).not.toContain('\n')
})

test('gives programs a run that ended before there was a plan: no changes, and the error', () => {
  const error = new PullthroughError('ERR_CREDENTIAL_REFUSED', 'Docker Hub refuses it', {
    hint: 'make a new one',
  })

  expect(JSON.parse(renderSyncJson(reportOf([], true), error))).toEqual({
    version: 1,
    command: 'sync',
    dryRun: true,
    changes: [],
    writes: 0,
    error: { code: 'ERR_CREDENTIAL_REFUSED', message: 'Docker Hub refuses it', hint: 'make a new one' },
  })
})
