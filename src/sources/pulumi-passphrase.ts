import { createDecipheriv, pbkdf2 } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { PullthroughError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { World } from '../world.ts'

/** Opens one ciphertext, `v1:NONCE:DATA`. `undefined` means that it is damaged, or of another key. */
export type Decrypt = (ciphertext: string) => Secret | undefined

/** A passphrase, and where it came from. */
export interface Passphrase {
  readonly bytes: Buffer
  /** `PULUMI_CONFIG_PASSPHRASE`, or that with `_FILE` and the path. */
  readonly origin: string
}

/**
 * The passphrase of stack config: `PULUMI_CONFIG_PASSPHRASE`, and an empty one is one; else the content of the file
 * that `PULUMI_CONFIG_PASSPHRASE_FILE` names, without white space around it.
 * https://www.pulumi.com/docs/iac/cli/environment-variables/
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if there is none, or the file cannot be read.
 */
export async function readPassphrase({ env, cwd }: World): Promise<Passphrase> {
  const passphrase = env['PULUMI_CONFIG_PASSPHRASE']
  if (passphrase !== undefined) return { bytes: Buffer.from(passphrase), origin: 'PULUMI_CONFIG_PASSPHRASE' }
  const path = env['PULUMI_CONFIG_PASSPHRASE_FILE']
  if (!path) {
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', 'no passphrase for the stack’s secrets', {
      hint: 'set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE; an empty passphrase is set as an empty variable',
    })
  }
  const origin = `PULUMI_CONFIG_PASSPHRASE_FILE (${path})`
  try {
    return { bytes: trimmed(await readFile(resolve(cwd, path))), origin }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown failure'
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', `cannot read ${origin}: ${code}`, {
      hint: 'check the path; a relative one begins at the current directory',
      cause: error,
    })
  }
}

/**
 * Make the key of a stack's secrets from its passphrase and the stack file's `encryptionsalt`, and check it against
 * the word that is encrypted there. One derivation takes some 180 ms, off the main thread.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/secrets/passphrase/manager.go and
 * https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/config/crypt.go
 *
 * @param encryptionSalt `v1:SALT:v1:NONCE:DATA`
 * @param file the stack file, for errors
 *
 * @throws {@link PullthroughError} `ERR_SOURCE_UNREADABLE` if the salt is malformed or the passphrase is wrong.
 */
export async function openWithPassphrase(
  encryptionSalt: string,
  { bytes, origin }: Passphrase,
  file: string,
): Promise<Decrypt> {
  const [version, encodedSalt = '', ...word] = encryptionSalt.split(':')
  const salt = decodeBase64(encodedSalt)
  if (version !== 'v1' || salt === undefined || word.length !== 3) {
    throw new PullthroughError('ERR_SOURCE_UNREADABLE', `the encryptionsalt of ${file} is malformed`, {
      hint: `bring the line back from version control: without it the secrets of ${file} cannot be read`,
    })
  }
  const key = await promisify(pbkdf2)(bytes, salt, 1_000_000, 32, 'sha256')
  if (decryptBytes(key, word.join(':'))?.toString() !== 'pulumi') throw wrongPassphrase(bytes, origin, file)
  return (ciphertext) => decryptText(key, ciphertext)
}

/**
 * What Go's `strings.TrimSpace` leaves. Bytes that are not UTF-8 stay as they are: a passphrase may be random bytes.
 */
function trimmed(content: Buffer): Buffer {
  const text = content.toString()
  if (Buffer.from(text).equals(content)) {
    return Buffer.from(text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, ''))
  }
  return Buffer.from(content.toString('latin1').replace(/^[\t-\r ]+|[\t-\r ]+$/g, ''), 'latin1')
}

function wrongPassphrase(bytes: Buffer, origin: string, file: string): PullthroughError {
  return new PullthroughError('ERR_SOURCE_UNREADABLE', `wrong passphrase for ${file}`, {
    hint:
      bytes.length === 0
        ? `${origin} is empty; GitHub gives empty secrets to pull requests from forks and to Dependabot`
        : `set ${origin.split(' ')[0]} to the passphrase that the stack was made with`,
  })
}

function decryptText(key: Buffer, ciphertext: string): Secret | undefined {
  const bytes = decryptBytes(key, ciphertext)
  if (bytes === undefined) return undefined
  try {
    // A byte-order mark at the beginning belongs to the value.
    return new Secret(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function decryptBytes(key: Buffer, ciphertext: string): Buffer | undefined {
  const [version, encodedNonce = '', encodedData = '', ...others] = ciphertext.split(':')
  const nonce = decodeBase64(encodedNonce)
  const data = decodeBase64(encodedData)
  if (version !== 'v1' || others.length > 0 || nonce?.length !== 12 || data === undefined) return undefined
  if (data.length < tagLength) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
  decipher.setAuthTag(data.subarray(-tagLength))
  const opened = decipher.update(data.subarray(0, -tagLength))
  try {
    return Buffer.concat([opened, decipher.final()])
  } catch {
    return undefined
  }
}

const tagLength = 16

/** Standard base64 with its padding. Node would skip what is not base64; Go, and so the CLI, refuses it. */
function decodeBase64(text: string): Buffer | undefined {
  const encoded = text.replaceAll(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) return undefined
  return Buffer.from(encoded, 'base64')
}
