import type { Secret } from './secret.ts'

/** More of a server's text than this does not help anybody, in characters. */
const longest = 200

/**
 * What a server said, made fit for a message: one line without control characters, at most 200 characters.
 *
 * @param secrets what was sent along: a text that repeats one of them is not shown at all
 *
 * @returns `undefined` if there is no text, or none that may be shown.
 */
export function serverText(text: unknown, secrets: readonly Secret[]): string | undefined {
  if (typeof text !== 'string') return undefined
  if (secrets.some((secret) => repeats(text, secret))) return undefined
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim()
  if (line === '') return undefined
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

/** Whether a text has a secret in it: as it is, or as a request carried it. */
export function repeats(text: string, secret: Secret): boolean {
  return formsOf(secret).some((form) => text.includes(form))
}

/** The forms in which a server may repeat what it was sent: as it is, or as the request carried it. */
function formsOf(secret: Secret): readonly string[] {
  const value = secret.reveal()
  const escaped = JSON.stringify(value).slice(1, -1)
  return [
    value,
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
  ]
}
