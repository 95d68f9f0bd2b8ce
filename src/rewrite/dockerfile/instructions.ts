import {
  Arg,
  type Argument,
  DockerfileParser,
  type Flag,
  From,
  type Instruction,
  ModifiableInstruction,
  Onbuild,
} from 'dockerfile-ast'
import { PullthroughError } from '../../errors.ts'
import { checkHeredocs } from './heredocs.ts'

/** A word of an instruction, where it stands. */
export interface Word {
  readonly start: number
  /** As it is written; a word that is broken over lines has its line breaks, which no reference has. */
  readonly text: string
}

/** A variable that is declared with `ARG`. */
interface Declaration {
  readonly name: string
  /** What is behind the `=`, with its quotes. */
  readonly value: Word | undefined
  /** Of the whole instruction. */
  readonly start: number
  readonly end: number
}

/** A `FROM`. */
interface Stage {
  readonly image: Word
  /** In lower case, as names of stages are compared; `undefined` if it has none. */
  readonly name: string | undefined
}

/** What of a Dockerfile has to do with images. */
export interface Instructions {
  /** Where the first instruction starts; `undefined` if there is none. */
  readonly start: number | undefined
  /** The image of `# syntax=`. */
  readonly syntax: Word | undefined
  /** The `ARG`s before the first `FROM`, which alone can be used in a `FROM`. */
  readonly global: readonly Declaration[]
  /** Those of stages. */
  readonly local: readonly Declaration[]
  readonly stages: readonly Stage[]
  /** What `COPY --from=` and `RUN --mount=from=` name. */
  readonly sources: readonly (Word & { readonly of: 'COPY --from' | 'RUN --mount' })[]
}

/**
 * What BuildKit reads of a line at most, in bytes.
 * https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go
 */
const longestLine = 65_535

/** In UTF-16 code units. */
const largest = 1024 * 1024

/** How many `ARG`s and `FROM`s are compared with each other. */
const most = 2000

let last: { readonly text: string; readonly instructions: Instructions } | undefined

/**
 * Read a Dockerfile.
 *
 * @throws {@link PullthroughError} `ERR_FILE` for what BuildKit does not take, or is not sure to read as we do.
 */
export function readInstructions(text: string): Instructions {
  // What is to be written is read twice, by two who check it.
  if (last?.text !== text) last = { text, instructions: readAnew(text) }
  return last.instructions
}

function readAnew(text: string): Instructions {
  if (text.length > largest) {
    throw new PullthroughError('ERR_FILE', `a Dockerfile of more than ${largest} characters is not read`)
  }
  checkLines(text)
  const file = DockerfileParser.parse(text)
  const offsetOf = offsetsIn(text)
  const wordOf = (part: { getRange: Argument['getRange'] } | undefined): Word | undefined => {
    if (!part) return undefined
    const { start, end } = part.getRange()
    return { start: offsetOf(start), text: text.slice(offsetOf(start), offsetOf(end)) }
  }
  const instructions = file.getInstructions().map((instruction) => {
    const { start, end } = instruction.getRange()
    return { instruction, start: offsetOf(start), end: offsetOf(end) }
  })
  checkHeredocs(
    text,
    instructions.map(({ start, end }) => ({ start, end })),
    file.getEscapeCharacter(),
  )

  const firstFrom = instructions.findIndex(({ instruction }) => instruction instanceof From)
  const declarations = instructions.flatMap(({ instruction, start, end }, index) =>
    instruction instanceof Arg
      ? instruction.getArguments().flatMap((argument) => {
          const word = wordOf(argument)
          return word ? [{ ...declarationOf(word, start, end), isGlobal: index < firstFrom }] : []
        })
      : [],
  )
  const stages = instructions.flatMap(({ instruction }) => {
    if (!(instruction instanceof From)) return []
    const image = wordOf(instruction.getArguments()[0])
    return image ? [{ image, name: instruction.getBuildStage()?.toLowerCase() }] : []
  })
  if (declarations.length + stages.length > most) {
    throw new PullthroughError('ERR_FILE', `a Dockerfile with more than ${most} ARGs and FROMs is not read`)
  }
  return {
    start: instructions[0]?.start,
    syntax: syntaxOf(file, offsetOf),
    global: declarations.filter(({ isGlobal }) => isGlobal),
    local: declarations.filter(({ isGlobal }) => !isGlobal),
    stages,
    sources: instructions.flatMap(({ instruction, start, end }) =>
      // Taking an instruction apart takes long, and few have such a flag.
      /--(?:from|mount)=/.test(text.slice(start, end)) ? sourcesOf(instruction, wordOf) : [],
    ),
  }
}

function declarationOf(word: Word, start: number, end: number): Declaration {
  const equals = word.text.indexOf('=')
  if (equals < 0) return { name: word.text, value: undefined, start, end }
  const value = { start: word.start + equals + 1, text: word.text.slice(equals + 1) }
  return { name: word.text.slice(0, equals), value, start, end }
}

/** The image of `# syntax=`, without the words behind it that BuildKit takes for the frontend’s own. */
function syntaxOf(
  file: ReturnType<typeof DockerfileParser.parse>,
  offsetOf: ReturnType<typeof offsetsIn>,
): Word | undefined {
  const directive = file.getDirectives().find((each) => each.getName().toLowerCase() === 'syntax')
  if (!directive) return undefined
  const [text = ''] = directive.getValue().split(/\s/, 1)
  return { start: offsetOf(directive.getValueRange().start), text }
}

/** What an instruction, or the one that an `ONBUILD` keeps for later, copies or mounts from. */
function sourcesOf(
  instruction: Instruction | null,
  wordOf: (part: Pick<Flag, 'getRange'>) => Word | undefined,
): Instructions['sources'] {
  if (instruction instanceof Onbuild) return sourcesOf(instruction.getTriggerInstruction(), wordOf)
  if (!(instruction instanceof ModifiableInstruction)) return []
  const keyword = instruction.getKeyword()
  return instruction.getFlags().flatMap((flag) => {
    const flagText = wordOf(flag)
    if (!flagText) return []
    const found =
      keyword === 'COPY'
        ? /^--from=(?<image>.*)$/s.exec(flagText.text)
        : keyword === 'RUN'
          ? /^--mount=(?:[^,]*,)*?from=(?<image>[^,]*)(?:,|$)/s.exec(flagText.text)
          : null
    const image = found?.groups?.['image']
    if (!found || image === undefined) return []
    const start = flagText.start + found[0].replace(/,$/, '').length - image.length
    return [
      { start, text: image, of: keyword === 'COPY' ? ('COPY --from' as const) : ('RUN --mount' as const) },
    ]
  })
}

/** The lines that `dockerfile-ast` and BuildKit do not see alike, or that BuildKit refuses. */
function checkLines(text: string): void {
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    if (/\r(?!$)/.test(line)) {
      throw new PullthroughError('ERR_FILE', `line ${index + 1}: a carriage return stands within the line`)
    }
    if (line.length > longestLine || Buffer.byteLength(line) > longestLine) {
      throw new PullthroughError(
        'ERR_FILE',
        `line ${index + 1}: it is longer than the ${longestLine} bytes that BuildKit reads of one`,
      )
    }
  }
}

/** Turn positions of `dockerfile-ast` (lines and columns from 0) into offsets. */
function offsetsIn(
  text: string,
): (position: { readonly line: number; readonly character: number }) => number {
  const starts = [0]
  for (const { index } of text.matchAll(/\n/g)) starts.push(index + 1)
  return ({ line, character }) => Math.min((starts[line] ?? text.length) + character, text.length)
}
