import { anyCharacter, anyText, type Glob, parseGlob } from './glob.ts'
import type { RequestContext } from './request-context.ts'

/** A value of a policy, its variables replaced. */
export interface ResolvedText {
  /** `*` and `?` as they stand, for operators that take them literally. */
  readonly text: string
  /** The same with `*` and `?` as wildcards, except where they came out of a variable. */
  readonly glob: Glob
}

/**
 * Replace `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}` and `${$}`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 *
 * @returns `undefined` if a variable without a default has no value, or more than one: such a value matches nothing.
 */
export function resolveVariables(value: string, context: RequestContext): ResolvedText | undefined {
  let text = ''
  const glob: Glob[number][] = []
  let from = 0
  for (const found of value.matchAll(/\$\{([^}]*)\}/g)) {
    const resolved = resolveVariable(found[1] ?? '', context)
    if (resolved === undefined) return undefined
    const before = value.slice(from, found.index)
    text += before + resolved
    glob.push(...parseGlob(before), ...Array.from(resolved))
    from = found.index + found[0].length
  }
  const rest = value.slice(from)
  return { text: text + rest, glob: [...glob, ...parseGlob(rest)] }
}

/** A value of a policy of version 2008-10-17, which has no variables: `${…}` is ordinary text there. */
export function plainText(value: string): ResolvedText {
  return { text: value, glob: parseGlob(value) }
}

/** Whether a pattern leaves anything open. */
export function isFixed({ glob }: ResolvedText): boolean {
  return !glob.includes(anyText) && !glob.includes(anyCharacter)
}

function resolveVariable(expression: string, context: RequestContext): string | undefined {
  if (expression === '*' || expression === '?' || expression === '$') return expression
  const parts = /^\s*([^,]+?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(expression)
  if (!parts) return undefined
  const [, key = '', fallback] = parts
  const values = context.values(key)
  return values?.length === 1 ? values[0] : fallback
}
