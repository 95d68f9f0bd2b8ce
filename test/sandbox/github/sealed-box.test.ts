import { x25519 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import sodium from 'libsodium-wrappers'
import { beforeAll, describe, expect, test } from 'vitest'
import { createKeyPair, openSealedBox, openWithSharedPoint } from '../../../src/sandbox/github/sealed-box.ts'

beforeAll(() => sodium.ready)

const decode = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8')

describe('the vector of the gh command’s own tests', () => {
  const publicKey = Buffer.from('CDjXqf7AJBXWhMczcy+Fs7JlACEptgceysutztHaFQI=', 'base64')
  const ephemeralSecretKey = new Uint8Array(32).fill(5)
  const sealed = Buffer.from(
    'UKYUCbHd0DJemxa3AOcZ6XcsBwALG9d4bpB8ZT0gSV39vl3BHiGSgj8zJapDxgB2BwqNqRhpjC4=',
    'base64',
  )

  test('starts with the ephemeral public key', () => {
    expect([...sealed.subarray(0, 32)]).toEqual([...x25519.getPublicKey(ephemeralSecretKey)])
  })

  // The recipient's secret key is not known; both sides of the exchange compute the same shared point.
  test('opens from the sender’s side', () => {
    const shared = x25519.getSharedSecret(ephemeralSecretKey, publicKey)
    expect(decode(openWithSharedPoint(sealed, publicKey, shared))).toBe('a secret')
  })
})

describe('what libsodium sealed', () => {
  test('opens, whatever it is', () => {
    const pair = createKeyPair()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (value) => {
        const opened = openSealedBox(sodium.crypto_box_seal(value, pair.publicKey), pair)
        expect(opened && [...opened]).toEqual([...value])
      }),
      { numRuns: 50 },
    )
  })

  test('opens with a key pair that libsodium made', () => {
    const { publicKey, privateKey } = sodium.crypto_box_keypair()
    const sealed = sodium.crypto_box_seal('größer als 1\n', publicKey)
    expect(decode(openSealedBox(sealed, { publicKey, secretKey: privateKey }))).toBe('größer als 1\n')
  })

  test('does not open with one bit changed', () => {
    const pair = createKeyPair()
    const sealed = sodium.crypto_box_seal('value', pair.publicKey)
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        // The highest bit of an X25519 public key is ignored (RFC 7748, section 5), but it enters the nonce.
        const damaged = Uint8Array.from(sealed)
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(openSealedBox(damaged, pair)).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })

  test('does not open with another key', () => {
    const sealed = sodium.crypto_box_seal('value', createKeyPair().publicKey)
    expect(openSealedBox(sealed, createKeyPair())).toBeUndefined()
  })

  test.each([
    ['nothing', 0],
    ['less than the overhead', 47],
    ['zeros', 64],
  ])('does not open when it is %s', (_, length) => {
    expect(openSealedBox(new Uint8Array(length), createKeyPair())).toBeUndefined()
  })
})
