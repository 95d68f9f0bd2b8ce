import type { Pat, PatScope } from './account.ts'
import type { Catalogue } from './catalogue.ts'
import { pullLimitOf, pullWindow } from './pull-limit.ts'

/** One thing that a client asks of a token: `repository:library/alpine:pull,push`. */
export interface RequestedAccess {
  readonly type: string
  readonly name: string
  readonly actions: readonly string[]
}

/** One thing that a token gives, as the registry reads it from the claim `access`. */
export interface GrantedAccess extends RequestedAccess {
  /** For limited pullers; numbers as strings. */
  readonly parameters?: Readonly<Record<string, string>>
}

/**
 * Read one scope. The name may have a colon (`host:port/…`), so type and actions are cut off from the ends.
 * https://distribution.github.io/distribution/spec/auth/scope/
 */
export function parseScope(scope: string): RequestedAccess | undefined {
  const match = /^([a-z0-9]+(?:\([a-z0-9]+\))?):(.+):([a-z*]+(?:,[a-z*]+)*)$/.exec(scope)
  if (!match) return undefined
  const [, type = '', name = '', actions = ''] = match
  return { type, name, actions: actions.split(',') }
}

/** Whether a personal access token is allowed to ask for this at all. */
export function isWithinScope({ scope }: Pat, { actions }: RequestedAccess): boolean {
  return actions.every((action) => allowedActions(scope).includes(action))
}

function allowedActions(scope: PatScope): readonly string[] {
  switch (scope) {
    case 'cloud-sandboxes':
      return []
    case 'repo:public_read':
    case 'repo:read':
      return ['pull']
    case 'repo:write':
      return ['pull', 'push']
    case 'repo:admin':
      return ['pull', 'push', 'delete', '*']
  }
}

/**
 * What of the requested access somebody has: everybody may pull what is public, a user has his own namespace unless
 * his token reads public repositories alone. What nobody has is left out, and the registry refuses it.
 * https://distribution.github.io/distribution/spec/auth/token/#requesting-a-token
 */
export function grant(
  requested: readonly RequestedAccess[],
  pat: Pat | undefined,
  limit: ReturnType<typeof pullLimitOf>,
  catalogue: Catalogue,
): readonly GrantedAccess[] {
  return requested.flatMap(({ type, name, actions }) => {
    const given = type === 'repository' ? actions.filter((action) => has(pat, name, action, catalogue)) : []
    if (given.length === 0) return []
    const parameters = { pull_limit: String(limit), pull_limit_interval: String(pullWindow) }
    return [{ type, name, actions: given, ...(limit === undefined ? {} : { parameters }) }]
  })
}

function has(pat: Pat | undefined, name: string, action: string, catalogue: Catalogue): boolean {
  if (action === 'pull' && catalogue.find(name)?.private === false) return true
  return pat !== undefined && pat.scope !== 'repo:public_read' && name.startsWith(`${pat.username}/`)
}
