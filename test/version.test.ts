import fc from 'fast-check'
import { expect, test } from 'vitest'
import { secretString } from '../src/credential.ts'
import { Secret } from '../src/secret.ts'
import { versionOf } from '../src/version.ts'

const credential = (username: string, token: string) =>
  ({ upstream: 'docker-hub', username, token: new Secret(token) }) as const

// Computed apart from this code, with Python's hashlib.scrypt over the same text and salt.
test('derives the documented id', async () => {
  expect(await versionOf(credential('sandbox', 'dckr_pat_sandbox_0123456789abcdefghi'))).toBe(
    'ae0353be-b459-833f-a0a2-95d2b0c3a22c',
  )
})

test('gives the same credential the same id, and any other another', async () => {
  const ids = await Promise.all(
    [
      credential('a', 'bc'),
      credential('a', 'bc'),
      credential('ab', 'c'),
      credential('a', 'bC'),
      credential('a"', 'bc'),
    ].map(versionOf),
  )
  expect(ids[0]).toBe(ids[1])
  expect(new Set(ids).size).toBe(4)
})

test('is a UUID of version 8 that Secrets Manager takes as a ClientRequestToken', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string({ unit: 'binary' }), async (username, token) => {
      expect(await versionOf(credential(username, token))).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
    }),
    { numRuns: 5 },
  )
})

test('the secret is the JSON text that ECR reads, whatever the token holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (username, token) => {
      const text = secretString(credential(username, token))
      expect(JSON.parse(text)).toEqual({ username, accessToken: token })
      expect(Object.keys(JSON.parse(text) as object)).toEqual(['username', 'accessToken'])
    }),
  )
})
