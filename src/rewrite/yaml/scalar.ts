import { isScalar, isSeq, parseDocument } from 'yaml'
import { PullthroughError } from '../../errors.ts'
import type { Edit } from '../format.ts'
import { positionsIn } from '../position.ts'
import type { ScalarStyle, YamlScalar } from './node.ts'

/**
 * Write another value in the place of a scalar, with the quotes that it has.
 *
 * Between brackets, what can stand without quotes no longer gets single ones, and loses them when it is led back.
 *
 * @param text the file
 *
 * @throws `PullthroughError` `ERR_FILE` with the line if it cannot be written so that the same is read.
 */
export function writeScalar(text: string, scalar: YamlScalar, value: string): Edit {
  const { start, end, style, isInFlow } = scalar
  if (style === 'block') return writeBlock(text, scalar, value)
  const hasNeededQuotes = style === 'single' && isInFlow && !isPlain(scalar.value, isInFlow)
  const written = quoted(value, hasNeededQuotes ? 'plain' : style, isInFlow)
  if (!isSafe(written) && readBack(written, isInFlow) !== value) throw unwritable(text, start)
  return { start, end, text: written }
}

/** A scalar in a style; a plain one in single quotes where it would be read as something else. */
export function quoted(value: string, style: ScalarStyle, isInFlow: boolean): string {
  if (style === 'double') return JSON.stringify(value)
  if (style !== 'single' && isPlain(value, isInFlow)) return value
  return `'${value.replaceAll("'", "''")}'`
}

/** The value of a block scalar of one line, its white space aside. */
export function valueOf({ value, style }: YamlScalar): string {
  return style === 'block' ? value.trim() : value
}

/** The header, the indentation and the end of a block scalar stay; its one line changes. */
function writeBlock(text: string, scalar: YamlScalar, value: string): Edit {
  const old = valueOf(scalar)
  const header = /^.*(?:\r\n|\n|\r)/.exec(text.slice(scalar.start, scalar.end))?.[0] ?? ''
  const start = text.indexOf(old, scalar.start + header.length)
  if (/[\r\n]/.test(old) || start < 0 || start + old.length > scalar.end) throw unwritable(text, scalar.start)
  return { start, end: start + old.length, text: value }
}

function isPlain(value: string, isInFlow: boolean): boolean {
  return isSafe(value) || readBack(value, isInFlow) === value
}

/** What means itself everywhere: most references. */
function isSafe(value: string): boolean {
  return /^[A-Za-z0-9](?:[\w./@+-]|:(?=[\w]))*$/.test(value)
}

function readBack(written: string, isInFlow: boolean): string | undefined {
  const { contents, errors } = parseDocument(isInFlow ? `[${written}]` : `- ${written}`, {
    schema: 'failsafe',
    prettyErrors: false,
    logLevel: 'silent',
  })
  if (errors.length > 0 || !isSeq(contents) || contents.items.length !== 1) return undefined
  const [item] = contents.items
  if (!isScalar(item) || item.anchor !== undefined || item.tag !== undefined) return undefined
  return typeof item.value === 'string' && item.comment == null ? item.value : undefined
}

function unwritable(text: string, start: number): PullthroughError {
  return new PullthroughError(
    'ERR_FILE',
    `line ${positionsIn(text)(start).line}: the image cannot be written there`,
    { hint: 'write it by hand, on one line' },
  )
}
