import type { Credential } from '../credential.ts'
import { PullthroughError } from '../errors.ts'
import { serverText } from '../server-text.ts'
import type { World } from '../world.ts'
import { askDockerHub } from './docker-hub-request.ts'
import { jwtClaims, parseJsonObject } from './jwt-claims.ts'

/** What a token may do at Docker Hub, for every repository its owner reaches. */
export type TokenScope =
  /** `repo:public_read`, `repo:read`, `repo:write`, `repo:admin`, or what Docker adds to these. */
  { readonly state: 'known'; readonly scope: string } | { readonly state: 'unknown'; readonly why: string }

/**
 * Read a token's scope: Docker Hub's API gives a session for it, and the session claims the scope. The session itself
 * is not used.
 * https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api
 *
 * @returns `unknown` for whatever goes wrong: the scope is good to know, and no more.
 */
export async function readTokenScope(
  { username, token }: Credential,
  hubUrl: string,
  signal: AbortSignal,
  world: World,
): Promise<TokenScope> {
  try {
    const { status, text } = await askDockerHub(
      `${hubUrl}/v2/auth/token`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ identifier: username, secret: token.reveal() }),
        signal,
      },
      world,
    )
    if (status !== 200) return { state: 'unknown', why: `Docker Hub’s API answered ${status}` }
    const session = parseJsonObject(text)?.['access_token']
    const scope = serverText(typeof session === 'string' ? jwtClaims(session)?.['scope'] : undefined, [token])
    return scope === undefined
      ? { state: 'unknown', why: 'Docker Hub’s API does not tell it' }
      : { state: 'known', scope }
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    return { state: 'unknown', why: signal.aborted ? 'Docker Hub’s API was too slow to tell' : error.message }
  }
}

/** Whether a scope is more than pulling needs. */
export function isMoreThanReading(scope: string): boolean {
  return scope.split(/[\s,]+/).some((word) => word === 'repo:write' || word === 'repo:admin')
}
