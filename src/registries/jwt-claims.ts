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

/** Read a JSON object; `undefined` if the text is anything else. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown>
  } catch {
    return undefined
  }
}
