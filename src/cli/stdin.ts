import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'

/** Where input comes from that is not an argument. */
export interface Stdin {
  readonly isTerminal: boolean
  /** What comes in, until its end. */
  readonly chunks: () => AsyncIterable<Uint8Array>
}

/** More is of no use: errors are at the end. In bytes. */
const longest = 65_536

/**
 * Read what comes in to its end, and keep the end of it.
 *
 * @throws {@link PullthroughError} `ERR_INTERRUPTED`
 */
export async function readEnd({ chunks }: Stdin, { signal }: World): Promise<string> {
  let end = Buffer.alloc(0)
  try {
    for await (const chunk of chunks()) {
      end = Buffer.concat([end, chunk]).subarray(-longest)
    }
  } catch (error) {
    if (signal.aborted) throw new PullthroughError('ERR_INTERRUPTED', 'interrupted')
    throw error
  }
  return end.toString('utf8')
}
