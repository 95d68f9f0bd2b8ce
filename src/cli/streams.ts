import type { PullthroughError } from '../errors.ts'

/** Where output goes. stdout carries the answer; stderr carries everything else. */
export interface Streams {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Whether stdout is a terminal that shows colours, and the user wants them (https://no-color.org). */
  readonly colour?: boolean
}

/** Print the lines of an answer. */
export function printAnswer({ stdout }: Streams, lines: readonly string[]): void {
  if (lines.length > 0) stdout(`${lines.join('\n')}\n`)
}

/** Print one line that is neither the answer nor an error. */
export function printNote({ stderr }: Streams, text: string): void {
  stderr(`pullthrough: ${text}\n`)
}

/** Print an error, and what to do next. */
export function printError(
  { stderr }: Streams,
  { message, hint }: Pick<PullthroughError, 'message' | 'hint'>,
): void {
  stderr(`pullthrough: error: ${message}\n`)
  if (hint) stderr(`pullthrough: hint: ${hint}\n`)
}

/** Print what the user should know, though nothing is wrong enough to stop. */
export function printWarning(streams: Streams, text: string): void {
  printNote(streams, `warning: ${text}`)
}
