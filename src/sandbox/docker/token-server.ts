import { randomBytes } from 'node:crypto'
import type { Fault } from '../fault.ts'
import type { Answer, Exchange, Operation } from '../service.ts'
import { grant, isWithinScope, parseScope, type RequestedAccess } from './access.ts'
import { type Pat, uuidOf } from './account.ts'
import { dated, json, reasonOf, tooManyRequests } from './answer.ts'
import { signJwt } from './jwt.ts'
import { pullLimitOf } from './pull-limit.ts'
import { type DockerHubStore, epochSeconds } from './store.ts'

/** The only service whose tokens `auth.docker.io` gives out, and the audience of its tokens. */
export const registryService = 'registry.docker.io'

/** How long a registry token lasts, in seconds. */
const lifetime = 300

/** Fault kinds that only the token server has. */
export const authFaults = ['pat-required'] as const

/** `auth.docker.io`. https://distribution.github.io/distribution/spec/auth/token/ */
export function authOperation(exchange: Exchange, store: DockerHubStore): Operation {
  const { method, url } = exchange
  return {
    service: 'docker-auth',
    name: `${method} ${url.pathname}`,
    mutating: false,
    perform: async () => dated(await answer(exchange, store), store.clock),
    refuse: (fault) => dated(refusal(fault), store.clock),
  }
}

function answer(exchange: Exchange, store: DockerHubStore): Answer | Promise<Answer> {
  const { method, url } = exchange
  if (url.pathname !== '/token') return json(404, { details: 'not found' })
  if (method === 'GET') return answerGet(exchange, store)
  if (method === 'POST') return answerPost(exchange, store)
  return json(405, { details: 'method not allowed' })
}

function answerGet({ url, headers }: Exchange, store: DockerHubStore): Answer | Promise<Answer> {
  const login = basicLogin(headers['authorization'])
  if (login === 'malformed') return unauthorized(texts.incorrect)
  const scopes = url.searchParams.getAll('scope').flatMap((scope) => scope.split(' '))
  return issue({ login, service: url.searchParams.get('service'), scopes }, store)
}

/** https://distribution.github.io/distribution/spec/auth/oauth/ */
function answerPost({ headers, body }: Exchange, store: DockerHubStore): Answer | Promise<Answer> {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return json(400, { details: 'the body must be a form' })
  }
  const form = new URLSearchParams(body.toString('utf8'))
  if (form.get('grant_type') !== 'password') {
    return json(501, { details: `the sandbox does not grant ${form.get('grant_type') ?? 'nothing'}` })
  }
  const login = { username: form.get('username') ?? '', secret: form.get('password') ?? '' }
  return issue({ login, service: form.get('service'), scopes: (form.get('scope') ?? '').split(' ') }, store)
}

/** A Docker ID, and a personal access token in place of its password. */
export interface Login {
  readonly username: string
  readonly secret: string
}

function basicLogin(header: string | undefined): Login | undefined | 'malformed' {
  if (header === undefined) return undefined
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1]
  const [, username, secret] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? []
  return username === undefined || secret === undefined ? 'malformed' : { username, secret }
}

async function issue(
  {
    login,
    service,
    scopes,
  }: {
    readonly login: Login | undefined
    readonly service: string | null
    readonly scopes: readonly string[]
  },
  store: DockerHubStore,
): Promise<Answer> {
  if (service !== registryService) return json(400, { details: `unknown service: ${service ?? ''}` })
  const requested: RequestedAccess[] = []
  for (const scope of scopes.filter((text) => text !== '')) {
    const access = parseScope(scope)
    if (!access) return json(400, { details: `invalid scope: ${scope}` })
    requested.push(access)
  }

  const pat = login && findPat(login, store)
  if (typeof pat === 'string') return unauthorized(pat)
  // Not what the specification says, but what Docker Hub does: more than the token's scope is refused here.
  if (pat && !requested.every((access) => isWithinScope(pat, access))) return unauthorized(texts.insufficient)
  if (pat) pat.logins += 1
  return json(200, await createToken(requested, pat, store))
}

/**
 * Log in as another service of the sandbox does, which asks for no scope. It counts as a login.
 *
 * @returns whether the account exists and its token is active
 */
export function logIn(login: Login, store: DockerHubStore): boolean {
  const pat = findPat(login, store)
  if (typeof pat === 'string') return false
  pat.logins += 1
  return true
}

/** The token of a login, or why it fails: one that was revoked or deactivated is not told from a wrong one. */
function findPat({ username, secret }: Login, store: DockerHubStore): Pat | string {
  const pat = store.accounts.find(username, secret)
  switch (pat?.state) {
    case 'active':
      return pat
    case 'expired':
      return texts.expired
    case 'revoked':
    case 'disabled':
    case undefined:
      return texts.incorrect
  }
}

async function createToken(
  requested: readonly RequestedAccess[],
  pat: Pat | undefined,
  store: DockerHubStore,
) {
  const now = epochSeconds(store.clock)
  const limit = pullLimitOf(pat ? store.accounts.planOf(pat.username) : 'unauthenticated')
  const jti = `dckr_jti_${randomBytes(20).toString('base64url')}=`
  store.issued.set(jti, pat)
  const token = await signJwt({
    access: grant(requested, pat, limit, store.catalogue),
    aud: registryService,
    exp: now + lifetime,
    iat: now,
    iss: 'auth.docker.io',
    jti,
    nbf: now - lifetime,
    sub: pat ? uuidOf(pat.username) : '',
  })
  return {
    token,
    access_token: token,
    expires_in: lifetime,
    // Nanoseconds, as Go writes them.
    issued_at: store.clock.now().toISOString().replace('Z', '000000Z'),
  }
}

/** One status, four meanings, told apart by text alone. https://github.com/docker/cli/pull/4511 */
const texts = {
  incorrect: 'incorrect username or password',
  expired: 'personal access token is expired',
  insufficient: 'access token has insufficient scopes',
  patRequired:
    'your account must log in with a Personal Access Token (PAT) - learn more at docs.docker.com/go/access-tokens',
}

function unauthorized(details: string): Answer {
  return json(401, { details })
}

function refusal(fault: Fault): Answer {
  switch (fault.kind) {
    case 'throttle':
      return tooManyRequests
    case 'deny':
      return json(403, { details: 'access denied' })
    case 'pat-required':
      return unauthorized(texts.patRequired)
    default: {
      const status = fault.status ?? 500
      return json(status, { details: reasonOf(status).toLowerCase() })
    }
  }
}
