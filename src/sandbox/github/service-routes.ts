import type { Answer } from '../service.ts'
import { sandboxLogin, simpleUser } from './account.ts'
import { apiVersions } from './api-version.ts'
import { json, problem } from './answer.ts'
import type { Call, Route } from './call.ts'
import type { RateLimits } from './rate-limit.ts'

/** The routes that concern the service or the caller, not a repository. */
export function serviceRoutes(rateLimits: RateLimits): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      documentation: 'https://docs.github.com/rest/meta/meta#github-api-root',
      handle: (call) => json(200, root(call)),
    },
    {
      method: 'GET',
      path: '/meta',
      documentation: 'https://docs.github.com/rest/meta/meta#get-github-meta-information',
      handle: () => json(200, { verifiable_password_authentication: false }),
    },
    {
      method: 'GET',
      path: '/versions',
      documentation: 'https://docs.github.com/rest/meta/meta#get-all-api-versions',
      handle: () => json(200, [...apiVersions]),
    },
    {
      method: 'GET',
      path: '/rate_limit',
      documentation:
        'https://docs.github.com/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user',
      handle: (call) => json(200, rateLimit(call, rateLimits)),
    },
    {
      method: 'GET',
      path: '/user',
      documentation: 'https://docs.github.com/rest/users/users#get-the-authenticated-user',
      handle: getUser,
    },
    {
      method: 'POST',
      path: '/graphql',
      documentation: 'https://docs.github.com/graphql',
      handle: answerGraphQl,
    },
  ]
}

/** `authorizations_url` left with version 2026-03-10. */
function root({ base, apiVersion }: Call) {
  return {
    current_user_url: `${base}/user`,
    current_user_authorizations_html_url: 'https://github.com/settings/connections/applications{/client_id}',
    ...(apiVersion === '2022-11-28' ? { authorizations_url: `${base}/authorizations` } : {}),
    code_search_url: `${base}/search/code?q={query}{&page,per_page,sort,order}`,
    commit_search_url: `${base}/search/commits?q={query}{&page,per_page,sort,order}`,
    emails_url: `${base}/user/emails`,
    emojis_url: `${base}/emojis`,
    events_url: `${base}/events`,
    feeds_url: `${base}/feeds`,
    followers_url: `${base}/user/followers`,
    following_url: `${base}/user/following{/target}`,
    gists_url: `${base}/gists{/gist_id}`,
    issue_search_url: `${base}/search/issues?q={query}{&page,per_page,sort,order}`,
    issues_url: `${base}/issues`,
    keys_url: `${base}/user/keys`,
    label_search_url: `${base}/search/labels?q={query}&repository_id={repository_id}{&page,per_page}`,
    notifications_url: `${base}/notifications`,
    organization_url: `${base}/orgs/{org}`,
    organization_repositories_url: `${base}/orgs/{org}/repos{?type,page,per_page,sort}`,
    organization_teams_url: `${base}/orgs/{org}/teams`,
    public_gists_url: `${base}/gists/public`,
    rate_limit_url: `${base}/rate_limit`,
    repository_url: `${base}/repos/{owner}/{repo}`,
    repository_search_url: `${base}/search/repositories?q={query}{&page,per_page,sort,order}`,
    current_user_repositories_url: `${base}/user/repos{?type,page,per_page,sort}`,
    starred_url: `${base}/user/starred{/owner}{/repo}`,
    starred_gists_url: `${base}/gists/starred`,
    user_url: `${base}/users/{user}`,
    user_organizations_url: `${base}/user/orgs`,
    user_repositories_url: `${base}/users/{user}/repos{?type,page,per_page,sort}`,
    user_search_url: `${base}/search/users?q={query}{&page,per_page,sort,order}`,
  }
}

/** `rate` left with version 2026-03-10; `resources.core` says the same in both. */
function rateLimit({ token, apiVersion }: Call, rateLimits: RateLimits) {
  const core = rateLimits.budget(token)
  const untouched = (limit: number) => ({ limit, used: 0, remaining: limit, reset: core.reset })
  const resources = {
    core,
    search: untouched(token ? 30 : 10),
    graphql: untouched(token ? 5_000 : 0),
  }
  return apiVersion === '2022-11-28' ? { resources, rate: core } : { resources }
}

function getUser({ base, token, documentation }: Call): Answer {
  if (!token) return problem(401, 'Requires authentication', documentation)
  if (token.kind === 'app') return problem(403, 'Resource not accessible by integration', documentation)
  return json(200, {
    ...simpleUser(base, sandboxLogin, 'User'),
    name: null,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2020-01-10T14:59:22Z',
    updated_at: '2020-01-10T14:59:22Z',
  })
}

/** Only the query of `gh auth status`; the secret and variable commands of `gh` use REST. */
function answerGraphQl({ exchange, token, documentation }: Call): Answer {
  if (!token) return problem(401, 'This endpoint requires you to be authenticated.', documentation)
  if (!/^\s*(query\b[^{]*)?\{\s*viewer\s*\{\s*login\s*\}\s*\}\s*$/.test(graphQlQuery(exchange.body))) {
    return problem(
      501,
      'the sandbox answers no GraphQL query but "query { viewer { login } }"',
      documentation,
    )
  }
  return json(200, { data: { viewer: { login: sandboxLogin } } })
}

function graphQlQuery(body: Buffer): string {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    const query = (parsed as { query?: unknown } | null)?.query
    return typeof query === 'string' ? query : ''
  } catch {
    return ''
  }
}
