import type { Exchange } from '../service.ts'
import type { GrantedAccess } from './access.ts'
import { bearerOf } from './answer.ts'
import { type Claims, verifyJwt } from './jwt.ts'
import { type DockerHubStore, epochSeconds } from './store.ts'
import { registryService } from './token-server.ts'

/**
 * What a token must give for a request of this method.
 * https://github.com/distribution/distribution/blob/main/registry/handlers/app.go
 */
export function actionsOf(method: string): readonly string[] {
  switch (method) {
    case 'POST':
    case 'PUT':
    case 'PATCH':
      return ['pull', 'push']
    case 'DELETE':
      return ['delete']
    default:
      return ['pull']
  }
}

type Verified =
  | { readonly claims: Claims; readonly problem?: never }
  | { readonly claims?: never; readonly problem: 'invalid_token' | undefined }

/** A token that was issued here since the last reset, and is still in force. */
export async function verify(exchange: Exchange, { clock, issued }: DockerHubStore): Promise<Verified> {
  if (exchange.headers['authorization'] === undefined) return { problem: undefined }
  const token = bearerOf(exchange)
  const claims = token && (await verifyJwt(token, { audience: registryService, now: epochSeconds(clock) }))
  return claims && issued.has(String(claims['jti'])) ? { claims } : { problem: 'invalid_token' }
}

/** Whether the token gives all of these actions. */
export function isGranted(
  claims: Claims,
  { name, actions }: Pick<GrantedAccess, 'name' | 'actions'>,
): boolean {
  // The claims are ours: the signature was verified.
  const access = claims['access'] as readonly GrantedAccess[]
  return actions.every((action) =>
    access.some(
      (entry) => entry.name === name && (entry.actions.includes(action) || entry.actions.includes('*')),
    ),
  )
}
