import type { SandboxPart, SandboxWorld } from '../part.ts'
import type { Service } from '../service.ts'

export interface Aws extends SandboxPart {
  readonly service: Service
  readonly seededIdentity: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

export function createAws(world: SandboxWorld): Aws {
  throw new Error(world.clock.now().toISOString())
}
