import { parseJsonObject } from '../json-object.ts'

/**
 * Read what a JSON Web Token claims, without verifying it: whoever sent it vouches for it. `undefined` for a token of
 * another form.
 * https://www.rfc-editor.org/rfc/rfc7519#section-3
 */
export function jwtClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature, ...rest] = token.split('.')
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined
  return parseJsonObject(Buffer.from(payload, 'base64url').toString('utf8'))
}
