import type { Answer } from '../service.ts'
import { sandboxLogin, simpleUser } from './account.ts'
import { json, problem } from './answer.ts'
import type { RepositoryCall, RepositoryRoute } from './call.ts'
import { type Collaborator, includes, permissions, permissionsObject, roleName } from './collaborator.ts'
import { pageOf } from './pagination.ts'

/** Who may do what in a repository. https://docs.github.com/rest/collaborators/collaborators */
export const collaboratorRoutes: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: '/collaborators',
    documentation: 'https://docs.github.com/rest/collaborators/collaborators#list-repository-collaborators',
    needs: { permission: 'metadata', level: 'read', scope: 'repo', exempt: 'classic' },
    handle: listCollaborators,
  },
]

const affiliations = ['outside', 'direct', 'all']

function listCollaborators(call: RepositoryCall): Answer {
  const { exchange, repository, documentation } = call
  // https://github.com/github/developer.github.com/pull/768
  if (!maySee(call)) {
    return problem(403, 'Must have push access to view repository collaborators.', documentation)
  }
  const query = exchange.url.searchParams
  const affiliation = query.get('affiliation') ?? 'all'
  const wanted = permissions.find((candidate) => candidate === (query.get('permission') ?? 'pull'))
  if (!wanted || !affiliations.includes(affiliation)) {
    return problem(422, 'Validation Failed', documentation)
  }
  // Everybody here belongs to the organization.
  const all = affiliation === 'outside' ? [] : [...repository.collaborators.values()]
  const path = `/repositories/${repository.id}/collaborators`
  const found = all.filter(({ permission }) => includes(permission, wanted))
  const { items, headers } = pageOf(found, call, { path, size: 30, largest: 100 })
  return json(
    200,
    items.map((collaborator) => present(collaborator, call)),
    headers,
  )
}

/**
 * A user needs push access, and with a classic token two scopes; an installation is nobody's and needs no more than
 * to read metadata. https://docs.github.com/rest/collaborators/collaborators#list-repository-collaborators
 */
function maySee({ token, repository }: RepositoryCall): boolean {
  if (!token || token.kind === 'app') return token !== undefined
  if (token.kind === 'classic') {
    const own = repository.private ? ['repo'] : ['repo', 'public_repo']
    const hasScopes = token.scopes.includes('read:org') && own.some((scope) => token.scopes.includes(scope))
    if (!hasScopes) return false
  }
  return includes(repository.collaborators.get(sandboxLogin)?.permission, 'push')
}

function present({ login, permission }: Collaborator, { base }: RepositoryCall) {
  return {
    ...simpleUser(base, login, 'User'),
    permissions: permissionsObject(permission),
    role_name: roleName(permission),
  }
}
