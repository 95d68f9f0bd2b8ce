/** What somebody may do in a repository; each includes those before it. */
export const permissions = ['pull', 'triage', 'push', 'maintain', 'admin'] as const

export type Permission = (typeof permissions)[number]

/** A user, and what he may do in a repository. */
export interface Collaborator {
  readonly login: string
  readonly permission: Permission
}

/** Whether one permission gives another. */
export function includes(held: Permission | undefined, wanted: Permission): boolean {
  return held !== undefined && permissions.indexOf(held) >= permissions.indexOf(wanted)
}

/** GitHub's object of all five; who sees a repository may at least pull. */
export function permissionsObject(held: Permission = 'pull'): Readonly<Record<Permission, boolean>> {
  return {
    admin: includes(held, 'admin'),
    maintain: includes(held, 'maintain'),
    push: includes(held, 'push'),
    triage: includes(held, 'triage'),
    pull: true,
  }
}

/**
 * What the role is called that gives a permission.
 * https://docs.github.com/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
 */
export function roleName(permission: Permission): string {
  switch (permission) {
    case 'pull':
      return 'read'
    case 'push':
      return 'write'
    case 'triage':
    case 'maintain':
    case 'admin':
      return permission
  }
}

/**
 * Read the `collaborators` of `POST /github/repositories`.
 *
 * @throws `TypeError` that names what is wrong with them.
 */
export function parseCollaborators(value: unknown): readonly Collaborator[] {
  if (!Array.isArray(value)) throw new TypeError('"collaborators" must be an array')
  return value.map((item: unknown) => {
    const { login, permission } = (item ?? {}) as Readonly<Record<string, unknown>>
    if (typeof login !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(login)) {
      throw new TypeError('the "login" of a collaborator must be letters, digits and hyphens')
    }
    const known = permissions.find((candidate) => candidate === permission)
    if (!known)
      throw new TypeError(`the "permission" of a collaborator must be one of ${permissions.join(', ')}`)
    return { login, permission: known }
  })
}
