import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { oneLine } from './one-line.ts'

/** How long a diff may take to make, in milliseconds; one that takes longer would be read by nobody. */
const patience = 1000

/** What would change in a file, as a unified diff; nothing if nothing would. Tokens that stand beside it are not shown. */
export function renderDiff(path: string, before: string, after: string): readonly string[] {
  if (before === after) return []
  const shown = oneLine(path)
  const patch = createTwoFilesPatch(`a/${shown}`, `b/${shown}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
    timeout: patience,
  })
  if (patch === undefined) return [`--- a/${shown}`, `+++ b/${shown}`, '(too many lines differ to show them)']
  return patch.replace(/\n$/, '').split('\n').map(shownLine)
}

/** A line of a file for a terminal, which control characters could steer. */
function shownLine(line: string): string {
  return line
    .replace(/dckr_[po]at_[\w-]+|gh[a-z]_\w{20,}|github_pat_\w+/g, '…')
    .replace(secretAssignment, '$<name>…')
    .replace(/(?<=:\/\/[^\s:/@]{1,200}:)[^\s:/@$]{1,200}(?=@)/g, '…')
    .replace(/(?![\t\r])\p{Cc}|\r(?!$)|[\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
}

/** What a password is set to, as far as a line says that it is one. A variable may be seen: `${DB_PASSWORD}`. */
const secretAssignment =
  /(?<name>(?:password|passwd|secret|(?<!id-)token|api_?key|access_?key|private_?key)(?:["']?[ \t]*=[ \t]*|["'][ \t]*:[ \t]*|[ \t]*:[ \t]+))(?![ \t]|["']?[$*!&{[|>])["']?[^\s"',}]+["']?/gi
