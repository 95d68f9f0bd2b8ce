import { PullthroughError } from '../errors.ts'
import type { Secret } from '../secret.ts'

/** A public key of GitHub's, for one scope (a repository, an environment, …): no other scope can open its boxes. */
export interface PublicKey {
  /** A number too large for a JavaScript number, with leading zeros perhaps: always a string. */
  readonly id: string
  /** 32 bytes of X25519, in base64. */
  readonly key: string
}

/** A box is this many bytes longer than what it holds: an ephemeral public key and an authenticator. */
const overhead = 48

/**
 * The longest value that is sent, in bytes. GitHub takes 48 KB and does not say whether it counts the value or the
 * box, so that the box must fit.
 * https://docs.github.com/en/actions/reference/security/secrets
 */
export const longestValue = 48 * 1024 - overhead

/** Whether GitHub takes a value of this length. */
export function fitsSealedBox(value: Secret): boolean {
  return Buffer.byteLength(value.reveal()) <= longestValue
}

/**
 * Seal a value for GitHub: libsodium's `crypto_box_seal`, in base64 with padding. Every box differs, also of the same
 * value.
 * https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api
 *
 * @throws {@link PullthroughError} `ERR_UNEXPECTED_ANSWER` if the key is not one.
 */
export async function seal(value: Secret, { key }: PublicKey): Promise<string> {
  const bytes = Buffer.from(key, 'base64')
  if (bytes.length !== 32 || bytes.toString('base64') !== key) {
    throw new PullthroughError(
      'ERR_UNEXPECTED_ANSWER',
      'GitHub sent a public key that is not 32 bytes in base64',
    )
  }
  const { default: sodium } = await import('libsodium-wrappers')
  await sodium.ready
  return sodium.to_base64(sodium.crypto_box_seal(value.reveal(), bytes), sodium.base64_variants.ORIGINAL)
}
