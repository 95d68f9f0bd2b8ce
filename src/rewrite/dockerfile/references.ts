import type { Edit, Left } from '../format.ts'
import type { Placed, Placing, Variable } from '../placing.ts'
import { placeWithVariables } from '../probe.ts'
import { obstacleTo } from './declarations.ts'
import type { Instructions, Word } from './instructions.ts'
import { type Part, partsOf, withoutQuotes } from './variables.ts'

/** What becomes of the references of a Dockerfile. */
export interface Decided {
  readonly edits: readonly Edit[]
  readonly left: readonly Left[]
  /** The variables that are written, or taken away. */
  readonly used: ReadonlySet<Variable>
}

/** Decide about every reference: of `FROM`, of the defaults that a `FROM` uses, of `COPY --from`, `RUN --mount` and `# syntax`. */
export function decideReferences(file: Instructions, placing: Placing): Decided {
  const edits: Edit[] = []
  const left: Left[] = []
  const used = new Set<Variable>()
  const seen = new Set<string>()

  const leave = ({ start, text }: Word, because: string) => {
    if (!placing.isReverse) left.push({ start, reference: text, because })
  }
  const write = (word: Word, text: string, variable?: Variable) => {
    if (text === word.text) return
    edits.push({ start: word.start, end: word.start + word.text.length, text })
    if (variable) used.add(variable)
  }
  const settle = (word: Word, placed: Placed, noVariables?: string, isDefault = false) => {
    switch (placed.kind) {
      case 'kept':
        return
      case 'left':
        left.push({ start: word.start, reference: word.text, because: placed.because })
        return
      case 'direct':
      case 'upstream':
        write(word, placed.reference)
        return
      case 'arg': {
        const { variable, rest } = placed
        const because = noVariables ?? obstacleTo(variable, file, isDefault ? word.start : undefined)
        if (because === undefined) write(word, `\${${variable.name}}${rest}`, variable)
        else leave(word, because)
      }
    }
  }

  /** A reference of a `FROM`, or of a default that one uses. `names` are the stages that it can mean. */
  const decide = (written: Word, names: ReadonlySet<string>, isDefault: boolean): void => {
    if (isDefault && /^'.*'$/s.test(written.text)) {
      const inner = { start: written.start + 1, text: written.text.slice(1, -1) }
      settle(inner, placing.place(inner.text), 'variables are not read within single quotes', true)
      return
    }
    const word = withoutQuotes(written)
    const parts = partsOf(word.text)
    if (word.text === 'scratch' || names.has(word.text.toLowerCase())) return
    if (!parts) {
      leave(word, 'it is quoted, escaped or broken over lines')
      return
    }
    const [first] = parts
    if (first === undefined || mayBeStage(parts, names)) return
    if (first.kind === 'text') {
      const placed = placeWithVariables(parts.map(partOf), placing.place)
      if (placed) settle(word, placed, undefined, isDefault)
      else leave(word, 'which image it is, is for its variables to say')
      return
    }
    const rest = word.text.slice(first.text.length)
    if (!rest.startsWith('/')) {
      if (first.fallback)
        decide({ start: word.start + first.fallback.start, text: first.fallback.text }, names, isDefault)
      decideDefault(first.name, word, names)
      return
    }
    const variable = placing.variables.find(({ name }) => name === first.name)
    const registry = registryOf(first, file)
    if (variable && registry === variable.upstream) {
      const behind = partsOf(rest.slice(1))?.map(partOf) ?? []
      const placed = placeWithVariables(behind, (text) => placing.placeBehind(variable, text), true)
      if (placed?.kind === 'upstream') write(word, placed.reference, variable)
      return
    }
    const isRegistry = registry !== undefined && /[.:]|^localhost$/.test(registry)
    if (isRegistry && placing.mode === 'arg') return
    leave(
      word,
      isRegistry
        ? `its registry is the variable ${first.name}: set that`
        : `whether ${first.name} is a registry or a part of the path is for who sets it to say`,
    )
  }

  /** The default of a variable that an image begins with. */
  const decideDefault = (name: string, user: Word, names: ReadonlySet<string>): void => {
    const value = file.global.findLast((declaration) => declaration.name === name)?.value
    if (!value || value.text === '') {
      if (!/:?-/.test(user.text)) leave(user, `${name} has no default: who builds names the image`)
      return
    }
    if (seen.has(name)) return
    const text = withoutQuotes(value).text
    if (names.has(text.toLowerCase())) return
    seen.add(name)
    if (isUsedWithin(name, file)) {
      leave(value, `${name} is used for more than the beginning of images`)
      return
    }
    decide(value, names, true)
  }

  const names = new Set<string>()
  for (const { image, name } of file.stages) {
    decide(image, names, false)
    if (name !== undefined) names.add(name)
  }
  for (const source of file.sources) {
    if (names.has(source.text.toLowerCase()) || /^\d+$|\$/.test(source.text)) continue
    settle(
      source,
      placing.place(source.text),
      `${source.of} takes no variables: give it a stage of its own (FROM ${source.text} AS …), or use --mode direct`,
    )
  }
  if (file.syntax) {
    settle(file.syntax, placing.place(file.syntax.text), '# syntax takes no variables: use --mode direct')
  }
  return { edits, left, used }
}

function partOf(part: Part) {
  return part.kind === 'text' ? { text: part.text } : { variable: part.text }
}

/** Whether a name with variables in it is made like that of a stage: `build-${TARGET}`, where there is a `build-dev`. */
function mayBeStage(parts: readonly Part[], names: ReadonlySet<string>): boolean {
  const literal = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
  if (literal === '' || /[/:@]/.test(literal)) return false
  return [...names].some((name) => isMadeOf(name, parts))
}

/** Whether a name has the texts of some parts in their order, with anything where their variables are. */
function isMadeOf(name: string, parts: readonly Part[]): boolean {
  // The first place of each text is as good as a later one, and leaves the most for those behind it. A pattern that tried
  // them all would take time that grows with a power of the length.
  let at = 0
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'variable') continue
    const text = part.text.toLowerCase()
    const isLast = index === parts.length - 1
    const found = isLast ? name.length - text.length : name.indexOf(text, at)
    if (found < at || (index === 0 && found > 0) || !name.startsWith(text, found)) return false
    at = found + text.length
  }
  return at === name.length || parts.at(-1)?.kind === 'variable'
}

/** What registry a variable stands for if nobody sets it, as far as the file says. */
function registryOf(
  variable: Extract<Part, { kind: 'variable' }>,
  { global }: Instructions,
): string | undefined {
  const declared = global.findLast(({ name }) => name === variable.name)?.value
  return declared ? withoutQuotes(declared).text : variable.fallback?.text
}

/** Whether a variable stands anywhere but at the beginning of an image. */
function isUsedWithin(name: string, { stages, global }: Instructions): boolean {
  const words = [...stages.map(({ image }) => image), ...global.flatMap(({ value }) => value ?? [])]
  const use = new RegExp(String.raw`\$(?:${name}(?!\w)|\{${name}(?!\w)[^}]*\}?)`, 'g')
  return words.some((word) => {
    if (!word.text.includes(name)) return false
    const { text } = withoutQuotes(word)
    const uses = [...text.matchAll(use)]
    return uses.some(({ index, 0: used }) => index > 0 || text.startsWith('/', index + used.length))
  })
}
