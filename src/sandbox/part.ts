import type { Clock } from './clock.ts'
import type { ServiceName } from './service-name.ts'

/** What every part of the sandbox is made with. */
export interface SandboxWorld {
  readonly clock: Clock
}

/** One provider's stand-in: AWS, GitHub or Docker Hub. */
export interface SandboxPart {
  /** Everything it holds, opened, in the shape that `docs/sandbox.md` gives for `GET /state`. */
  state(): unknown
  /** Start over, seeds included. */
  reset(): void
  /** Fault kinds beyond the common ones, by service. */
  readonly ownFaults: Readonly<Partial<Record<ServiceName, readonly string[]>>>
  /** Control calls that add or change: path to what reads the body. Each throws `TypeError` for a wrong body. */
  readonly seeds: Readonly<Record<string, (body: unknown) => void>>
}
