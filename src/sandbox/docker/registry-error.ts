import type { Fault } from '../fault.ts'
import type { Answer } from '../service.ts'
import type { RequestedAccess } from './access.ts'
import { json, reasonOf, tooManyRequests } from './answer.ts'
import { registryService } from './token-server.ts'

/** Fault kinds that only the registry has. */
export const registryFaults = ['pull-limit'] as const

/** https://distribution.github.io/distribution/spec/api/#errors */
export function registryError(status: number, code: string, message: string, detail?: unknown): Answer {
  return json(status, { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] })
}

/** Why a token does not do; `undefined` if there was none. */
export type TokenProblem = 'invalid_token' | 'insufficient_scope' | undefined

/**
 * The challenge that sends a client to the token server.
 * https://distribution.github.io/distribution/spec/auth/token/
 *
 * @param access what it takes, unless the question was about the registry as a whole
 */
export function challenge(
  authUrl: string,
  access: RequestedAccess | undefined,
  problem: TokenProblem,
): Answer {
  const params = [
    `realm="${authUrl}/token"`,
    `service="${registryService}"`,
    ...(access ? [`scope="${access.type}:${access.name}:${access.actions.join(',')}"`] : []),
    ...(problem === undefined ? [] : [`error="${problem}"`]),
  ]
  const detail =
    access?.actions.map((Action) => ({ Type: access.type, Class: '', Name: access.name, Action })) ?? null
  return json(
    401,
    { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail }] },
    { 'www-authenticate': `Bearer ${params.join(',')}` },
  )
}

/** https://docs.docker.com/docker-hub/usage/pulls/ */
export function pullLimitReached(
  puller: 'user' | 'address',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const message =
    puller === 'user'
      ? 'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit'
      : 'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit'
  return json(429, { errors: [{ code: 'TOOMANYREQUESTS', message }] }, headers)
}

/** A fault in the registry's own words. */
export function registryRefusal(fault: Fault): Answer {
  switch (fault.kind) {
    case 'throttle':
      return tooManyRequests
    case 'pull-limit':
      return pullLimitReached('user')
    case 'deny':
      return registryError(403, 'DENIED', 'requested access to the resource is denied')
    default: {
      const status = fault.status ?? 500
      return registryError(status, codes[status] ?? 'UNKNOWN', reasonOf(status).toLowerCase())
    }
  }
}

/** https://github.com/distribution/distribution/blob/main/registry/api/errcode/register.go */
const codes: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'NAME_UNKNOWN',
  405: 'UNSUPPORTED',
  429: 'TOOMANYREQUESTS',
  503: 'UNAVAILABLE',
}
