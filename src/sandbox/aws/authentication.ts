import type { Exchange } from '../service.ts'
import { AuthenticationFailure } from './authentication-failure.ts'
import type { Caller } from './iam/principal.ts'
import type { Identities } from './identities.ts'
import { parseAuthorization, verifySignature } from './signature.ts'

/** Who sent a request, and to which Region it was signed. */
export interface Sender {
  readonly caller: Caller
  readonly region: string
}

/**
 * Establish who sent a request.
 *
 * @param service the signing name that the request must be scoped to
 * @throws {@link AuthenticationFailure}
 */
export function authenticate(exchange: Exchange, service: string, identities: Identities): Sender {
  const authorization = parseAuthorization(exchange)
  const identity = identities.find(authorization.accessKeyId)
  if (identity?.sessionToken !== exchange.headers['x-amz-security-token'] || !identity) {
    throw new AuthenticationFailure('unknown')
  }
  verifySignature(exchange, authorization, {
    service,
    secretAccessKey: identity.secretAccessKey,
    now: new Date(),
  })
  return { caller: identity.caller, region: authorization.region }
}

/** Who a request says it is from, for a fault's text; nothing is checked. */
export function claimedArn(exchange: Exchange, identities: Identities): string {
  try {
    const { accessKeyId } = parseAuthorization(exchange)
    return identities.find(accessKeyId)?.caller.arn ?? 'anonymous'
  } catch (error) {
    if (error instanceof AuthenticationFailure) return 'anonymous'
    throw error
  }
}
