import { gunzipSync } from 'node:zlib'
import { isJsonObject } from '../json-object.ts'

/** How many layers are taken off a text: base64 in JSON in base64 is three. */
const deepest = 5
/** More than this is not unpacked, in bytes. */
const longestUnpacked = 8 * 1024 * 1024

/** Docker Hub’s tokens have 27 characters or more after the prefix; what is much shorter is a placeholder. */
const token = /dckr_[po]at_[\w-]{20,}/

/** The secret’s JSON inside a longer text, such as a script, its quotes escaped or not. */
const member = (name: string) => String.raw`\\*"${name}\\*"\s*:\s*\\*"[^"]+"`
const pair = new RegExp(
  String.raw`\{\s*(?:${member('username')}\s*,\s*${member('accessToken')}|${member('accessToken')}\s*,\s*${member('username')})\s*\}`,
)

/** What of a credential a text can hold, in words. */
export type CredentialPart = 'a Docker Hub access token' | 'a username and access token as ECR reads them'

/**
 * What of a credential is in a text: as it is, in JSON, in base64, compressed with gzip, or several of these.
 *
 * It knows a token by its shape, and a password only in the JSON that ECR reads. It does not find what is encrypted,
 * split over several texts, or encoded in another way.
 */
export function credentialIn(text: string, depth = deepest): CredentialPart | undefined {
  if (token.test(text)) return 'a Docker Hub access token'
  if (pair.test(text)) return 'a username and access token as ECR reads them'
  if (depth === 0) return undefined
  return inJson(text, depth - 1) ?? inBase64(text, depth - 1)
}

/** A text of the user’s own without the tokens in it, for a message. */
export function withoutCredentials(text: string): string {
  return credentialIn(text) === undefined ? text : '…'
}

function inJson(text: string, depth: number): CredentialPart | undefined {
  if (!/^\s*[[{"]/.test(text)) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  // A list instead of a recursion: such a text can be nested deeper than the stack.
  const open = [parsed]
  while (open.length > 0) {
    const value = open.pop()
    const found = typeof value === 'string' ? credentialIn(value, depth) : undefined
    if (found !== undefined) return found
    if (typeof value !== 'object' || value === null) continue
    if (isPair(value)) return 'a username and access token as ECR reads them'
    for (const key of Object.keys(value)) open.push(key)
    for (const inner of Object.values(value) as readonly unknown[]) open.push(inner)
  }
  return undefined
}

/** The value of the secret has these two keys and no other. */
function isPair(value: object): boolean {
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return false
  const { username, accessToken } = value
  return typeof username === 'string' && typeof accessToken === 'string' && accessToken !== ''
}

function inBase64(text: string, depth: number): CredentialPart | undefined {
  // Encoders break lines; a longer text has base64 among other words, in one of its two alphabets.
  const whole = text.replaceAll(/\s+/g, '')
  const candidates = new Set([
    ...(/^[\w+/-]{40,}={0,2}$/.test(whole) ? [whole] : []),
    ...(text.match(/[A-Za-z0-9+/]{40,}/g) ?? []),
    ...(text.match(/[\w-]{40,}/g) ?? []),
  ])
  for (const candidate of candidates) {
    const found = credentialIn(unpacked(Buffer.from(candidate, 'base64')), depth)
    if (found !== undefined) return found
  }
  return undefined
}

function unpacked(bytes: Buffer): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return gunzipSync(bytes, { maxOutputLength: longestUnpacked }).toString('latin1')
    } catch {
      // It only looked like gzip, or is larger than anything that is looked into.
    }
  }
  return bytes.toString('latin1')
}
