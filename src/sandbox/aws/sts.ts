import { queryService } from './query-service.ts'
import { ServiceError } from './service-error.ts'

/** Recognise a call of STS, whose only operation here is GetCallerIdentity. */
export const recogniseSts = queryService('2011-06-15', {
  name: 'sts',
  reads: {
    // It needs no permission, and takes a signature for any Region.
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    GetCallerIdentity: ({ caller }) => ({ Arn: caller.arn, UserId: caller.userId, Account: caller.account }),
  },
  writes: {},
  isUndone: (name) => undone.includes(name),
  denied: ({ callerArn, operation }) =>
    new ServiceError(
      'AccessDenied',
      `User: ${callerArn} is not authorized to perform: sts:${operation}`,
      403,
    ),
  serverError: { code: 'InternalFailure', message: 'An error occurred on the server side.' },
})

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
