import type { Exchange } from '../service.ts'

/** Where a request points: the API's address as the client wrote it, and the path below. */
export interface Target {
  readonly base: string
  readonly path: string
}

/**
 * Find the API in a URL: at the root as on api.github.com, or below `/api/v3` as on GitHub Enterprise Server, whose
 * GraphQL is at `/api/graphql`. `undefined` if the request is for another host: this is no proxy.
 */
export function targetOf({ url, origin }: Pick<Exchange, 'url' | 'origin'>): Target | undefined {
  if (url.origin !== origin && !isOurs(url)) return undefined
  if (url.pathname === '/api/graphql') return { base: `${url.origin}/api/v3`, path: '/graphql' }
  const enterprise = /^\/api\/v3(?=\/|$)/.exec(url.pathname)
  if (!enterprise) return { base: url.origin, path: url.pathname }
  return { base: `${url.origin}/api/v3`, path: url.pathname.slice('/api/v3'.length) || '/' }
}

/** `gh` asks for `api.github.localhost` when its host is `github.localhost`. */
function isOurs({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && (hostname === 'localhost' || hostname.endsWith('.localhost'))
}

/**
 * Match a path against a template such as `/repos/{owner}/{repo}`.
 *
 * @returns what the braces stand for, decoded; `undefined` if it does not match
 */
export function matchPath(template: string, path: string): Record<string, string> | undefined {
  const expected = template.split('/')
  const given = path.split('/')
  if (expected.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, word] of expected.entries()) {
    const actual = given[index] ?? ''
    if (!word.startsWith('{')) {
      if (word !== actual) return undefined
      continue
    }
    const value = decode(actual)
    if (value === undefined || value === '') return undefined
    params[word.slice(1, -1)] = value
  }
  return params
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
