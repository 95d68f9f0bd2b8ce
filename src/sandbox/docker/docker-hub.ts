import type { SandboxPart, SandboxWorld } from '../part.ts'
import type { Service } from '../service.ts'

export interface DockerHub extends SandboxPart {
  /** `auth.docker.io` */
  readonly auth: Service
  /** `registry-1.docker.io` */
  readonly registry: Service
  /** `hub.docker.com` */
  readonly hub: Service
  /** Tell the registry where its token server listens, for the `realm` of its challenges. */
  announce(urls: { readonly authUrl: string }): void
}

export function createDockerHub(world: SandboxWorld): DockerHub {
  throw new Error(world.clock.now().toISOString())
}
