import type { Credential } from '../credential.ts'
import { PullthroughError } from '../errors.ts'
import { membersOf, parseJsonObject } from '../json-object.ts'
import type { Secret } from '../secret.ts'
import { serverText } from '../server-text.ts'
import type { World } from '../world.ts'
import { askDockerHub, type DockerHubAnswer } from './docker-hub-request.ts'
import { jwtClaims } from './jwt-claims.ts'

/** What a token may do at Docker Hub, for every repository its owner reaches. */
export type TokenScope =
  /** `repo:public_read`, `repo:read`, `repo:write`, `repo:admin`, or what Docker adds to these. */
  { readonly state: 'known'; readonly scope: string } | { readonly state: 'unknown'; readonly why: string }

/** What Docker Hub's API knows of a token and its owner. */
export interface HubAccount {
  /** The owner's name as Docker Hub writes it, if it tells. */
  readonly username: string | undefined
  readonly scope: TokenScope
}

/**
 * Ask Docker Hub's API about a token: it gives a session, whose claims tell. The session itself is not used.
 * https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api
 *
 * @returns `unknown` for whatever goes wrong: this is good to know, and no more.
 */
export async function readHubAccount(
  { username, token }: Credential,
  hubUrl: string,
  signal: AbortSignal,
  world: World,
): Promise<HubAccount> {
  try {
    const answer = await askDockerHub(
      `${hubUrl}/v2/auth/token`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ identifier: username, secret: token.reveal() }),
        signal,
      },
      world,
    )
    return accountIn(answer, token)
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    return unknownAccount(signal.aborted ? 'Docker Hub’s API was too slow to tell' : error.message)
  }
}

/** https://github.com/trufflesecurity/trufflehog/tree/main/pkg/analyzer/analyzers/dockerhub */
function accountIn({ status, text }: DockerHubAnswer, token: Secret): HubAccount {
  if (status !== 200) return unknownAccount(`Docker Hub’s API answered ${status}`)
  const session = parseJsonObject(text)?.['access_token']
  const claims = typeof session === 'string' ? jwtClaims(session) : undefined
  const { username } = membersOf(claims?.['https://hub.docker.com'])
  const scope = serverText(claims?.['scope'], [token])
  return {
    username: serverText(username, [token]),
    scope:
      scope === undefined
        ? { state: 'unknown', why: 'Docker Hub’s API does not tell it' }
        : { state: 'known', scope },
  }
}

function unknownAccount(why: string): HubAccount {
  return { username: undefined, scope: { state: 'unknown', why } }
}

/** Whether a scope is more than pulling needs. */
export function isMoreThanReading(scope: string): boolean {
  return scope.split(/[\s,]+/).some((word) => word === 'repo:write' || word === 'repo:admin')
}
