import { xsalsa20poly1305, hsalsa } from '@noble/ciphers/salsa.js'
import { x25519 } from '@noble/curves/ed25519.js'
import { blake2b } from '@noble/hashes/blake2.js'
import { expect, test } from 'vitest'
import { fitsSealedBox, longestValue, seal } from '../../src/github/sealed-box.ts'
import { Secret } from '../../src/secret.ts'

/** Open a box with the secret key of either side, without the library that sealed it. */
function open(
  box: string,
  recipientKey: Uint8Array,
  shared: (ephemeralKey: Uint8Array) => Uint8Array,
): string {
  const bytes = new Uint8Array(Buffer.from(box, 'base64'))
  const ephemeralKey = bytes.subarray(0, 32)
  const nonce = blake2b(Buffer.concat([ephemeralKey, recipientKey]), { dkLen: 24 })
  return Buffer.from(
    xsalsa20poly1305(boxKey(shared(ephemeralKey)), nonce).decrypt(bytes.subarray(32)),
  ).toString()
}

/** `crypto_box_beforenm`: HSalsa20 of the shared point and no nonce. */
function boxKey(point: Uint8Array): Uint8Array {
  const words = (bytes: Uint8Array) => new Uint32Array(Uint8Array.from(bytes).buffer)
  const key = new Uint32Array(8)
  hsalsa(words(Buffer.from('expand 32-byte k')), words(point), words(new Uint8Array(16)), key)
  return new Uint8Array(key.buffer)
}

test('is opened by a test that also opens the box of gh’s own tests', () => {
  const recipientKey = Buffer.from('CDjXqf7AJBXWhMczcy+Fs7JlACEptgceysutztHaFQI=', 'base64')
  const ephemeralSecret = new Uint8Array(32).fill(5)
  const box = 'UKYUCbHd0DJemxa3AOcZ6XcsBwALG9d4bpB8ZT0gSV39vl3BHiGSgj8zJapDxgB2BwqNqRhpjC4='
  expect(open(box, recipientKey, () => x25519.getSharedSecret(ephemeralSecret, recipientKey))).toBe(
    'a secret',
  )
})

const { secretKey, publicKey } = x25519.keygen()
const key = { id: '012345678912345678', key: Buffer.from(publicKey).toString('base64') }

test.each([
  ['a token', 'dckr_pat_0123456789abcdefghijklmnopq'],
  ['quotes, backslashes, line breaks and a command', '"\\\n\r$(true)`'],
  ['characters beyond ASCII', 'пароль – 密码 🐳'],
  ['a NUL', 'a\0b'],
  ['the longest value', 'x'.repeat(longestValue)],
])('seals %s so that only the key’s owner opens it', async (_, value) => {
  const box = await seal(new Secret(value), key)
  expect(open(box, publicKey, (ephemeral) => x25519.getSharedSecret(secretKey, ephemeral))).toBe(value)
  expect(Buffer.from(box, 'base64')).toHaveLength(Buffer.byteLength(value) + 48)
  expect(box).toMatch(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/)
})

test('makes another box of the same value each time', async () => {
  expect(await seal(new Secret('same'), key)).not.toBe(await seal(new Secret('same'), key))
})

test.each([
  ['is empty', ''],
  ['is too short', Buffer.alloc(31).toString('base64')],
  ['is too long', Buffer.alloc(33).toString('base64')],
  ['is not base64', '!'.repeat(44)],
  ['is in the alphabet for URLs', Buffer.alloc(32, 0xfb).toString('base64url')],
])('refuses a key that %s', async (_, text) => {
  await expect(seal(new Secret('x'), { id: '1', key: text })).rejects.toMatchObject({
    code: 'ERR_UNEXPECTED_ANSWER',
    message: 'GitHub sent a public key that is not 32 bytes in base64',
  })
})

test.each([
  ['takes what fits with the box around it', 'x'.repeat(49_104), true],
  ['does not take a byte more', 'x'.repeat(49_105), false],
  ['counts bytes, not characters', 'ü'.repeat(24_553), false],
])('%s', (_, value, fits) => {
  expect(fitsSealedBox(new Secret(value))).toBe(fits)
})
