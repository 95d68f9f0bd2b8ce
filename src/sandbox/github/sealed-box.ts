import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { x25519 } from '@noble/curves/ed25519.js'
import { blake2b } from '@noble/hashes/blake2.js'

/** An X25519 key pair: what GitHub keeps for each scope that holds secrets. */
export interface KeyPair {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/** A sealed box is this many bytes longer than what it holds: an ephemeral public key and a Poly1305 tag. */
const sealedBoxOverhead = 48

const publicKeyBytes = 32

export function createKeyPair(): KeyPair {
  return x25519.keygen()
}

/**
 * Open libsodium's `crypto_box_seal`.
 * https://doc.libsodium.org/public-key_cryptography/sealed_boxes
 *
 * @returns what was sealed, or `undefined` if it was not sealed to this key or was damaged
 */
export function openSealedBox(sealed: Uint8Array, { publicKey, secretKey }: KeyPair): Uint8Array | undefined {
  if (sealed.length < sealedBoxOverhead) return undefined
  try {
    const shared = x25519.getSharedSecret(secretKey, sealed.subarray(0, publicKeyBytes))
    return openWithSharedPoint(sealed, publicKey, shared)
  } catch {
    // A weak ephemeral key, or a tag that does not match: noble throws for both.
    return undefined
  }
}

/**
 * The second half of opening, with the Diffie-Hellman result at hand; either side of the exchange can compute it.
 *
 * @throws noble's error if the tag does not match.
 */
export function openWithSharedPoint(
  sealed: Uint8Array,
  recipientPublicKey: Uint8Array,
  shared: Uint8Array,
): Uint8Array {
  const ephemeralPublicKey = sealed.subarray(0, publicKeyBytes)
  const nonce = blake2b(Buffer.concat([ephemeralPublicKey, recipientPublicKey]), { dkLen: 24 })
  return xsalsa20poly1305(boxKey(shared), nonce).decrypt(sealed.subarray(publicKeyBytes))
}

/** `crypto_box_beforenm`: HSalsa20 of the shared point with a nonce of zeros. */
function boxKey(shared: Uint8Array): Uint8Array {
  const key = new Uint32Array(8)
  hsalsa(words(Buffer.from('expand 32-byte k')), words(shared), new Uint32Array(4), key)
  return new Uint8Array(key.buffer)
}

/** The same bytes as 32-bit words, in memory of their own so that they are aligned. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}
