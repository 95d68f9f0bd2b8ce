import { PullthroughError } from '../errors.ts'
import { noAnswerFrom } from '../http.ts'
import type { Secret } from '../secret.ts'
import { serverText } from '../server-text.ts'
import type { World } from '../world.ts'

/** Which call failed, for the words of an error. */
export interface AwsCall {
  readonly service: 'sts' | 'secretsmanager' | 'ecr' | 'iam'
  readonly operation: string
  readonly region: string
}

/** The names under which AWS says that it does not accept the caller's credentials. */
const unauthenticated = [
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
]

/** The names under which the SDK says that it found no usable credentials. */
const withoutCredentials = [
  'CredentialsProviderError',
  'TokenProviderError',
  'ProcessCredentialsProviderError',
]

const throttled = [
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
]

/** What the SDK calls an answer that it could not read. */
const unnamed = ['SyntaxError', 'Unknown', 'Error', 'UnknownError']

/** What was observed no longer holds. */
const changedMeanwhile = [
  'ResourceExistsException',
  'ResourceNotFoundException',
  'InvalidRequestException',
  'InvalidParameterException',
  'PreconditionNotMetException',
]

/**
 * Turn what the AWS SDK threw into an error of ours, once, where its meaning is known. Only what `observe` takes for
 * an answer (`ResourceNotFoundException`) must be sorted out before.
 *
 * @param sent what the call carried that must not show, should something on the way repeat it
 */
export function awsError(
  error: unknown,
  call: AwsCall,
  world: World,
  sent: readonly Secret[] = [],
): PullthroughError {
  if (error instanceof PullthroughError) return error
  if (world.signal.aborted) return new PullthroughError('ERR_INTERRUPTED', 'interrupted')

  const { service, operation, region } = call
  const { name, message, status } = factsOf(error, sent)
  const where = `${service}:${operation} in ${region}`
  const cause = new Error(`${name}: ${message}`)

  if (withoutCredentials.includes(name)) {
    return new PullthroughError('ERR_UNAUTHENTICATED', `no AWS credentials: ${message}`, {
      hint: 'set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run: aws sso login',
      cause,
    })
  }
  if (unauthenticated.includes(name)) {
    const expired = name.includes('Expired')
    return new PullthroughError(
      'ERR_UNAUTHENTICATED',
      `AWS does not accept these credentials (${name}): ${message}`,
      {
        hint: expired
          ? 'renew the session, for example: aws sso login'
          : 'check which keys or profile are in use: aws sts get-caller-identity',
        cause,
      },
    )
  }
  if (name === 'AccessDeniedException' || name === 'AccessDenied') {
    // AWS names the action that was refused; it may be another one than that of the call (sts:AssumeRole…, kms:…).
    const action = /not authorized to perform:? ([\w-]+:\w+)/.exec(message)?.[1] ?? `${service}:${operation}`
    const hint = message.includes('explicit deny')
      ? `a policy denies ${action} explicitly: change that statement`
      : `allow ${action} to the role or user that runs this`
    return new PullthroughError('ERR_DENIED', `AWS denies ${where}: ${message}`, { hint, cause })
  }
  if (throttled.includes(name) || status === 429) {
    return new PullthroughError('ERR_RATE_LIMITED', `AWS throttles ${where}: ${message}`, {
      hint: 'wait a minute and run it again',
      cause,
    })
  }
  if (status === undefined) {
    // A mistake in a program, ours or the SDK's, is not an outage.
    if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError)
      throw error
    return noAnswerFrom(`AWS (${where})`, error, world)
  }
  if (status >= 500 || error instanceof SyntaxError) {
    return new PullthroughError(
      'ERR_UNEXPECTED_ANSWER',
      `AWS answered ${where} with status ${status}${status >= 500 && !unnamed.includes(name) ? ` (${name})` : ', not in its own form'}`,
      {
        hint: 'run it again; see https://health.aws.amazon.com if it stays',
        cause,
      },
    )
  }
  return new PullthroughError('ERR_STATE', `AWS refuses ${where} (${name}): ${message}`, {
    ...(changedMeanwhile.includes(name)
      ? { hint: 'something else changed the secret meanwhile: run it again' }
      : {}),
    cause,
  })
}

/** The modelled name, its text, and the HTTP status if there was an answer. */
function factsOf(error: unknown, sent: readonly Secret[]) {
  const { name, message } = error instanceof Error ? error : { name: 'Unknown', message: String(error) }
  const { $metadata, $response } = Object(error) as {
    $metadata?: { httpStatusCode?: number }
    $response?: { statusCode?: number }
  }
  return {
    name: serverText(name, sent) ?? 'Unknown',
    message: serverText(message, sent) ?? 'it gives no reason that can be shown',
    status: $metadata?.httpStatusCode ?? $response?.statusCode,
  }
}
