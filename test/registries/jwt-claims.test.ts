import { expect, test } from 'vitest'
import { jwtClaims } from '../../src/registries/jwt-claims.ts'

const encode = (text: string) => Buffer.from(text).toString('base64url')

test('reads the claims of a token', () => {
  expect(jwtClaims(`${encode('{"alg":"RS256"}')}.${encode('{"sub":"müller","n":1}')}.signature`)).toEqual({
    sub: 'müller',
    n: 1,
  })
})

test.each([
  ['empty text', ''],
  ['an opaque token', 'dckr_jti_abc'],
  ['two parts', `a.${encode('{}')}`],
  ['four parts', `a.${encode('{}')}.b.c`],
  ['a payload that is no JSON', `a.${encode('{')}.b`],
  ['a payload that is no object', `a.${encode('[1]')}.b`],
])('reads nothing from %s', (_, token) => {
  expect(jwtClaims(token)).toBeUndefined()
})
