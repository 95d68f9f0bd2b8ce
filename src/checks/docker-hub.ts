import type { Credential } from '../credential.ts'
import { logIn } from '../registries/docker-hub-login.ts'
import { shownUsername, tokenForm } from '../registries/docker-hub-refusal.ts'
import type { DockerHubUrls } from '../registries/docker-hub.ts'
import { type HubAccount, isMoreThanReading, readHubAccount } from '../registries/hub-account.ts'
import { describeLimitedRule, type PullLimit, readPullLimit, runsLow } from '../registries/pull-limit.ts'
import type { World } from '../world.ts'
import { found } from './causes/cause.ts'
import { dockerHubCauses } from './causes/docker-hub.ts'
import { type Answered, answered, failed, type Finding, ok, skipped } from './finding.ts'

/** What Docker Hub said of a credential. */
export interface DockerHubFacts {
  /** The user, as it may be shown. */
  readonly username: string
  readonly looksLikePassword: boolean
  /** The account and the limit, if the login went through. */
  readonly login: Answered<{ readonly account: HubAccount; readonly limit: PullLimit }>
}

/** Log in as pulling does, and ask what the token may do and how many pulls are left. No pull is counted. */
export async function observeDockerHub(
  credential: Credential,
  urls: DockerHubUrls,
  world: World,
): Promise<DockerHubFacts> {
  const giveUp = new AbortController()
  const asked = readHubAccount(credential, urls.hub, giveUp.signal, world)
  // Where the login fails, that tells more.
  asked.catch(() => undefined)
  const login = await answered(
    logIn(credential, urls.auth, world).then(async (token) => {
      const [account, limit] = await Promise.all([asked, readPullLimit(token, urls.registry, world)])
      return { account, limit }
    }),
  )
  giveUp.abort()
  return {
    username: shownUsername(credential),
    looksLikePassword: tokenForm(credential.token) === 'unknown',
    login,
  }
}

const target = 'Docker Hub'

/** What is to be said where there is no credential to ask about. */
export function skipDockerHub(why: string): readonly Finding[] {
  return [
    skipped('docker-hub.login', target, why),
    skipped('docker-hub.scope', target, why),
    skipped('docker-hub.limit', target, why),
  ]
}

export function judgeDockerHub({ username, looksLikePassword, login }: DockerHubFacts): readonly Finding[] {
  if (login.error) {
    const why = 'the login at Docker Hub failed'
    return [
      failed('docker-hub.login', target, login.error),
      skipped('docker-hub.scope', target, why),
      skipped('docker-hub.limit', target, why),
    ]
  }
  const { account, limit } = login.value
  return [
    ok('docker-hub.login', target, `as ${account.username ?? username}`),
    judgeScope(account, looksLikePassword),
    judgeLimit(limit, account.username ?? username),
  ]
}

function judgeScope({ scope }: HubAccount, looksLikePassword: boolean): Finding {
  if (looksLikePassword) return found(dockerHubCauses['token-is-a-password'], target, {})
  if (scope.state === 'unknown') return found(dockerHubCauses['scope-unknown'], target, scope)
  if (isMoreThanReading(scope.scope)) return found(dockerHubCauses['token-may-do-more'], target, scope)
  return ok('docker-hub.scope', target, scope.scope)
}

function judgeLimit(limit: PullLimit, username: string): Finding {
  switch (limit.state) {
    case 'unlimited':
      return ok(
        'docker-hub.limit',
        target,
        `no pull limit for ${username}: a paid plan, or an exempt account or network`,
      )
    case 'unknown':
      return found(dockerHubCauses['limit-unknown'], target, limit)
    case 'limited': {
      const { remaining } = limit
      const rule = describeLimitedRule(limit, username)
      if (remaining <= 0) return found(dockerHubCauses['pulls-used-up'], target, { rule })
      if (runsLow(limit)) return found(dockerHubCauses['pulls-run-low'], target, { rule, remaining })
      return ok('docker-hub.limit', target, `${rule}, and ${remaining} are left`)
    }
  }
}
