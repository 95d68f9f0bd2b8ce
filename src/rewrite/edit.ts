import type { Edit } from './format.ts'

/**
 * Make all edits of a text.
 *
 * @throws `RangeError` if two of them overlap or insert at the same offset, or one is outside the text: the format that
 * made them is wrong.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = []
  let at = 0
  let lastInsertion = -1
  for (const { start, end, text: inserted } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at || end < start || end > text.length || (start === end && start === lastInsertion)) {
      throw new RangeError(`an edit of ${start} to ${end} meets another, or the end of the text`)
    }
    pieces.push(text.slice(at, start), inserted)
    if (start === end) lastInsertion = start
    at = end
  }
  return pieces.join('') + text.slice(at)
}
