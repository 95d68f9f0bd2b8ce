import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { type Credential, secretNames, secretString } from './credential.ts'

/**
 * The credential's fingerprint, and the VersionId of the Secrets Manager version that holds it.
 *
 * A UUID of version 8 (RFC 9562, section 5.8) made of 16 bytes of scrypt over the secret's JSON text, salted with the
 * secret's name: the same credential always has the same id, and the id tells nobody the token. scrypt (RFC 7914)
 * makes guessing a weak password from the id slow; N is 2^14, so one derivation takes 16 MiB and some 60 ms.
 */
export async function versionOf(credential: Credential): Promise<string> {
  const key = await promisify<string, string, number, object, Buffer>(scrypt)(
    secretString(credential),
    secretNames[credential.upstream],
    16,
    { N: 2 ** 14, r: 8, p: 1, maxmem: 64 * 2 ** 20 },
  )
  return uuidVersion8(key)
}

function uuidVersion8(bytes: Buffer): string {
  const marked = Buffer.from(bytes)
  marked.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  marked.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return marked.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
