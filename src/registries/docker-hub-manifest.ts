import type { Secret } from '../secret.ts'
import type { World } from '../world.ts'
import { askDockerHub, type DockerHubAnswer } from './docker-hub-request.ts'

/**
 * Ask for the head of a manifest. HEAD counts as no pull.
 * https://docs.docker.com/docker-hub/usage/pulls/
 *
 * @param reference a tag or a digest
 * @throws {@link PullthroughError} `ERR_UNREACHABLE` or `ERR_INTERRUPTED`.
 */
export async function headManifest(
  { repository, reference }: { readonly repository: string; readonly reference: string },
  token: Secret,
  registryUrl: string,
  world: World,
): Promise<DockerHubAnswer> {
  return askDockerHub(
    `${registryUrl}/v2/${repository}/manifests/${reference}`,
    {
      method: 'HEAD',
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        accept:
          'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json',
      },
    },
    world,
  )
}

/** What the registry says that the manifest's digest is. */
export function digestIn({ headers }: DockerHubAnswer): string | undefined {
  const digest = headers.get('docker-content-digest')
  return digest !== null && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined
}
