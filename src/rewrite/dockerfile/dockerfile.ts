import type { Format } from '../format.ts'

/** What `docker build` reads. */
export const dockerfile: Format = {
  name: 'Dockerfile',
  mayBe: isDockerfileName,
  recognises: ({ path }) => isDockerfileName(path),
  read: () => ({ edits: [], left: [] }),
}

/** `Dockerfile`, `Dockerfile.dev`, `api.Dockerfile`, `Containerfile`; not `Dockerfile.dockerignore`. */
function isDockerfileName(path: string): boolean {
  const name = path.split('/').at(-1) ?? ''
  return (
    /^(?:dockerfile|containerfile)(?:[.-].+)?$|\.(?:dockerfile|containerfile)$/i.test(name) &&
    !/\.(?:dockerignore|containerignore|md|ts|js|json|ya?ml)$/i.test(name)
  )
}
