import { expect, test } from 'vitest'
import { formatMoment, parseDateHeader, parseSeconds } from '../src/answer-time.ts'

test('reads and shows a moment to the second', () => {
  const moment = parseDateHeader('Mon, 23 Nov 2026 10:00:00 GMT')
  expect(moment && formatMoment(moment)).toBe('2026-11-23T10:00:00Z')
  expect(formatMoment(new Date('2026-11-23T10:00:00.999Z'))).toBe('2026-11-23T10:00:00Z')
})

test.each([undefined, null, '', 'soon'])('reads no moment from %j', (text) => {
  expect(parseDateHeader(text)).toBeUndefined()
})

test.each([
  ['0', 0],
  ['90', 90],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['9999999999999', undefined],
])('reads %j as %j seconds', (text, seconds) => {
  expect(parseSeconds(text)).toBe(seconds)
})
