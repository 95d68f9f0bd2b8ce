/** A part of a word: text, or one use of a variable. */
export type Part =
  | { readonly kind: 'text'; readonly start: number; readonly text: string }
  | {
      readonly kind: 'variable'
      readonly start: number
      /** As it is written: `${TAG:-12}`. */
      readonly text: string
      readonly name: string
      /** What stands in for a variable that is not set (`:-`) or not declared (`-`), and where in the word. */
      readonly fallback?: { readonly start: number; readonly text: string }
    }

/**
 * Take a word apart as BuildKit's shell lexer does: `$NAME`, `${NAME}`, `${NAME:-word}` and the other modifiers.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 *
 * @returns `undefined` if it is quoted, escaped, broken over lines or not closed
 */
export function partsOf(word: string): readonly Part[] | undefined {
  if (/["'`\\\s]/.test(word)) return undefined
  const parts: Part[] = []
  let at = 0
  while (at < word.length) {
    const dollar = word.indexOf('$', at)
    if (dollar !== at) {
      const end = dollar < 0 ? word.length : dollar
      parts.push({ kind: 'text', start: at, text: word.slice(at, end) })
      at = end
      continue
    }
    const plain = /^\$(?<name>[A-Za-z_]\w*)/.exec(word.slice(at))
    if (plain) {
      const [text] = plain
      parts.push({ kind: 'variable', start: at, text, name: plain.groups?.['name'] ?? '' })
      at += text.length
      continue
    }
    const end = closingBrace(word, at)
    const text = end === undefined ? '' : word.slice(at, end)
    const braced = /^\$\{(?<name>[A-Za-z_]\w*)(?<modifier>:?-)?(?<rest>.*)\}$/.exec(text)?.groups
    if (end === undefined || !braced) return undefined
    const { name = '', modifier, rest = '' } = braced
    const fallback =
      modifier === undefined ? {} : { fallback: { start: at + text.length - 1 - rest.length, text: rest } }
    parts.push({ kind: 'variable', start: at, text, name, ...fallback })
    at = end
  }
  return parts
}

/** How deep fallbacks are followed: `${A:-${B:-debian}}` is two deep. */
const deepest = 10

/** The offset after the brace that closes the one of `${`; `undefined` if there is none, or too many are in it. */
function closingBrace(word: string, start: number): number | undefined {
  if (!word.startsWith('${', start)) return undefined
  let depth = 0
  for (let at = start; at < word.length; at += 1) {
    if (word[at] === '{') depth += 1
    if (word[at] === '}') depth -= 1
    if (depth > deepest) return undefined
    if (depth === 0 && at > start) return at + 1
  }
  return undefined
}

/** A value without the double quotes around it, in which variables are read as without; where its first character is. */
export function withoutQuotes({ start, text }: { readonly start: number; readonly text: string }): {
  readonly start: number
  readonly text: string
} {
  const quoted = /^"(.*)"$/s.exec(text)?.[1]
  return quoted === undefined ? { start, text } : { start: start + 1, text: quoted }
}

/**
 * A word as BuildKit reads it if nobody sets a variable; `unset` stands for those without a default.
 *
 * @param defaults of the variables that are declared
 * @returns `undefined` if that cannot be said
 */
export function expand(word: string, defaults: ReadonlyMap<string, string>): string | undefined {
  const parts = partsOf(word)?.map((part) => {
    if (part.kind === 'text') return part.text
    const { name, fallback, text } = part
    const isPlain = text === `$${name}` || text === `\${${name}}`
    if (fallback) return defaults.get(name) ?? expand(fallback.text, defaults)
    return isPlain ? (defaults.get(name) ?? 'unset') : undefined
  })
  return parts?.every((part) => part !== undefined) ? parts.join('') : undefined
}
