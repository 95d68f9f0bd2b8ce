import { Composer, Lexer, Parser } from 'yaml'
import { PullthroughError } from '../../errors.ts'
import { positionsIn } from '../position.ts'
import { nodeReader } from './read-node.ts'
import type { YamlNode } from './node.ts'

/** Longer than any file that people write, and read in a few seconds with a few hundred megabytes. */
const longestDocument = 4 * 1024 * 1024

/** How deep collections may be in one another. What recurses into them may rely on it. */
const deepest = 100

/**
 * Read the documents of a YAML file that can matter, each by itself.
 *
 * Nothing is built from aliases, and nothing is read that does not contain `words`: it is what a file of many megabytes
 * mostly consists of.
 *
 * @param words what a document contains if it names images
 *
 * @throws `PullthroughError` `ERR_FILE` with the line, if it is malformed, has a key twice, or is larger or deeper than is
 * read.
 */
export function readDocuments(text: string, words: RegExp): readonly YamlNode[] {
  return partsOf(text).flatMap(({ start, end }) => {
    const part = text.slice(start, end)
    if (!words.test(part)) return []
    if (part.length > longestDocument) {
      throw malformed(text, start, `this document has more than ${longestDocument / 1024 / 1024} MB`)
    }
    const node = readDocument(part, (offset, problem) => malformed(text, start + offset, problem), start)
    return node ? [node] : []
  })
}

/** `---` and `...` at the start of a line end a document wherever they stand, inside of scalars too. */
function partsOf(text: string): readonly { readonly start: number; readonly end: number }[] {
  const starts = [0]
  for (const { index } of text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)) if (index > 0) starts.push(index)
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }))
}

/** Say what is wrong at an offset. */
export type Malformed = (offset: number, problem: string) => PullthroughError

function readDocument(text: string, malformedAt: Malformed, start: number): YamlNode | undefined {
  // Numbers and dates stay texts. That no key is there twice is looked at later: here it would take quadratic time.
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const [document] = composer.compose(tokensOf(text, malformedAt), true, text.length)
  const [error] = document?.errors ?? []
  if (error) throw malformedAt(error.pos[0], faults[error.code] ?? 'this is not valid YAML')
  if (!document?.contents) return undefined
  return nodeReader(text, malformedAt, start)(document.contents)
}

function* tokensOf(text: string, malformedAt: Malformed) {
  const parser = new Parser()
  let offset = 0
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    // Before the composer, which recurses, sees any of it.
    if (parser.stack.length > deepest)
      throw malformedAt(offset, `collections are more than ${deepest} deep in one another`)
    offset += lexeme.length
  }
  yield* parser.end()
}

const faults: Readonly<Record<string, string>> = {
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  DUPLICATE_KEY: 'a key is there twice',
  MISSING_CHAR: 'a character is missing, such as a quote, a bracket or a space',
  TAB_AS_INDENT: 'a tab is used as indentation',
}

function malformed(text: string, offset: number, problem: string): PullthroughError {
  return new PullthroughError(
    'ERR_FILE',
    `line ${positionsIn(text)(Math.min(offset, text.length)).line}: ${problem}`,
  )
}
