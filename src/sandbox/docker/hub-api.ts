import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Fault } from '../fault.ts'
import type { Answer, Exchange, Operation } from '../service.ts'
import { type Pat, uuidOf } from './account.ts'
import { bearerOf, dated, json, reasonOf } from './answer.ts'
import type { HubQuota } from './hub-quota.ts'
import { signJwt, verifyJwt } from './jwt.ts'
import { type DockerHubStore, epochSeconds } from './store.ts'

const audience = 'https://hub.docker.com'

/** How long an access token of the API lasts, in seconds. https://docs.docker.com/reference/api/hub/latest/ */
const lifetime = 600

/** `hub.docker.com`, as far as logging in needs it. https://docs.docker.com/reference/api/hub/latest/ */
export function hubOperation(exchange: Exchange, store: DockerHubStore, quota: HubQuota): Operation {
  const { method, url } = exchange
  const path = url.pathname.replace(/(?<=.)\/$/, '')
  const finish = (answered: Answer): Answer =>
    dated({ ...answered, headers: { ...quota.headers(), ...answered.headers } }, store.clock)
  return {
    service: 'docker-hub',
    name: `${method} ${path.replace(/^\/v2\/access-tokens\/[^/]+$/, '/v2/access-tokens/{uuid}')}`,
    mutating: method !== 'GET' && method !== 'HEAD' && !logins.includes(path),
    perform: async () =>
      finish(quota.spend() ? await answer(exchange, path, store) : limitExceeded(quota.secondsLeft())),
    refuse: (fault) => finish(refusal(fault)),
  }
}

const logins = ['/v2/auth/token', '/v2/users/login']

function answer(exchange: Exchange, path: string, store: DockerHubStore): Answer | Promise<Answer> {
  const { method } = exchange
  if (method === 'POST' && path === '/v2/auth/token') {
    return logIn(exchange, store, { names: ['identifier', 'secret'], answerName: 'access_token' })
  }
  if (method === 'POST' && path === '/v2/users/login') {
    return logIn(exchange, store, { names: ['username', 'password'], answerName: 'token' })
  }
  if (/^\/v2\/access-tokens(\/|$)/.test(path)) return refuseTokenManagement(exchange, store)
  return json(501, { message: `the sandbox does not answer ${method} ${path}`, errinfo: {} })
}

interface LoginForm {
  /** The members for who and what. */
  readonly names: readonly [string, string]
  readonly answerName: string
}

async function logIn(
  { body }: Exchange,
  store: DockerHubStore,
  { names, answerName }: LoginForm,
): Promise<Answer> {
  const fields = parseObject(body)
  if (!fields) return json(400, { fields: {}, text: 'the body must be a JSON object' })
  const missing = names.filter((name) => typeof fields[name] !== 'string' || fields[name] === '')
  if (missing.length > 0) {
    return json(400, {
      fields: Object.fromEntries(missing.map((name) => [name, ['This field is required.']])),
      text: 'validation failed',
    })
  }
  const [who, what] = names
  const pat = store.accounts.find(String(fields[who]), String(fields[what]))
  if (pat?.state !== 'active') return json(401, { detail: 'Incorrect authentication credentials' })
  pat.logins += 1
  return json(200, { [answerName]: await accessToken(pat, store.clock) })
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

/** The claims tell the token's scope and whose it is. https://github.com/mongodb/kingfisher/issues/202 */
function accessToken({ username, token, scope }: Pat, clock: Clock): Promise<string> {
  const now = epochSeconds(clock)
  const session = randomUUID()
  return signJwt({
    aud: audience,
    exp: now + lifetime,
    [audience]: {
      email: `${username}@example.com`,
      roles: [],
      session_id: session,
      source: `docker_pat|${uuidOf(token)}`,
      username,
      uuid: uuidOf(username),
    },
    iat: now,
    iss: 'https://api.docker.com/',
    jti: session,
    scope,
    sub: uuidOf(username),
  })
}

/**
 * Every session here comes from a personal access token, and those may not manage tokens, whatever their scope.
 * https://github.com/docker/hub-feedback/issues/2478
 */
async function refuseTokenManagement(exchange: Exchange, { clock }: DockerHubStore): Promise<Answer> {
  const token = bearerOf(exchange) ?? /^jwt +(\S+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1]
  const claims = token && (await verifyJwt(token, { audience, now: epochSeconds(clock) }))
  if (!claims) return json(401, { message: 'unauthorized', errinfo: {} })
  return json(403, { message: 'token issued from personal access token is not allowed', errinfo: {} })
}

function limitExceeded(retryAfter: number): Answer {
  return json(
    429,
    { detail: 'Rate limit exceeded', error: false },
    { 'retry-after': String(retryAfter), 'x-ratelimit-remaining': '0' },
  )
}

function refusal(fault: Fault): Answer {
  switch (fault.kind) {
    case 'throttle': {
      const { retryAfter } = fault
      return limitExceeded(typeof retryAfter === 'number' ? retryAfter : 1)
    }
    case 'deny':
      return json(403, { message: 'forbidden', errinfo: {} })
    default: {
      const status = fault.status ?? 500
      return json(status, { message: reasonOf(status).toLowerCase(), errinfo: {} })
    }
  }
}
