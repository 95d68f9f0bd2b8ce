import { PullthroughError } from '../../errors.ts'

/**
 * Refuse a file whose here-documents `dockerfile-ast` reads otherwise than BuildKit, so that an instruction would be taken
 * for text or text for an instruction: `RUN echo "a <<EOF b"` opens none, `RUN cat 3<<EOF` opens one. Refused, too, is one
 * without an end, as BuildKit does.
 * https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go
 *
 * @param instructions where each starts and ends, its here-documents included
 * @param escape the character before a line break that is none
 * @throws {@link PullthroughError} `ERR_FILE`
 */
export function checkHeredocs(
  text: string,
  instructions: readonly { readonly start: number; readonly end: number }[],
  escape: string,
): void {
  for (const { start, end } of instructions) {
    const whole = text.slice(start, end)
    if (!whole.includes('<<') || !/^(?:onbuild\s+)?(?:run|copy|add)\s/i.test(whole)) continue
    const command = firstLine(whole, escape)
    const opened = [...command.matchAll(/(?<=\s)<<-?(?!<)\S+/g)].map(([word]) => word)
    if (opened.join('\n') !== heredocWords(command, escape).join('\n')) {
      throw refusal(text, start, 'whether its << opens a here-document is not read as BuildKit reads it')
    }
    const last = opened.at(-1)
    if (last === undefined) continue
    const name = last.replace(/^<<-?/, '').replace(/^(["'])(.*)\1$/, '$2')
    const ending = whole.split('\n').at(-1)?.replace(/\r$/, '') ?? ''
    if ((last.startsWith('<<-') ? ending.replace(/^\t+/, '') : ending) !== name) {
      throw refusal(text, start, `the here-document ${JSON.stringify(name.slice(0, 50))} has no end`)
    }
  }
}

function refusal(text: string, start: number, problem: string): PullthroughError {
  const line = text.slice(0, start).split('\n').length
  return new PullthroughError('ERR_FILE', `line ${line}: ${problem}`)
}

/** An instruction up to the line break that ends it or starts its here-document; continued lines are joined. */
function firstLine(whole: string, escape: string): string {
  const lines: string[] = []
  for (const line of whole.split('\n')) {
    if (lines.length > 0 && /^\s*(?:#|$)/.test(line)) continue
    const continued = line.trimEnd().endsWith(escape)
    lines.push(continued ? line.trimEnd().slice(0, -1) : line)
    if (!continued) break
  }
  return lines.join('')
}

/** The words of a command that BuildKit takes for here-documents. Quotes hold words together. */
function heredocWords(command: string, escape: string): readonly string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  for (let at = 0; at < command.length; at += 1) {
    const character = command[at] ?? ''
    if (character === escape && quote !== "'") {
      word += character + (command[at + 1] ?? '')
      at += 1
    } else if (quote === '' && /\s/.test(character)) {
      words.push(word)
      word = ''
    } else {
      if (character === quote) quote = ''
      else if (quote === '' && (character === '"' || character === "'")) quote = character
      word += character
    }
  }
  return [...words, word].filter((each) => /^\d*<<-?[^<]+$/.test(each))
}
