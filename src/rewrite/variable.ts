import type { Variable } from './placing.ts'

/**
 * The variable that `arg` mode puts in the place of a registry: `REGISTRY` for Docker Hub, `REGISTRY_GHCR_IO` for `ghcr.io`.
 *
 * @param upstream the registry as references name it
 */
export function variableOf(upstream: string): Variable {
  if (upstream === 'docker.io') return { name: 'REGISTRY', upstream }
  return { name: `REGISTRY_${upstream.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`, upstream }
}
