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

/** The most that is read of what must be read whole. In bytes. */
const most = 1_048_576

/**
 * Read what comes in line by line: lines without blanks around them, empty ones left out.
 *
 * @throws {@link PullthroughError} `ERR_INTERRUPTED`, or `ERR_USAGE` for more than 1 MiB: nothing of it is left out.
 */
export async function readLines({ chunks }: Stdin, { signal }: World): Promise<readonly string[]> {
  const read: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of chunks()) {
      read.push(chunk)
      size += chunk.length
      if (size > most) {
        throw new PullthroughError('ERR_USAGE', 'more than 1 MiB came in on stdin', {
          hint: 'give less at a time',
        })
      }
    }
  } catch (error) {
    if (signal.aborted) throw new PullthroughError('ERR_INTERRUPTED', 'interrupted')
    throw error
  }
  const text = Buffer.concat(read).toString('utf8')
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
