import { expect, test } from 'vitest'
import { formatSyncRecord, isSameMoment, parseSyncRecord } from '../../src/github/sync-record.ts'

const record = {
  version: '11111111-2222-8333-8444-555555555555',
  updatedAt: { DOCKER_HUB_USERNAME: '2026-11-23T10:00:00Z', DOCKER_HUB_TOKEN: '2026-11-23T10:00:01Z' },
}

test('writes a record as compact JSON and reads it back', () => {
  const text = formatSyncRecord(record)
  expect(text).toBe(
    '{"version":"11111111-2222-8333-8444-555555555555","updatedAt":{"DOCKER_HUB_USERNAME":"2026-11-23T10:00:00Z","DOCKER_HUB_TOKEN":"2026-11-23T10:00:01Z"}}',
  )
  expect(parseSyncRecord(text)).toEqual(record)
})

test('reads a record that was reformatted or has more in it', () => {
  expect(parseSyncRecord(JSON.stringify({ ...record, more: 1 }, null, 2))).toEqual(record)
})

test.each([
  ['is empty', ''],
  ['is no JSON', 'synced by hand'],
  ['is cut off', '{"version":"1"'],
  ['is null', 'null'],
  ['is a number', '5'],
  ['is a list', '[]'],
  ['has no version', '{"updatedAt":{}}'],
  ['has no times', '{"version":"1"}'],
  ['has a null in place of times', '{"version":"1","updatedAt":null}'],
  ['has one time', '{"version":"1","updatedAt":{"DOCKER_HUB_TOKEN":"2026-11-23T10:00:01Z"}}'],
  [
    'has a time that is none',
    '{"version":"1","updatedAt":{"DOCKER_HUB_USERNAME":"yesterday","DOCKER_HUB_TOKEN":"2026-11-23T10:00:01Z"}}',
  ],
])('reads nothing from a variable that %s', (_, text) => {
  expect(parseSyncRecord(text)).toBeUndefined()
})

test('compares moments, not their spelling', () => {
  expect(isSameMoment('2026-11-23T10:00:00Z', '2026-11-23T11:00:00.000+01:00')).toBe(true)
  expect(isSameMoment('2026-11-23T10:00:00Z', '2026-11-23T10:00:01Z')).toBe(false)
  expect(isSameMoment('2026-11-23T10:00:00Z', '')).toBe(false)
})
