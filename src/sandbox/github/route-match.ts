import type { RepositoryRoute, Route } from './call.ts'
import { matchPath } from './request-target.ts'
import type { GitHubStore } from './store.ts'

/** What a path leads to. */
export type Destination =
  | { readonly kind: 'service'; readonly route: Route }
  | { readonly kind: 'repository'; readonly route: RepositoryRoute }
  | { readonly kind: 'nothing' }

/** A request's destination, and its name in `/requests`. */
export interface Match {
  readonly destination: Destination
  readonly name: string
  readonly params: Readonly<Record<string, string>>
}

/** Find the route of a request; one that reads answers HEAD as well. */
export function matchRoute(method: string, path: string, { routes, repositoryRoutes }: GitHubStore): Match {
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

/** The page that error bodies point to. */
export function documentationOf(destination: Destination): string {
  return destination.kind === 'nothing' ? 'https://docs.github.com/rest' : destination.route.documentation
}
