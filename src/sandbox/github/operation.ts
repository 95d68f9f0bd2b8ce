import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Fault } from '../fault.ts'
import type { Answer, Exchange, Operation } from '../service.ts'
import { problem } from './answer.ts'
import { selectVersion } from './api-version.ts'
import type { Call, RepositoryCall, RepositoryRoute, Route } from './call.ts'
import { isGitHubPath } from './known-paths.ts'
import { type RateLimits, rateLimitHeaders } from './rate-limit.ts'
import { matchPath, targetOf } from './request-target.ts'
import { deniedText, primaryLimit, refusal } from './refusal.ts'
import { createScopeKey, type Repositories, type Repository } from './repository.ts'
import { may, sees, type Token } from './token.ts'

/** Everything that GitHub's half holds, and what it can do. */
export interface GitHubStore {
  readonly clock: Clock
  readonly repositories: Repositories
  /** By the token itself. */
  readonly tokens: ReadonlyMap<string, Token>
  readonly rateLimits: RateLimits
  readonly routes: readonly Route[]
  readonly repositoryRoutes: readonly RepositoryRoute[]
}

/** What a path leads to. */
type Destination =
  | { readonly kind: 'service'; readonly route: Route }
  | { readonly kind: 'repository'; readonly route: RepositoryRoute }
  | { readonly kind: 'nothing' }

interface Match {
  readonly destination: Destination
  readonly name: string
  readonly params: Readonly<Record<string, string>>
}

/** Find out what a request asks of GitHub. */
export function operationOf(exchange: Exchange, store: GitHubStore): Operation {
  const target = targetOf(exchange)
  const path = target?.path ?? exchange.url.pathname
  const match = matchRoute(exchange.method, path, store)
  const answer = (fault: Fault | undefined): Answer => {
    if (!target) return { status: 502, body: `the sandbox is no proxy for ${exchange.url.host}\n` }
    if (!exchange.headers['user-agent']) return userAgentMissing
    const version = selectVersion(exchange.headers['x-github-api-version'])
    const token = authenticate(exchange.headers['authorization'], store.tokens)
    const known = token === 'unknown' ? undefined : token
    const call: Call = {
      exchange,
      params: match.params,
      base: target.base,
      token: known,
      apiVersion: 'version' in version ? version.version : '',
      clock: store.clock,
      documentation: documentationOf(match.destination),
    }
    const headers = () => ({
      ...headersOf(call, match.destination),
      ...rateLimitHeaders(store.rateLimits.budget(known)),
    })
    const answered = 'refused' in version ? version.refused : answerCall(call, match, token, fault, store)
    return { ...answered, headers: { ...headers(), ...answered.headers } }
  }
  return {
    service: 'github',
    name: match.name,
    mutating: !['GET', 'HEAD', 'OPTIONS'].includes(exchange.method) && path !== '/graphql',
    perform: () => answer(undefined),
    refuse: (fault) => answer(fault),
  }
}

function matchRoute(method: string, path: string, { routes, repositoryRoutes }: GitHubStore): Match {
  const reading = method === 'HEAD' ? 'GET' : method
  for (const route of routes) {
    const params = route.method === reading ? matchPath(route.path, path) : undefined
    if (params) return { destination: { kind: 'service', route }, name: `${method} ${route.path}`, params }
  }
  for (const prefix of ['/repos/{owner}/{repo}', '/repositories/{id}']) {
    for (const route of repositoryRoutes) {
      const template = prefix + route.path
      const params = route.method === reading ? matchPath(template, path) : undefined
      if (params) return { destination: { kind: 'repository', route }, name: `${method} ${template}`, params }
    }
  }
  return { destination: { kind: 'nothing' }, name: `${method} ${path}`, params: {} }
}

function documentationOf(destination: Destination): string {
  return destination.kind === 'nothing' ? 'https://docs.github.com/rest' : destination.route.documentation
}

/**
 * Both spellings that GitHub takes. No header is no token; a header that names none we know is `unknown`.
 * https://docs.github.com/rest/authentication/authenticating-to-the-rest-api
 */
function authenticate(
  header: string | undefined,
  tokens: ReadonlyMap<string, Token>,
): Token | undefined | 'unknown' {
  if (header === undefined) return undefined
  const given = /^(?:bearer|token) +(\S+)$/i.exec(header)?.[1]
  return (given === undefined ? undefined : tokens.get(given)) ?? 'unknown'
}

function answerCall(
  call: Call,
  { destination, name }: Match,
  token: Token | undefined | 'unknown',
  fault: Fault | undefined,
  store: GitHubStore,
): Answer {
  const changesState = fault?.kind === 'secret-lag' || fault?.kind === 'rotated-key'
  if (fault && !changesState) return refusal(fault, call)
  if (token === 'unknown') return problem(401, 'Bad credentials', 'https://docs.github.com/rest')
  if (!name.endsWith(' /rate_limit') && !store.rateLimits.spend(token)) {
    return primaryLimit(token, store.rateLimits.budget(token).reset)
  }
  switch (destination.kind) {
    case 'service':
      return destination.route.handle(call)
    case 'repository':
      return answerRepositoryCall(call, destination.route, fault, store)
    case 'nothing':
      return answerNothing(name)
  }
}

function answerNothing(name: string): Answer {
  const path = name.slice(name.indexOf(' ') + 1)
  if (!isGitHubPath(path)) return problem(404, 'Not Found', 'https://docs.github.com/rest')
  return problem(501, `the sandbox does not answer ${name}`, 'https://docs.github.com/rest')
}

function answerRepositoryCall(
  call: Call,
  route: RepositoryRoute,
  fault: Fault | undefined,
  { repositories }: GitHubStore,
): Answer {
  const { params, token, exchange, documentation } = call
  const found = findRepository(params, repositories)
  if (!found || !sees(token, found.repository)) return problem(404, 'Not Found', documentation)
  const { repository, moved } = found
  if (moved) return redirect(call, repository, route)
  if (!may(token, route.needs, repository)) {
    if (!token) return problem(401, 'Requires authentication', documentation)
    // A classic token without the scope is told that there is nothing.
    if (token.kind === 'classic') return problem(404, 'Not Found', documentation)
    return problem(403, deniedText(token), documentation)
  }
  if (repository.archived && !['GET', 'HEAD'].includes(exchange.method)) {
    return problem(403, 'Repository was archived so is read-only.', documentation)
  }
  if (fault?.kind === 'rotated-key') repository.key = createScopeKey()
  const repositoryCall: RepositoryCall = { ...call, repository, lagging: fault?.kind === 'secret-lag' }
  return route.handle(repositoryCall)
}

function findRepository(
  { owner, repo, id }: Readonly<Record<string, string>>,
  repositories: Repositories,
): { readonly repository: Repository; readonly moved: boolean } | undefined {
  if (id === undefined) return repositories.find(`${owner ?? ''}/${repo ?? ''}`)
  const repository = repositories.byId(Number(id))
  return repository && { repository, moved: false }
}

/**
 * A renamed repository: 301 for reads, 307 for writes, to the address that never changes.
 * https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
function redirect({ base, exchange, params }: Call, { id }: Repository, { path }: RepositoryRoute): Answer {
  const below = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const url = `${base}/repositories/${id}${below}${exchange.url.search}`
  const status = ['GET', 'HEAD'].includes(exchange.method) ? 301 : 307
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', location: url },
    body: JSON.stringify({
      message: 'Moved Permanently',
      url,
      documentation_url:
        'https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects',
    }),
  }
}

/** The edge answers this, not the API: plain text under an HTML name, and none of the API's headers. */
const userAgentMissing: Answer = {
  status: 403,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\n',
}

function headersOf({ token, apiVersion, clock }: Call, destination: Destination): Record<string, string> {
  return {
    date: clock.now().toUTCString(),
    server: 'github.com',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': randomBytes(8).toString('hex').toUpperCase(),
    ...(apiVersion === '' ? {} : { 'x-github-api-version-selected': apiVersion }),
    ...permissionHeaders(token, destination),
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
