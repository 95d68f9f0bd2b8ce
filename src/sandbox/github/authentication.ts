import type { Token } from './token.ts'

/**
 * Both spellings that GitHub takes. No header is no token; a header that names none we know is `unknown`.
 * https://docs.github.com/rest/authentication/authenticating-to-the-rest-api
 */
export function authenticate(
  header: string | undefined,
  tokens: ReadonlyMap<string, Token>,
): Token | undefined | 'unknown' {
  if (header === undefined) return undefined
  const given = /^(?:bearer|token) +(\S+)$/i.exec(header)?.[1]
  return (given === undefined ? undefined : tokens.get(given)) ?? 'unknown'
}
