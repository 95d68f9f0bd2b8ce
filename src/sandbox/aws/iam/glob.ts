/** Any text, the empty text included: `*`. */
export const anyText = Symbol('*')

/** Exactly one character: `?`. */
export const anyCharacter = Symbol('?')

/** A pattern, one entry a character. What came from a policy variable is always literal. */
export type Glob = readonly (string | typeof anyText | typeof anyCharacter)[]

/** Read `*` and `?` as wildcards and everything else literally. */
export function parseGlob(text: string): Glob {
  return Array.from(text, (character) => {
    if (character === '*') return anyText
    return character === '?' ? anyCharacter : character
  })
}

/** Whether a pattern covers the whole text. Takes time in proportion to pattern times text, never more. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const characters = Array.from(text)
  let at = 0
  let next = 0
  let retryAt = -1
  let retryNext = 0
  while (at < characters.length) {
    const wanted = glob[next]
    if (wanted === anyText) {
      retryAt = at
      retryNext = next + 1
      next = retryNext
    } else if (wanted === anyCharacter || wanted === characters[at]) {
      at += 1
      next += 1
    } else if (retryAt >= 0) {
      retryAt += 1
      at = retryAt
      next = retryNext
    } else {
      return false
    }
  }
  return glob.slice(next).every((rest) => rest === anyText)
}

/** Cut a pattern at its literal colons into at most `count` parts; the last part keeps the rest. */
export function splitGlob(glob: Glob, count: number): readonly Glob[] {
  const parts: Glob[] = []
  let start = 0
  glob.forEach((character, index) => {
    if (character !== ':' || parts.length === count - 1) return
    parts.push(glob.slice(start, index))
    start = index + 1
  })
  return [...parts, glob.slice(start)]
}
