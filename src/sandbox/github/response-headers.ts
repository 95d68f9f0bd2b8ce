import { randomBytes } from 'node:crypto'
import type { Call } from './call.ts'
import { type RateLimits, rateLimitHeaders } from './rate-limit.ts'
import type { Destination } from './route-match.ts'
import type { Token } from './token.ts'

/** The headers that every answer of the API carries. */
export function headersOf(
  { token, apiVersion, clock }: Call,
  destination: Destination,
  rateLimits: RateLimits,
): Record<string, string> {
  return {
    date: clock.now().toUTCString(),
    server: 'github.com',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': randomBytes(8).toString('hex').toUpperCase(),
    ...(apiVersion === undefined ? {} : { 'x-github-api-version-selected': apiVersion }),
    ...permissionHeaders(token, destination),
    ...rateLimitHeaders(rateLimits.budget(token)),
  }
}

/** What the token has and what the operation asks for, in the terms of the token's kind. */
function permissionHeaders(token: Token | undefined, destination: Destination): Record<string, string> {
  const needs = destination.kind === 'repository' ? destination.route.needs : undefined
  if (!token) return {}
  if (token.kind === 'classic') {
    return {
      'x-oauth-scopes': token.scopes.join(', '),
      'x-accepted-oauth-scopes': needs?.scope ?? '',
    }
  }
  return needs ? { 'x-accepted-github-permissions': `${needs.permission}=${needs.level}` } : {}
}
