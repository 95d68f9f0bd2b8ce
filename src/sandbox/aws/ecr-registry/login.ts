import type { Answer, Exchange } from '../../service.ts'
import type { EcrWorld } from '../ecr/call.ts'
import type { Caller } from '../iam/principal.ts'
import { seededAccount } from '../identities.ts'
import { expiredToken, invalidToken, notAuthorized, type Place } from './registry-error.ts'

/** Who pulls, and from which registry; or what he is told instead. */
export type Login =
  | { readonly caller: Caller; readonly place: Place; readonly refusal?: never }
  | { readonly refusal: Answer; readonly caller?: never; readonly place?: never }

/**
 * Establish who sends a request: by the password of an authorization token, whose owner he is now as far as his
 * policy goes. The password is good for one Region.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export function readLogin(exchange: Exchange, { registries, identities, clock }: EcrWorld): Login {
  const asked = placeOf(exchange)
  const password = readPassword(exchange)
  if (password === undefined) {
    return { refusal: notAuthorized(asked ?? { account: seededAccount, region: 'us-east-1' }) }
  }
  const login = registries.findLogin(password)
  // The last one that was added is the one that is meant now.
  const identity = identities.all().findLast(({ caller }) => caller.arn === login?.caller)
  if (!login || !identity || (asked && asked.region !== login.region)) return { refusal: invalidToken() }
  if (login.expiresAt <= clock.now()) return { refusal: expiredToken() }
  return { caller: identity.caller, place: asked ?? { account: login.account, region: login.region } }
}

/** The registry that a request names by its host: `123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
function placeOf({ target, url, headers }: Exchange): Place | undefined {
  const host = target.startsWith('/') ? (headers['host'] ?? '') : url.host
  const [, account, region] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?(?::\d+)?$/.exec(host) ?? []
  return account === undefined || region === undefined ? undefined : { account, region }
}

/** The password of the user `AWS`: nobody else has one. */
function readPassword({ headers }: Exchange): string | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(headers['authorization'] ?? '') ?? []
  if (encoded === undefined) return undefined
  const [, user, password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return user === 'AWS' ? password : undefined
}
