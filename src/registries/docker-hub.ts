import type { Credential } from '../credential.ts'
import { parseBaseUrl } from '../http.ts'
import type { World } from '../world.ts'
import { logIn } from './docker-hub-login.ts'
import { shownUsername, tokenForm } from './docker-hub-refusal.ts'
import { describePullLimit, readPullLimit } from './pull-limit.ts'
import { isMoreThanReading, readHubAccount, type TokenScope } from './hub-account.ts'

/** Where Docker Hub's three services are; base URLs without a slash at the end. */
export interface DockerHubUrls {
  readonly auth: string
  readonly registry: string
  readonly hub: string
}

/** Docker Hub accepted a credential. */
export interface Proof {
  /** What was proven, in words. */
  readonly summary: string
  /** What the user should know, though the credential works. */
  readonly warnings: readonly string[]
  /** How many pulls there are, in words. Already being asked for. */
  readonly limits: () => Promise<string>
}

/**
 * Docker Hub's addresses, or others that the environment gives.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if a variable is no URL that a credential may be sent to.
 */
export function dockerHubUrls(env: World['env']): DockerHubUrls {
  const url = (variable: string, usual: string) => {
    const given = env[variable]
    return given ? parseBaseUrl(variable, given) : usual
  }
  return {
    auth: url('DOCKER_AUTH_URL', 'https://auth.docker.io'),
    registry: url('DOCKER_REGISTRY_URL', 'https://registry-1.docker.io'),
    hub: url('DOCKER_HUB_URL', 'https://hub.docker.com'),
  }
}

/** How much longer than the login the question for the account may take, in milliseconds. */
const accountGrace = 2000

/**
 * Prove that a credential works, by logging in to Docker Hub as pulling does. No pull is counted. What else is good
 * to know is asked beside it and proves nothing: the token's scope, and the pull limit, which follows later.
 *
 * @throws {@link PullthroughError} `ERR_CREDENTIAL_REFUSED` if it does not work, any other code if that could not be
 * found out.
 */
export async function proveDockerHub(
  credential: Credential,
  urls: DockerHubUrls,
  world: World,
): Promise<Proof> {
  const giveUp = new AbortController()
  const asked = readHubAccount(credential, urls.hub, giveUp.signal, world)
  // A defect of ours there is thrown below; where the login fails, that tells more.
  asked.catch(() => undefined)
  const token = await logIn(credential, urls.auth, world).catch((error: unknown) => {
    giveUp.abort()
    throw error
  })
  const limit = readPullLimit(token, urls.registry, world)
  limit.catch(() => undefined)
  const timeout = setTimeout(() => {
    giveUp.abort()
  }, accountGrace)
  const { username = shownUsername(credential), scope } = await asked
  clearTimeout(timeout)
  return {
    summary: `Docker Hub accepts ${username} (${describeScope(scope)})`,
    warnings: warningsOf(credential, scope),
    limits: async () => describePullLimit(await limit, username),
  }
}

function describeScope(scope: TokenScope): string {
  return scope.state === 'known' ? `scope ${scope.scope}` : `scope unknown: ${scope.why}`
}

function warningsOf({ token }: Credential, scope: TokenScope): readonly string[] {
  return [
    ...(scope.state === 'known' && isMoreThanReading(scope.scope)
      ? [
          `the Docker Hub token may do more than pull: its scope is ${scope.scope}, and ECR needs repo:public_read, or repo:read for private images`,
        ]
      : []),
    ...(tokenForm(token) === 'unknown'
      ? ['the Docker Hub token looks like a password: a personal access token with read access is safer']
      : []),
  ]
}
