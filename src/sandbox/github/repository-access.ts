import type { Fault } from '../fault.ts'
import type { Answer } from '../service.ts'
import { problem } from './answer.ts'
import type { Call, RepositoryCall, RepositoryRoute } from './call.ts'
import { deniedText } from './refusal.ts'
import { createScopeKey, type Repositories, type Repository } from './repository.ts'
import type { GitHubStore } from './store.ts'
import { may, sees } from './token.ts'

/**
 * Answer a call on a repository, once the caller sees it, it is where the caller thinks, the caller may do this to it,
 * and it can still be written.
 *
 * @param fault one that changes the answer rather than replaces it
 */
export function answerRepositoryCall(
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
