import type { Refusal } from './wire.ts'

/** Why a request is not from anybody. */
export type AuthenticationFailureKind =
  'missing' | 'incomplete' | 'unknown' | 'expired-token' | 'bad-signature'

/** A request whose sender is not established; `detail` is a text in place of the usual one. */
export class AuthenticationFailure extends Error {
  override readonly name = 'AuthenticationFailure'
  readonly kind: AuthenticationFailureKind

  constructor(kind: AuthenticationFailureKind, detail = texts[kind]) {
    super(detail)
    this.kind = kind
  }
}

/** The failure as the JSON services say it, all of them with HTTP 400. */
export function jsonAuthenticationRefusal({ kind, message }: AuthenticationFailure): Refusal {
  return { code: codes[kind].json, message, status: 400 }
}

/** The failure as STS and IAM say it. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
export function queryAuthenticationRefusal({ kind, message }: AuthenticationFailure): Refusal {
  return { code: codes[kind].query, message, status: kind === 'incomplete' ? 400 : 403 }
}

/** None of these was recorded against AWS: the codes are documented, the texts come from memory. */
const texts: Readonly<Record<AuthenticationFailureKind, string>> = {
  missing: 'Missing Authentication Token',
  incomplete: 'The request signature does not conform to AWS standards.',
  unknown: 'The security token included in the request is invalid.',
  'expired-token': 'The security token included in the request is expired',
  'bad-signature':
    'The request signature we calculated does not match the signature you provided. ' +
    'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
}

const codes: Readonly<Record<AuthenticationFailureKind, { readonly json: string; readonly query: string }>> =
  {
    missing: { json: 'MissingAuthenticationTokenException', query: 'MissingAuthenticationToken' },
    incomplete: { json: 'IncompleteSignatureException', query: 'IncompleteSignature' },
    unknown: { json: 'UnrecognizedClientException', query: 'InvalidClientTokenId' },
    'expired-token': { json: 'ExpiredTokenException', query: 'ExpiredToken' },
    'bad-signature': { json: 'InvalidSignatureException', query: 'SignatureDoesNotMatch' },
  }
