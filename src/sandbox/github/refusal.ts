import { STATUS_CODES } from 'node:http'
import type { Fault } from '../fault.ts'
import type { Answer } from '../service.ts'
import { problem } from './answer.ts'
import { versionRetired } from './api-version.ts'
import type { Call } from './call.ts'
import { limitOf } from './rate-limit.ts'
import type { Token } from './token.ts'

/** Kinds of faults that only GitHub has. */
export const gitHubFaults = [
  'primary-limit',
  'secondary-limit',
  'sso',
  'retired-version',
  'secret-lag',
  'rotated-key',
] as const

/** Whether a fault changes the answer rather than replaces it. */
export function changesAnswer({ kind }: Fault): boolean {
  return kind === 'secret-lag' || kind === 'rotated-key'
}

/** What GitHub says when it will not serve a request that is in order. */
export function refusal(fault: Fault, { token, params, clock, documentation }: Call): Answer {
  switch (fault.kind) {
    case 'throttle':
      return secondaryLimit(fault.status ?? 429, fault['retryAfter'], 1)
    case 'secondary-limit':
      return secondaryLimit(fault.status ?? 403, fault['retryAfter'], 60)
    case 'primary-limit': {
      const reset = Math.floor(clock.now().getTime() / 1000) + seconds(fault['resetSeconds'], 60)
      return primaryLimit(token, reset, fault.status ?? 403)
    }
    case 'retired-version':
      return versionRetired
    case 'deny':
      return problem(403, deniedText(token), documentation)
    case 'sso':
      return problem(403, samlText, samlPage, {
        'x-github-sso': `required; url=https://github.com/orgs/${params['owner'] ?? 'acme'}/sso?authorization_request=AAAAAAAA`,
      })
    default: {
      const status = fault.status ?? 500
      return problem(
        status,
        status === 500 ? 'Server Error' : (STATUS_CODES[status] ?? 'Error'),
        documentation,
      )
    }
  }
}

/**
 * The primary limit: 403 with nothing remaining.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function primaryLimit(token: Token | undefined, reset: number, status = 403): Answer {
  return problem(status, primaryText(token), limitPage, {
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': String(limitOf(token)),
    'x-ratelimit-reset': String(reset),
  })
}

/** What a token without the permission, or without the role, is told. */
export function deniedText(token: Token | undefined): string {
  switch (token?.kind) {
    case 'app':
      return 'Resource not accessible by integration'
    case 'classic':
      return 'Must have admin rights to Repository.'
    case 'fine-grained':
    case undefined:
      return 'Resource not accessible by personal access token'
  }
}

/** Not every one of these says when to come back. */
function secondaryLimit(status: number, retryAfter: unknown, otherwise: number): Answer {
  const headers = retryAfter === null ? {} : { 'retry-after': String(seconds(retryAfter, otherwise)) }
  return problem(status, secondaryText, secondaryPage, headers)
}

function seconds(given: unknown, otherwise: number): number {
  return typeof given === 'number' && Number.isFinite(given) && given >= 0 ? Math.ceil(given) : otherwise
}

function primaryText(token: Token | undefined): string {
  switch (token?.kind) {
    case 'app':
      return 'API rate limit exceeded for installation ID 1000000.'
    case 'classic':
    case 'fine-grained':
      return 'API rate limit exceeded for user ID 1000000.'
    case undefined:
      return "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)"
  }
}

const secondaryText =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
const limitPage = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'
const secondaryPage = `${limitPage}#about-secondary-rate-limits`
const samlText =
  'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.'
const samlPage =
  'https://docs.github.com/articles/authenticating-to-a-github-organization-with-saml-single-sign-on/'
