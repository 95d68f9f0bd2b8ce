import type { SandboxPart, SandboxWorld } from '../part.ts'
import type { Service } from '../service.ts'

export interface GitHub extends SandboxPart {
  readonly service: Service
  /** `acme/widgets` */
  readonly seededRepository: string
  readonly seededToken: string
}

export function createGitHub(world: SandboxWorld): GitHub {
  throw new Error(world.clock.now().toISOString())
}
