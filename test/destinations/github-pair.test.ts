import { expect, test } from 'vitest'
import type { Change } from '../../src/destinations/destination.ts'
import { type GitHubCall, type ObservedRepository, planPair } from '../../src/destinations/github-pair.ts'
import { PullthroughError } from '../../src/errors.ts'
import { Secret } from '../../src/secret.ts'
import { canary, desired } from '../github/github-sandbox.ts'

const repository = { owner: 'acme', name: 'widgets' }
const publicKey = { id: '0123', key: 'a2V5' }
const both = { DOCKER_HUB_USERNAME: '2026-11-23T10:00:00Z', DOCKER_HUB_TOKEN: '2026-11-23T10:00:01Z' }
const record = { state: 'present', record: { version: desired.version, updatedAt: both } } as const

const inSync: ObservedRepository = { repository, archived: false, publicKey, updatedAt: both, record }

/** Target, action and reason of each change. */
function rows(changes: readonly Change<GitHubCall>[]) {
  return changes.map(({ target, action, because }) => [target.replace('acme/widgets ', ''), action, because])
}

/** What the pair's three changes look like when all have something to do. */
function expectedRows(username: string, token: string, because: string, variable: string) {
  return [
    ['DOCKER_HUB_USERNAME', username, because],
    ['DOCKER_HUB_TOKEN', token, because],
    ['DOCKER_HUB_CREDENTIALS_SYNC', variable, 'it records what was written'],
  ]
}

test('keeps a pair that is as the last sync left it', () => {
  const because = 'the last sync wrote this credential, and nothing has changed since'
  expect(planPair(desired, inSync)).toEqual([
    { target: 'acme/widgets DOCKER_HUB_USERNAME', action: 'keep', because, calls: [] },
    { target: 'acme/widgets DOCKER_HUB_TOKEN', action: 'keep', because, calls: [] },
    { target: 'acme/widgets DOCKER_HUB_CREDENTIALS_SYNC', action: 'keep', because, calls: [] },
  ])
})

test('plans the username, the token and then the record, each with its call', () => {
  expect(planPair(desired, { ...inSync, updatedAt: {}, record: { state: 'absent' } })).toEqual([
    {
      target: 'acme/widgets DOCKER_HUB_USERNAME',
      action: 'create',
      because: 'it is not there',
      calls: [{ kind: 'put-secret', repository, name: 'DOCKER_HUB_USERNAME', publicKey }],
    },
    {
      target: 'acme/widgets DOCKER_HUB_TOKEN',
      action: 'create',
      because: 'it is not there',
      calls: [{ kind: 'put-secret', repository, name: 'DOCKER_HUB_TOKEN', publicKey }],
    },
    {
      target: 'acme/widgets DOCKER_HUB_CREDENTIALS_SYNC',
      action: 'create',
      because: 'it records what was written',
      calls: [{ kind: 'write-record', repository, before: { updatedAt: {}, record: { state: 'absent' } } }],
    },
  ])
})

test.each<[string, Partial<ObservedRepository>, ReturnType<typeof expectedRows>]>([
  [
    'adopts a pair without a record',
    { record: { state: 'absent' } },
    expectedRows('adopt', 'adopt', 'it is there without a record of a sync', 'create'),
  ],
  [
    'completes a pair of which only the username is there',
    { updatedAt: { DOCKER_HUB_USERNAME: both.DOCKER_HUB_USERNAME } },
    expectedRows('update', 'create', 'only DOCKER_HUB_USERNAME is there, a half-written pair', 'update'),
  ],
  [
    'completes a pair of which only the token is there, and no record',
    { updatedAt: { DOCKER_HUB_TOKEN: both.DOCKER_HUB_TOKEN }, record: { state: 'absent' } },
    expectedRows('create', 'adopt', 'only DOCKER_HUB_TOKEN is there, a half-written pair', 'create'),
  ],
  [
    'writes a pair that was deleted',
    { updatedAt: {} },
    expectedRows('create', 'create', 'it is not there', 'update'),
  ],
  [
    'replaces another credential',
    { record: { state: 'present', record: { version: 'another', updatedAt: both } } },
    expectedRows('update', 'update', 'another credential was synced last', 'update'),
  ],
  [
    'replaces a token that changed at GitHub',
    { updatedAt: { ...both, DOCKER_HUB_TOKEN: '2026-11-24T00:00:00Z' } },
    expectedRows(
      'update',
      'update',
      'DOCKER_HUB_TOKEN changed at GitHub since the last sync, a half-written pair',
      'update',
    ),
  ],
  [
    'replaces a pair that changed at GitHub',
    { updatedAt: { DOCKER_HUB_USERNAME: '2026-11-24T00:00:00Z', DOCKER_HUB_TOKEN: '2026-11-24T00:00:00Z' } },
    expectedRows(
      'update',
      'update',
      'DOCKER_HUB_USERNAME and DOCKER_HUB_TOKEN changed at GitHub since the last sync',
      'update',
    ),
  ],
  [
    'writes anew where someone edited the record',
    { record: { state: 'unreadable' } },
    expectedRows(
      'update',
      'update',
      'DOCKER_HUB_CREDENTIALS_SYNC was edited, so what the pair holds is unknown',
      'update',
    ),
  ],
])('%s', (_, observed, expected) => {
  expect(rows(planPair(desired, { ...inSync, ...observed }))).toEqual(expected)
})

test('without permission for variables, writes the pair every time, and warns', () => {
  const because = 'the token may not read DOCKER_HUB_CREDENTIALS_SYNC, so what the pair holds is unknown'
  const changes = planPair(desired, { ...inSync, record: { state: 'unknowable' } })
  expect(rows(changes)).toEqual([
    ['DOCKER_HUB_USERNAME', 'update', because],
    ['DOCKER_HUB_TOKEN', 'update', because],
  ])
  expect(changes.map(({ warnings }) => warnings)).toEqual([
    [
      'without the permission "Variables: read and write" on acme/widgets, every sync writes the pair again and nothing tells whether it is current',
    ],
    undefined,
  ])
})

test('goes on under a repository’s new name, and warns once', () => {
  const changes = planPair(desired, { ...inSync, formerly: 'acme/gadgets' })
  expect(changes.map(({ target, warnings }) => [target, warnings])).toEqual([
    ['acme/widgets DOCKER_HUB_USERNAME', ['acme/gadgets is now called acme/widgets: use the new name']],
    ['acme/widgets DOCKER_HUB_TOKEN', undefined],
    ['acme/widgets DOCKER_HUB_CREDENTIALS_SYNC', undefined],
  ])
})

test('refuses to write to an archived repository', () => {
  expect(planPair(desired, { ...inSync, archived: true, updatedAt: {} })).toEqual([
    {
      target: 'acme/widgets DOCKER_HUB_USERNAME, DOCKER_HUB_TOKEN',
      action: 'refuse',
      because: 'it is not there',
      calls: [],
      refusal: new PullthroughError('ERR_STATE', 'acme/widgets is archived, so its secrets cannot change', {
        hint: 'unarchive it, or take it out of the sync',
      }),
    },
  ])
})

test('keeps what is in sync in an archived repository', () => {
  expect(planPair(desired, { ...inSync, archived: true }).map(({ action }) => action)).toEqual([
    'keep',
    'keep',
    'keep',
  ])
})

test.each([
  ['DOCKER_HUB_TOKEN', { token: new Secret(canary.repeat(2000)) }],
  ['DOCKER_HUB_USERNAME', { username: 'u'.repeat(49_105) }],
])('refuses a %s that is too long for a GitHub secret, and plans nothing for the other', (name, part) => {
  const long = { ...desired, credential: { ...desired.credential, ...part } }
  const changes = planPair(long, { ...inSync, updatedAt: {} })
  expect(rows(changes)).toEqual([[name, 'refuse', 'it is not there']])
  expect(changes[0]?.refusal).toMatchObject({
    code: 'ERR_CREDENTIAL_INVALID',
    message: `the value of ${name} is longer than a GitHub secret can be (49104 bytes)`,
  })
})

test('plans the same each time', () => {
  const observed = { ...inSync, updatedAt: {} }
  expect(planPair(desired, observed)).toEqual(planPair(desired, observed))
})
