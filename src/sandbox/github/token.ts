import type { Repository } from './repository.ts'

type TokenKind = 'fine-grained' | 'classic' | 'app'

/** How much a permission gives; each level includes the ones before it. */
type PermissionLevel = 'read' | 'write' | 'admin'

/** A token GitHub would accept. `app` is an installation token, of which the workflow's `GITHUB_TOKEN` is one. */
export interface Token {
  readonly token: string
  readonly kind: TokenKind
  /** For `fine-grained` and `app`, by GitHub's own keys: `secrets`, `actions_variables`, `metadata`, … */
  readonly permissions: Readonly<Record<string, PermissionLevel>>
  /** For `classic`: `repo`, `public_repo`, `admin:org`, … */
  readonly scopes: readonly string[]
  /** Full names of the repositories it was given; `undefined` for all. */
  readonly repositories: readonly string[] | undefined
}

/** What an operation asks of a token. */
export interface Needs {
  /** The fine-grained permission, by GitHub's key. */
  readonly permission: string
  readonly level: PermissionLevel
  /** The OAuth scope that classic tokens need. */
  readonly scope: string
  /** Who needs none of these for a public repository: everybody, every classic token, or nobody. */
  readonly exempt: 'everybody' | 'classic' | 'nobody'
}

/** Whether a token, or nobody's, sees that a repository exists. */
export function sees(token: Token | undefined, repository: Repository): boolean {
  if (!repository.private) return true
  if (!token || !isGiven(token, repository)) return false
  return token.kind !== 'classic' || token.scopes.includes('repo')
}

/** Whether a token, or nobody's, may do to a repository what asks for `needs`. */
export function may(token: Token | undefined, needs: Needs, repository: Repository): boolean {
  const isExempt = (who: Needs['exempt']) => !repository.private && needs.exempt === who
  if (isExempt('everybody')) return true
  if (!token) return false
  if (token.kind === 'classic') {
    return isExempt('classic') || (token.scopes.includes(needs.scope) && isGiven(token, repository))
  }
  const granted = token.permissions[needs.permission]
  if (granted === undefined || !isGiven(token, repository)) return false
  return levels.indexOf(granted) >= levels.indexOf(needs.level)
}

const levels: readonly PermissionLevel[] = ['read', 'write', 'admin']

/** A token was given a repository, not a name: it keeps it when it is renamed. */
function isGiven({ repositories }: Token, { names }: Repository): boolean {
  return repositories?.some((name) => names.has(name.toLowerCase())) ?? true
}

/**
 * Read the body of `POST /github/tokens`.
 *
 * @throws `TypeError` that names what is wrong with it.
 */
export function parseToken(body: unknown): Token {
  if (!isRecord(body)) throw new TypeError('the body must be a JSON object')
  const { token, kind, permissions = {}, scopes = [], repositories } = body
  if (typeof token !== 'string' || token === '') throw new TypeError('"token" must be a string')
  if (kind !== 'fine-grained' && kind !== 'classic' && kind !== 'app') {
    throw new TypeError('"kind" must be "fine-grained", "classic" or "app"')
  }
  if (!isStrings(scopes)) throw new TypeError('"scopes" must be an array of strings')
  if (repositories !== undefined && !isStrings(repositories)) {
    throw new TypeError('"repositories" must be an array of full names')
  }
  if (kind === 'classic' && Object.keys(isRecord(permissions) ? permissions : {}).length > 0) {
    throw new TypeError('a classic token has "scopes", not "permissions"')
  }
  if (kind !== 'classic' && scopes.length > 0) {
    throw new TypeError('only a classic token has "scopes"; others have "permissions"')
  }
  return {
    token,
    kind,
    permissions: kind === 'classic' ? {} : parsePermissions(permissions),
    scopes,
    repositories,
  }
}

function parsePermissions(permissions: unknown): Record<string, PermissionLevel> {
  if (!isRecord(permissions)) throw new TypeError('"permissions" must be an object')
  const parsed: Record<string, PermissionLevel> = {}
  for (const [name, level] of Object.entries(permissions)) {
    if (level !== 'read' && level !== 'write' && level !== 'admin') {
      throw new TypeError(`the permission "${name}" must be "read", "write" or "admin"`)
    }
    // The settings page says "Variables"; the API's key is this one.
    parsed[name === 'variables' ? 'actions_variables' : name] = level
  }
  // Every fine-grained token and every app has it.
  return { metadata: 'read', ...parsed }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
