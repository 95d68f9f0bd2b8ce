import { PullthroughError } from '../errors.ts'
import { applyEdits } from './edit.ts'
import { formatOf } from './formats.ts'
import type { Left, NamedText } from './format.ts'
import { watchPins } from './pins.ts'
import type { Placing } from './placing.ts'

/** What a rewrite makes of a text. */
export interface Rewritten {
  /** What kind of file it is: `Dockerfile`. */
  readonly format: string
  /** The text afterwards; the same if nothing is to be changed. */
  readonly text: string
  /** How many places of the text change. */
  readonly edits: number
  readonly left: readonly Left[]
  /** The references that move and are pinned by digest, as they are written. */
  readonly pins: readonly string[]
}

/**
 * Move the references of a file, or lead them back. `undefined` if the file is of no known kind.
 *
 * @throws `PullthroughError` `ERR_FILE` if it is not readable as what it is, or the result would not be stable: what was
 * moved has to be read as moved.
 */
export function rewriteText(file: NamedText, placing: Placing): Rewritten | undefined {
  const format = formatOf(file)
  if (!format) return undefined
  const watched = watchPins(placing)
  const { edits, left } = format.read(file, watched)
  const text = applyEdits(file.text, edits)
  if (edits.length > 0 && format.read({ ...file, text }, placing).edits.length > 0) {
    throw new PullthroughError('ERR_FILE', 'a second run would change it again', {
      hint: 'rewrite this file by hand',
    })
  }
  return {
    format: format.name,
    text,
    edits: edits.length,
    left: left.toSorted((a, b) => a.start - b.start),
    pins: watched.pins().filter((pin) => left.every(({ reference }) => reference !== pin)),
  }
}
