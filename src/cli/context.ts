import type { World } from '../world.ts'
import type { Stdin } from './stdin.ts'
import type { Streams } from './streams.ts'

/** What a command's run half works in. */
export interface Context {
  readonly world: World
  readonly streams: Streams
  readonly stdin?: Stdin
}
