import { layerPath } from '../ecr/layer-url.ts'

/** What a path of the registry asks for; `name` is a repository's, `reference` a tag or a digest, as written. */
export type Target =
  | { readonly kind: 'api'; readonly template: string }
  | { readonly kind: 'layer'; readonly template: string }
  | { readonly kind: 'other'; readonly template: string }
  | {
      readonly kind: 'manifest' | 'blob' | 'tags'
      readonly template: string
      readonly name: string
      readonly reference: string
    }

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints */
export function targetOf(pathname: string): Target {
  const path = decoded(pathname)
  if (path === '/v2/') return { kind: 'api', template: path }
  if (path.startsWith(layerPath)) return { kind: 'layer', template: '/layers/{layer}' }
  const [, name = '', list, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? []
  if (list === 'manifests') {
    return { kind: 'manifest', template: '/v2/{name}/manifests/{reference}', name, reference }
  }
  // Uploads begin at `/v2/{name}/blobs/uploads/`, which has nothing after the slash, and go on below it.
  if (list === 'blobs' && !name.endsWith('/blobs')) {
    return { kind: 'blob', template: '/v2/{name}/blobs/{digest}', name, reference }
  }
  if (list === 'tags' && reference === 'list') {
    return { kind: 'tags', template: '/v2/{name}/tags/list', name, reference }
  }
  return { kind: 'other', template: path }
}

/** Some clients escape the colon of a digest. */
function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}
