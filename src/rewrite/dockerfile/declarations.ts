import { applyEdits } from '../edit.ts'
import type { Edit } from '../format.ts'
import type { Variable } from '../placing.ts'
import type { Instructions } from './instructions.ts'
import { withoutQuotes } from './variables.ts'

/**
 * What stands in the way of a variable in a Dockerfile; `undefined` if nothing does: it is not there, or is what we would
 * declare.
 *
 * @param before where it would be used, if that is in the default of another; a `FROM` can use all
 */
export function obstacleTo(
  { name, upstream }: Variable,
  { global, local }: Instructions,
  before?: number,
): string | undefined {
  const declared = global.filter((declaration) => declaration.name === name)
  const other = declared.find(({ value }) => value === undefined || withoutQuotes(value).text !== upstream)
  if (other) {
    const value = other.value === undefined ? 'none' : withoutQuotes(other.value).text
    return `the file has an ARG ${name} of its own, whose default is ${value === '' ? 'none' : value} and not ${upstream}`
  }
  if (declared.length === 0 && local.some((declaration) => declaration.name === name)) {
    return `the file has an ARG ${name} of its own in a stage`
  }
  if (before !== undefined && declared[0] && declared[0].start > before) {
    return `ARG ${name} is declared below it`
  }
  return undefined
}

/** Declare the variables that are used and not declared, before the first instruction. */
export function addedDeclarations(
  text: string,
  { start, global }: Instructions,
  used: ReadonlySet<Variable>,
): readonly Edit[] {
  const missing = [...used].filter(({ name }) => global.every((declaration) => declaration.name !== name))
  if (start === undefined || missing.length === 0) return []
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? '\n'
  const lines = missing.map(({ name, upstream }) => `ARG ${name}=${upstream}${lineBreak}`)
  const at = Math.max(text.lastIndexOf('\n', start - 1) + 1, text.startsWith('\uFEFF') ? 1 : 0)
  return [{ start: at, end: at, text: lines.join('') }]
}

/** Take away the declarations that we would have made, and that nothing uses any more. */
export function removedDeclarations(
  text: string,
  { global, local }: Instructions,
  edits: readonly Edit[],
  used: ReadonlySet<Variable>,
): readonly Edit[] {
  const after = applyEdits(text, edits)
  return [...used].flatMap(({ name, upstream }) => {
    const isUsed =
      new RegExp(String.raw`\$\{?${name}(?!\w)`).test(after) ||
      local.some((declaration) => declaration.name === name)
    const [own, ...others] = global.filter((declaration) => declaration.name === name)
    if (!own || isUsed || others.length > 0) return []
    const line = /^ARG [^\r\n]*\r?\n/.exec(text.slice(own.start))?.[0]
    return line?.trimEnd() === `ARG ${name}=${upstream}`
      ? [{ start: own.start, end: own.start + line.length, text: '' }]
      : []
  })
}
