import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { PullthroughError } from '../../errors.ts'
import { positionsIn } from '../position.ts'

/** Longer than any file that people write. */
const longest = 4 * 1024 * 1024

/** How deep objects and arrays may be in one another: the parser recurses. */
const deepest = 100

/**
 * Read JSON with comments and trailing commas.
 *
 * @throws `PullthroughError` `ERR_FILE` with the line, if it is malformed, or larger or deeper than is read.
 */
export function readTree(text: string): Node {
  const malformed = (offset: number, problem: string) =>
    new PullthroughError('ERR_FILE', `line ${positionsIn(text)(offset).line}: ${problem}`)
  if (text.length > longest) throw malformed(0, `it has more than ${longest / 1024 / 1024} MB`)
  // A byte order mark is no JSON, but an editor may have left one.
  const json = text.replace(/^\uFEFF/, ' ')
  refuseDeep(json, malformed)
  const errors: ParseError[] = []
  const tree = parseTree(json, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error) throw malformed(error.offset, `this is not valid JSON (${printParseErrorCode(error.error)})`)
  if (tree?.type !== 'object') throw malformed(0, 'this is no JSON object')
  return tree
}

function refuseDeep(json: string, malformed: (offset: number, problem: string) => PullthroughError): void {
  const scanner = createScanner(json, true)
  let depth = 0
  for (scanner.scan(); scanner.getTokenOffset() < json.length; scanner.scan()) {
    const offset = scanner.getTokenOffset()
    // What a token begins with tells strings from brackets.
    if ('{['.includes(json[offset] ?? '')) depth += 1
    if ('}]'.includes(json[offset] ?? '')) depth -= 1
    if (depth > deepest) throw malformed(offset, `objects are more than ${deepest} deep in one another`)
  }
}

/** The value that an object has under a name; of several, the last, as parsers take it. */
export function valueIn(object: Node | undefined, name: string): Node | undefined {
  return propertyIn(object, name)?.children?.[1]
}

/** The property of an object with a name. */
export function propertyIn(object: Node | undefined, name: string): Node | undefined {
  if (object?.type !== 'object') return undefined
  return object.children?.findLast(({ children }) => children?.[0]?.value === name)
}
