import { formatMoment, parseDateHeader, parseSeconds } from '../answer-time.ts'
import type { Credential } from '../credential.ts'
import { PullthroughError } from '../errors.ts'
import { membersOf, parseJsonObject } from '../json-object.ts'
import { Secret } from '../secret.ts'
import { serverText } from '../server-text.ts'
import type { World } from '../world.ts'
import { basicCredentials, explainRefusal, shownUsername } from './docker-hub-refusal.ts'
import { askDockerHub, type DockerHubAnswer, type DockerHubRequest } from './docker-hub-request.ts'
import { jwtClaims } from './jwt-claims.ts'

/**
 * The repository that Docker offers for looking at one's pull limit.
 * https://docs.docker.com/docker-hub/usage/pulls/
 */
export const previewRepository = 'ratelimitpreview/test'

const retries = 2

/**
 * Log in to Docker Hub's registry, as pulling does. No pull is counted.
 * https://distribution.github.io/distribution/spec/auth/token/
 *
 * @returns a token for the registry, which may pull {@link previewRepository}.
 *
 * @throws {@link PullthroughError} `ERR_CREDENTIAL_REFUSED` if the credential is no good; `ERR_RATE_LIMITED`,
 * `ERR_UNREACHABLE`, `ERR_UNEXPECTED_ANSWER` or `ERR_INTERRUPTED` if that could not be found out.
 */
export async function logIn(credential: Credential, authUrl: string, world: World): Promise<Secret> {
  return pullToken(previewRepository, credential, authUrl, world)
}

/**
 * Ask for a token that may pull from one repository, if whoever asks may. No pull is counted.
 *
 * @param credential `undefined` to ask anonymously
 *
 * @throws {@link PullthroughError} as {@link logIn} does
 */
async function pullToken(
  repository: string,
  credential: Credential | undefined,
  authUrl: string,
  world: World,
): Promise<Secret> {
  const query = new URLSearchParams({
    service: 'registry.docker.io',
    scope: `repository:${repository}:pull`,
  })
  const url = `${authUrl}/token?${query.toString()}`
  const headers =
    credential === undefined ? {} : { authorization: `Basic ${basicCredentials(credential).reveal()}` }
  const answer = await askPatiently(url, { headers }, credential, world)
  switch (answer.status) {
    case 200:
      return registryToken(answer, credential, authUrl)
    case 401:
      if (credential === undefined) throw unexpectedAnswer(answer, credential, authUrl)
      throw explainRefusal(reasonGiven(answer), credential)
    case 429:
      throw rateLimited(answer, world)
    case 431:
      if (credential === undefined) throw unexpectedAnswer(answer, credential, authUrl)
      throw new PullthroughError(
        'ERR_CREDENTIAL_REFUSED',
        `Docker Hub refuses the login of ${shownUsername(credential)}: the credential is too large for a login (431)`,
        { hint: 'check what the source holds: Docker Hub’s own tokens have 36 characters' },
      )
    default:
      throw unexpectedAnswer(answer, credential, authUrl)
  }
}

/**
 * Ask for a token that may pull from one repository; anonymously if Docker Hub refuses the credential, for public
 * repositories are there for everybody.
 *
 * @throws {@link PullthroughError} as {@link logIn} does, but for `ERR_CREDENTIAL_REFUSED`
 */
export async function pullTokenForAnybody(
  repository: string,
  credential: Credential | undefined,
  authUrl: string,
  world: World,
): Promise<{ readonly token: Secret; readonly loggedIn: boolean }> {
  if (credential !== undefined) {
    try {
      return { token: await pullToken(repository, credential, authUrl, world), loggedIn: true }
    } catch (error) {
      if (!(error instanceof PullthroughError && error.code === 'ERR_CREDENTIAL_REFUSED')) throw error
    }
  }
  return { token: await pullToken(repository, undefined, authUrl, world), loggedIn: false }
}

/** Ask; network failures and server errors are tried again, twice, after a quarter of a second and a second. */
async function askPatiently(
  url: string,
  request: DockerHubRequest,
  credential: Credential | undefined,
  world: World,
): Promise<DockerHubAnswer> {
  const { default: pRetry } = await import('p-retry')
  try {
    return await pRetry(
      async () => {
        const answer = await askDockerHub(url, request, world)
        if (answer.status >= 500) throw unexpectedAnswer(answer, credential, new URL(url).origin)
        return answer
      },
      { retries, minTimeout: 250, factor: 4, signal: world.signal },
    )
  } catch (error) {
    if (world.signal.aborted) throw new PullthroughError('ERR_INTERRUPTED', 'interrupted')
    if (!(error instanceof PullthroughError)) throw error
    throw new PullthroughError(error.code, error.message, { hint: outageHint, cause: error.cause })
  }
}

const outageHint =
  'check the network and https://www.dockerstatus.com, and run it again; in an outage, pullthrough sync --skip-proof writes without this login'

/** The token in a 200, which must be that of who asked: Docker Hub also gives tokens to nobody. */
function registryToken(
  { text, ...answer }: DockerHubAnswer,
  credential: Credential | undefined,
  authUrl: string,
): Secret {
  const body = parseJsonObject(text)
  const token = body?.['token'] ?? body?.['access_token']
  // It goes into a header, and fetch’s complaint of another character would quote it.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw unexpectedAnswer({ text, ...answer }, credential, authUrl)
  }
  if (credential !== undefined && jwtClaims(token)?.['sub'] === '') {
    throw new PullthroughError(
      'ERR_CREDENTIAL_REFUSED',
      `Docker Hub took the login of ${shownUsername(credential)} for an anonymous one`,
      { hint: 'check DOCKER_AUTH_URL, and that no proxy removes the Authorization header' },
    )
  }
  return new Secret(token)
}

/** Docker's own key is `details`; other services on the way use other names. */
function reasonGiven({ text }: DockerHubAnswer): unknown {
  const body = parseJsonObject(text)
  const [first] = Array.isArray(body?.['errors']) ? (body['errors'] as readonly unknown[]) : []
  return [body?.['details'], body?.['detail'], body?.['message'], membersOf(first)['message']].find(
    (text) => typeof text === 'string',
  )
}

/** `Retry-After` in seconds, or (of old) `X-Retry-After` as a Unix time. */
function rateLimited({ headers }: DockerHubAnswer, { now }: World): PullthroughError {
  const number = parseSeconds(headers.get('retry-after') ?? headers.get('x-retry-after'))
  if (number === undefined) {
    return new PullthroughError('ERR_RATE_LIMITED', 'Docker Hub refuses more logins for now', {
      hint: 'run it again in a few minutes',
    })
  }
  const sent = parseDateHeader(headers.get('date')) ?? now()
  const shown = formatMoment(new Date(number > 1e9 ? number * 1000 : sent.getTime() + number * 1000))
  return new PullthroughError('ERR_RATE_LIMITED', `Docker Hub refuses more logins until ${shown}`, {
    hint: `run it again after ${shown}`,
  })
}

/** Only a server error is an outage; any other strange answer probably comes from another server than Docker Hub's. */
function unexpectedAnswer(
  { status, type }: DockerHubAnswer,
  credential: Credential | undefined,
  authUrl: string,
): PullthroughError {
  const sent = credential === undefined ? [] : [credential.token, basicCredentials(credential)]
  const shownType = serverText(type, sent) ?? 'no content type'
  return new PullthroughError(
    'ERR_UNEXPECTED_ANSWER',
    `Docker Hub (${authUrl}) answered the login with ${status} (${shownType})`,
    { hint: status >= 500 ? outageHint : 'check DOCKER_AUTH_URL and any proxy' },
  )
}
