import { parseCollaborators } from './collaborator.ts'
import type { RepositorySeed } from './repository.ts'

/**
 * Read the body of `POST /github/repositories`.
 *
 * @throws `TypeError` that names what is wrong with it.
 */
export function parseRepositorySeed(body: unknown): RepositorySeed {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TypeError('the body must be a JSON object')
  }
  const {
    fullName,
    archived,
    renamedTo,
    private: isPrivate,
    collaborators,
  } = body as Readonly<Record<string, unknown>>
  if (!isFullName(fullName)) throw new TypeError('"fullName" must be OWNER/NAME')
  if (renamedTo !== undefined && !isFullName(renamedTo)) throw new TypeError('"renamedTo" must be OWNER/NAME')
  if (archived !== undefined && typeof archived !== 'boolean') {
    throw new TypeError('"archived" must be true or false')
  }
  if (isPrivate !== undefined && typeof isPrivate !== 'boolean') {
    throw new TypeError('"private" must be true or false')
  }
  return {
    fullName,
    ...(archived === undefined ? {} : { archived }),
    ...(renamedTo === undefined ? {} : { renamedTo }),
    ...(isPrivate === undefined ? {} : { private: isPrivate }),
    ...(collaborators === undefined ? {} : { collaborators: parseCollaborators(collaborators) }),
  }
}

/** Letters, digits and hyphens; a slash; those and `.` and `_`. */
function isFullName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(value)
}
