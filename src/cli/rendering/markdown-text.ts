import { oneLine } from './one-line.ts'

/**
 * Text from elsewhere as Markdown that shows it and does nothing else, also in the cell of a table: punctuation that
 * can mean something to Markdown, HTML or GitHub's mathematics becomes a character reference, which never does.
 *
 * https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
 */
export function markdownText(text: string): string {
  return oneLine(text).replace(/[&<>"`*_[\]{}|\\~#!$@^]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A row of a table. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(markdownText).join(' | ')} |`
}
