import type { Edit } from '../format.ts'
import type { YamlMap, YamlPair, YamlSequence } from './node.ts'
import { quoted } from './scalar.ts'

/** A map of texts, or of maps of texts, that is to be put somewhere. */
export type Inserted = string | { readonly [key: string]: Inserted }

/**
 * Put pairs before the first of a map, in its own way of writing; `undefined` if it is empty, or its first key does not
 * stand where a line or an item begins.
 */
export function insertPairs(
  text: string,
  map: YamlMap,
  pairs: readonly (readonly [key: string, value: Inserted])[],
): Edit | undefined {
  const [first] = map.pairs
  if (!first || pairs.length === 0) return undefined
  if (map.isFlow)
    return insertion(first.keyStart, pairs.map(([key, value]) => `${key}: ${flow(value)}, `).join(''))
  return insertLines(
    text,
    first.keyStart,
    pairs.flatMap(([key, value]) => blockLines(key, value)),
  )
}

/** Put texts before the first item of a list; `undefined` as for {@link insertPairs}. */
export function insertItems(
  text: string,
  { items: [first], isFlow, start }: YamlSequence,
  values: readonly string[],
): Edit | undefined {
  if (!first || values.length === 0) return undefined
  if (isFlow) return insertion(first.start, values.map((value) => `${flow(value)}, `).join(''))
  return insertLines(
    text,
    start,
    values.map((value) => `- ${quoted(value, 'plain', false)}`),
  )
}

/** Take out a pair that {@link insertPairs} put in; `undefined` if more stands on its line, or it is the last one left. */
export function removePair(text: string, map: YamlMap, pair: YamlPair): Edit | undefined {
  const next = map.pairs[map.pairs.indexOf(pair) + 1]
  return removal(text, pair.keyStart, pair.value.end, next?.keyStart, map.isFlow)
}

/** Take out an item of a list. */
export function removeItem(text: string, { items, isFlow }: YamlSequence, index: number): Edit | undefined {
  const item = items[index]
  if (!item) return undefined
  const start = isFlow ? item.start : text.lastIndexOf('-', item.start)
  return removal(text, start, item.end, items[index + 1]?.start, isFlow)
}

function insertion(start: number, text: string): Edit {
  return { start, end: start, text }
}

/** Lines before what begins at an offset, which goes on behind them as far to the right as before. */
function insertLines(text: string, start: number, lines: readonly string[]): Edit | undefined {
  const before = lineBefore(text, start)
  if (!/^\uFEFF?[ -]*$/.test(before)) return undefined
  const end = `${lineEnd(text)}${' '.repeat(before.replace('\uFEFF', '').length)}`
  return insertion(start, lines.map((line) => line + end).join(''))
}

function removal(
  text: string,
  start: number,
  end: number,
  next: number | undefined,
  isFlow: boolean,
): Edit | undefined {
  if (isFlow) return next === undefined ? undefined : { start, end: next, text: '' }
  const before = lineBefore(text, start)
  const rest = /^[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r|$)/.exec(text.slice(end, end + 1000))
  // The end of a collection is behind its last line already.
  const behind = /[\r\n]/.test(text[end - 1] ?? '') ? end : rest && end + rest[0].length
  if (behind === null) return undefined
  if (/^\uFEFF?[ ]*$/.test(before)) {
    const line = start - before.replace('\uFEFF', '').length
    return { start: line, end: behind, text: '' }
  }
  return /^[ -]*$/.test(before) && next !== undefined ? { start, end: next, text: '' } : undefined
}

function lineBefore(text: string, offset: number): string {
  if (offset === 0) return ''
  const end = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1))
  return text.slice(end + 1, offset)
}

/** How the lines of a text end. */
export function lineEnd(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
}

function blockLines(key: string, value: Inserted): readonly string[] {
  if (typeof value === 'string') return [`${key}: ${quoted(value, 'plain', false)}`]
  const lines = Object.entries(value).flatMap(([inner, of]) => blockLines(inner, of))
  return [`${key}:`, ...lines.map((line) => `  ${line}`)]
}

function flow(value: Inserted): string {
  if (typeof value === 'string') return JSON.stringify(value)
  const pairs = Object.entries(value).map(([key, of]) => `${key}: ${flow(of)}`)
  return `{ ${pairs.join(', ')} }`
}
