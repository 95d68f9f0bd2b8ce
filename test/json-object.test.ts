import { expect, test } from 'vitest'
import { isJsonObject, membersOf, parseJsonObject } from '../src/json-object.ts'

test('reads an object', () => {
  expect(parseJsonObject('{"a":[1]}')).toEqual({ a: [1] })
  expect(membersOf({ a: 1 })).toEqual({ a: 1 })
})

test.each([['null'], ['5'], ['"x"'], ['[]'], ['<html>'], ['']])('takes %s for no JSON object', (text) => {
  expect(parseJsonObject(text)).toBeUndefined()
})

test.each([[null], [5], ['x'], [[1]], [undefined]])('finds no members in %j', (value) => {
  expect(isJsonObject(value)).toBe(false)
  expect(membersOf(value)).toEqual({})
})
