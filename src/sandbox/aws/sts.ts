import type { Fault } from '../fault.ts'
import type { Answer, Exchange, Operation } from '../service.ts'
import { authenticate, claimedArn } from './authentication.ts'
import { AuthenticationFailure, queryAuthenticationRefusal } from './authentication-failure.ts'
import type { Identities } from './identities.ts'
import { notImplemented } from './not-implemented.ts'
import { ServiceError } from './service-error.ts'
import { namespaces, type Refusal, xmlRefusal, xmlSuccess } from './wire.ts'

/** Recognise a call of STS, which speaks the query protocol: a form that names an `Action`. */
export function recogniseSts(exchange: Exchange, action: string, identities: Identities): Operation {
  return {
    service: 'sts',
    name: action,
    mutating: false,
    perform: () => answer(() => perform(exchange, action, identities)),
    refuse: (fault) =>
      answer(() => {
        throw faultError(fault, { exchange, action, identities })
      }),
  }
}

/** What STS has beyond GetCallerIdentity: https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html */
const undone: readonly string[] = [
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'AssumeRoot',
  'DecodeAuthorizationMessage',
  'GetAccessKeyInfo',
  'GetDelegatedAccessToken',
  'GetFederationToken',
  'GetSessionToken',
  'GetWebIdentityToken',
]

/**
 * GetCallerIdentity needs no permission, and takes a signature for any Region.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
function perform(exchange: Exchange, action: string, identities: Identities): Answer {
  if (undone.includes(action)) throw notImplemented(`sts ${action}`)
  if (action !== 'GetCallerIdentity') {
    throw new ServiceError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`)
  }
  const { caller } = authenticate(exchange, 'sts', identities)
  return xmlSuccess(namespaces.sts, action, {
    Arn: caller.arn,
    UserId: caller.userId,
    Account: caller.account,
  })
}

function answer(output: () => Answer): Answer {
  try {
    return output()
  } catch (error) {
    return xmlRefusal(namespaces.sts, refusalOf(error))
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ServiceError) return error
  if (error instanceof AuthenticationFailure) return queryAuthenticationRefusal(error)
  throw error
}

function faultError(
  fault: Fault,
  {
    exchange,
    action,
    identities,
  }: { readonly exchange: Exchange; readonly action: string; readonly identities: Identities },
): Error {
  switch (fault.kind) {
    case 'throttle':
      return new ServiceError('Throttling', 'Rate exceeded')
    case 'deny':
      return new ServiceError(
        'AccessDenied',
        `User: ${claimedArn(exchange, identities)} is not authorized to perform: sts:${action}`,
        403,
      )
    case 'expired-token':
      return new AuthenticationFailure('expired-token')
    case 'error':
    default:
      return new ServiceError('InternalFailure', 'An error occurred on the server side.', fault.status ?? 500)
  }
}
