import type { Fault } from '../../fault.ts'
import type { Answer } from '../../service.ts'
import type { PullRefusal } from '../ecr/pull-through/pull.ts'

/** Which private registry a request is for. */
export interface Place {
  readonly account: string
  readonly region: string
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export function registryError(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ errors: [{ code, message }] }),
  }
}

/**
 * What somebody gets who brings no login. Seen in https://wom.icu/today-i-learned/2023-09-11 and in many issues, like
 * awslabs/amazon-ecr-credential-helper#319.
 */
export function notAuthorized({ account, region }: Place): Answer {
  const realm = `https://${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`
  return {
    status: 401,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'www-authenticate': `Basic realm="${realm}",service="ecr.amazonaws.com"`,
    },
    body: 'Not Authorized\n',
  }
}

/** The text: akuity/kargo#3482; the status: a comment in joyent/node-docker-registry-client. */
export function invalidToken(): Answer {
  return registryError(400, 'DENIED', 'Your Authorization Token is invalid.')
}

/** awslabs/amazon-ecr-credential-helper#286 */
export function expiredToken(): Answer {
  return registryError(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.')
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/error-pullthroughcache.html */
export function repositoryUnknown(name: string, account: string): Answer {
  const message = `The repository with name '${name}' does not exist in the registry with id '${account}'`
  return registryError(404, 'NAME_UNKNOWN', message)
}

/**
 * Why nothing is pulled, in the registry's words. What is said of an upstream that gives too little or nothing is the
 * sandbox's own.
 */
export function pullRefused(refusal: PullRefusal, name: string, account: string): Answer {
  switch (refusal) {
    case 'repository-not-found':
      return repositoryUnknown(name, account)
    case 'image-not-found':
    case 'tag-mismatch':
      return registryError(404, 'MANIFEST_UNKNOWN', 'Requested image not found')
    case 'secret-unreadable':
    case 'upstream-denied':
      // aws/containers-roadmap#2354
      return registryError(
        403,
        'DENIED',
        'The authentication to the upstream registry failed. Verify that the credentials provided in the pull ' +
          'through cache rule are correct, and try again.',
      )
    case 'upstream-throttled':
      return registryError(429, 'TOOMANYREQUESTS', 'Too many requests were sent to the upstream registry')
    case 'upstream-unavailable':
      return registryError(503, 'UNAVAILABLE', 'The upstream registry is not available')
    case 'upstream-undone':
      return unsupported('imports from this upstream')
  }
}

/** AWS does this, the sandbox does not. */
export function unsupported(what: string): Answer {
  return registryError(501, 'UNSUPPORTED', `the sandbox does not do ${what}; AWS does`)
}

/** A fault in the registry's own words. */
export function registryRefusal(fault: Fault): Answer {
  switch (fault.kind) {
    case 'throttle':
      return registryError(429, 'TOOMANYREQUESTS', 'Rate exceeded')
    case 'deny':
      return registryError(403, 'DENIED', 'User is not authorized to perform this action')
    case 'expired-token':
      return expiredToken()
    default: {
      const status = fault.status ?? 500
      return registryError(status, status === 503 ? 'UNAVAILABLE' : 'UNKNOWN', 'An error occurred')
    }
  }
}
