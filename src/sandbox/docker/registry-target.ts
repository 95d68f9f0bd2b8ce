import { deliveryPath } from './blob-delivery.ts'

/** What a path asks for. */
export type RegistryTarget =
  | { readonly kind: 'api' | 'catalog' | 'other'; readonly template: string }
  | { readonly kind: 'delivery'; readonly template: string; readonly digest: string }
  | RepositoryTarget

/** Something in a repository; `reference` is a tag or a digest, as written. */
export interface RepositoryTarget {
  readonly kind: 'manifest' | 'blob' | 'tags' | 'upload'
  readonly template: string
  readonly name: string
  readonly reference: string
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints */
export function registryTarget(pathname: string): RegistryTarget {
  const path = decoded(pathname)
  if (path === '/v2/') return { kind: 'api', template: path }
  if (path === '/v2/_catalog') return { kind: 'catalog', template: path }
  const [, algorithm, hex] = deliveryPath.exec(path) ?? []
  if (algorithm !== undefined && hex !== undefined) {
    return { kind: 'delivery', template: '/registry-v2/{blob}', digest: `${algorithm}:${hex}` }
  }

  const [, uploading, upload = ''] = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/.exec(path) ?? []
  if (uploading !== undefined) {
    const template = `/v2/{name}/blobs/uploads/${upload === '' ? '' : '{id}'}`
    return { kind: 'upload', template, name: uploading, reference: upload }
  }
  const [, name = '', list, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? []
  if (list === 'manifests') {
    return { kind: 'manifest', template: '/v2/{name}/manifests/{reference}', name, reference }
  }
  if (list === 'blobs') return { kind: 'blob', template: '/v2/{name}/blobs/{digest}', name, reference }
  if (list === 'tags' && reference === 'list') {
    return { kind: 'tags', template: '/v2/{name}/tags/list', name, reference }
  }
  return { kind: 'other', template: path }
}

/** The methods that the specification has for a target; HEAD wherever there is GET. */
export function methodsOf({ kind, reference }: RepositoryTarget): readonly string[] {
  switch (kind) {
    case 'manifest':
      return ['GET', 'HEAD', 'PUT', 'DELETE']
    case 'blob':
      return ['GET', 'HEAD', 'DELETE']
    case 'tags':
      return ['GET', 'HEAD']
    case 'upload':
      return reference === '' ? ['POST'] : ['GET', 'HEAD', 'PATCH', 'PUT', 'DELETE']
  }
}

/** Some clients escape the colon of a digest. */
function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}
