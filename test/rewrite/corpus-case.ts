import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * One file of the corpus: a file, and what becomes of it. It consists of sections, each with a heading of the form
 * `=== NAME`. The first line is the path of the file. `input` is the file; `arg` and `direct` are what it becomes, and are
 * absent where it stays as it is; `left arg` and `left direct` are what is left, a line each: `LINE: REFERENCE: REASON`.
 * `back arg` and `back direct` are what comes back, if that is not the input.
 */
export interface CorpusCase {
  /** `compose/services.case` */
  readonly name: string
  readonly path: string
  section(name: string): string | undefined
}

/** The cases of a folder of the corpus. */
export function corpusCases(folder: string): readonly CorpusCase[] {
  const corpus = join(import.meta.dirname, 'corpus', folder)
  return readdirSync(corpus)
    .filter((name) => name.endsWith('.case'))
    .sort()
    .map((name) => readCase(`${folder}/${name}`, readFileSync(join(corpus, name), 'utf8')))
}

function readCase(name: string, text: string): CorpusCase {
  const [path = '', ...sections] = text.split(/^=== /m)
  const byName = new Map(
    sections.map((section) => {
      const end = section.indexOf('\n')
      return [section.slice(0, end), section.slice(end + 1)] as const
    }),
  )
  return { name, path: path.trim(), section: (wanted) => byName.get(wanted) }
}
