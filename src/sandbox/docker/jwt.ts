import { createSign, createVerify, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** The claims of a token; times in seconds since 1970. */
export type Claims = Readonly<Record<string, unknown>>

interface SigningKeys {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** One pair for the process: making one takes a moment. */
let keys: Promise<SigningKeys> | undefined

/** The pair that signs. To be called early, so that the first token need not wait for it. */
export function signingKeys(): Promise<SigningKeys> {
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return keys
}

/** Sign claims as a JSON Web Token, RS256. https://www.rfc-editor.org/rfc/rfc7515 */
export async function signJwt(claims: Claims): Promise<string> {
  const { privateKey } = await signingKeys()
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  const signature = createSign('RSA-SHA256').update(signed).sign(privateKey)
  return `${signed}.${signature.toString('base64url')}`
}

/**
 * The claims of a token that was signed here, is for `audience`, and is in force at `now`.
 *
 * @param now in seconds since 1970
 */
export async function verifyJwt(
  token: string,
  { audience, now }: { readonly audience: string; readonly now: number },
): Promise<Claims | undefined> {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || decode(header)?.['alg'] !== 'RS256') return undefined
  const { publicKey } = await signingKeys()
  const genuine = createVerify('RSA-SHA256')
    .update(`${header}.${payload}`)
    .verify(publicKey, Buffer.from(signature, 'base64url'))
  const claims = genuine ? decode(payload) : undefined
  if (!claims) return undefined
  const { aud, nbf = 0, exp } = claims
  if (aud !== audience) return undefined
  if (typeof exp !== 'number' || typeof nbf !== 'number') return undefined
  return nbf <= now && now < exp ? claims : undefined
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined
  } catch {
    return undefined
  }
}
