import { expect, test } from 'vitest'
import { readRateLimit } from '../../src/github/rate-limit.ts'

const date = 'Mon, 23 Nov 2026 10:00:00 GMT'
const now = new Date('2026-11-23T18:00:00Z')
const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
const resetIn = (seconds: number) => String(Date.parse('2026-11-23T10:00:00Z') / 1000 + seconds)

test.each<
  [
    string,
    number,
    Record<string, string>,
    string,
    { kind: string; waitMs: number; until: string } | undefined,
  ]
>([
  [
    'Retry-After',
    403,
    { 'retry-after': '30' },
    secondary,
    { kind: 'secondary', waitMs: 30_000, until: '10:00:30' },
  ],
  [
    'Retry-After without a word',
    429,
    { 'retry-after': '5' },
    '',
    { kind: 'secondary', waitMs: 5000, until: '10:00:05' },
  ],
  [
    'Retry-After of nothing',
    403,
    { 'retry-after': '0' },
    secondary,
    { kind: 'secondary', waitMs: 0, until: '10:00:00' },
  ],
  [
    'Retry-After with an empty budget',
    429,
    { 'retry-after': '7', 'x-ratelimit-remaining': '0' },
    'API rate limit exceeded',
    { kind: 'primary', waitMs: 7000, until: '10:00:07' },
  ],
  [
    'an empty budget',
    403,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(90) },
    'API rate limit exceeded',
    { kind: 'primary', waitMs: 91_000, until: '10:01:31' },
  ],
  [
    'an empty budget that is full again',
    403,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(-90) },
    'API rate limit exceeded',
    { kind: 'primary', waitMs: 0, until: '10:00:00' },
  ],
  [
    'a secondary limit without a time',
    403,
    {},
    secondary,
    { kind: 'secondary', waitMs: 60_000, until: '10:01:00' },
  ],
  [
    'the old name of a secondary limit',
    403,
    {},
    'You have triggered an abuse detection mechanism.',
    { kind: 'secondary', waitMs: 60_000, until: '10:01:00' },
  ],
  ['429 without a time', 429, {}, '', { kind: 'secondary', waitMs: 60_000, until: '10:01:00' }],
  [
    'a Retry-After that is no number',
    429,
    { 'retry-after': 'soon' },
    '',
    { kind: 'secondary', waitMs: 60_000, until: '10:01:00' },
  ],
  [
    'a plain 403',
    403,
    { 'x-ratelimit-remaining': '4999' },
    'Resource not accessible by personal access token',
    undefined,
  ],
  [
    'the last request before the limit',
    200,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(9) },
    '',
    undefined,
  ],
  ['404', 404, {}, secondary, undefined],
])('reads %s', (_, status, headers, message, expected) => {
  const limit = readRateLimit({ status, headers: { date, ...headers }, body: { message } }, now)
  expect(limit && { ...limit, until: limit.until.toISOString().slice(11, 19) }).toEqual(expected)
})

test('counts from our own clock where the answer has no date', () => {
  expect(readRateLimit({ status: 429, headers: { 'retry-after': '60' }, body: {} }, now)).toEqual({
    kind: 'secondary',
    waitMs: 60_000,
    until: new Date('2026-11-23T18:01:00Z'),
  })
})
