import { tokenMissing, twoValues } from './errors.ts'
import type { SecretValue } from './secret.ts'

/**
 * The value in a request, if there is one.
 *
 * @throws `InvalidParameterException` for both kinds at once
 */
export function readValue({
  SecretString: text,
  SecretBinary: bytes,
}: {
  readonly SecretString?: string
  readonly SecretBinary?: Buffer
}): SecretValue | undefined {
  if (text !== undefined && bytes !== undefined) throw twoValues()
  if (text !== undefined) return { kind: 'string', text }
  return bytes && { kind: 'binary', bytes }
}

/**
 * The token of a request. SDKs make one where the user gives none; whoever speaks HTTP has to.
 *
 * @throws `InvalidRequestException`
 */
export function readToken({ ClientRequestToken: token }: { readonly ClientRequestToken?: string }): string {
  if (token === undefined) throw tokenMissing()
  return token
}
