import { createSign, createVerify, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** The claims of a token; times in seconds since 1970. */
export type Claims = Readonly<Record<string, unknown>>

/** One key for the process, made when first used: making one takes a moment. */
let keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined

function signingKeys() {
  keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 })
  return keys
}

/** Sign claims as a JSON Web Token, RS256. https://www.rfc-editor.org/rfc/rfc7515 */
export function signJwt(claims: Claims): string {
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  const signature = createSign('RSA-SHA256').update(signed).sign(signingKeys().privateKey)
  return `${signed}.${signature.toString('base64url')}`
}

/**
 * The claims of a token that was signed here, is for `audience`, and is in force at `now`.
 *
 * @param now in seconds since 1970
 */
export function verifyJwt(
  token: string,
  { audience, now }: { readonly audience: string; readonly now: number },
): Claims | undefined {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || decode(header)?.['alg'] !== 'RS256') return undefined
  const genuine = createVerify('RSA-SHA256')
    .update(`${header}.${payload}`)
    .verify(signingKeys().publicKey, Buffer.from(signature, 'base64url'))
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
