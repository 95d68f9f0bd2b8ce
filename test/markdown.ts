import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workflow-files.ts'

/** A page for readers, from the root of the repository: `docs/oidc.md`. */
export interface Page {
  readonly path: string
  readonly text: string
}

/** A fenced block, and the language it says it is in. */
export interface Block {
  readonly language: string
  readonly text: string
}

export const pages: readonly Page[] = [
  ...['README.md', 'CONTRIBUTING.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

/** @throws {Error} if there is no such page. */
export function pageAt(path: string): Page {
  const page = pages.find((candidate) => candidate.path === path)
  if (!page) throw new Error(`no page ${path}`)
  return page
}

const fence = /^( *)```(\w*)\n(.*?)^\1```$/gms

export function blocksOf({ text }: Page): readonly Block[] {
  return [...text.matchAll(fence)].map(([, , language = '', code = '']) => ({ language, text: code }))
}

/** A page without its fenced blocks. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(fence, '')
}

/** The part of a page below a heading, up to the next one. */
export function below({ path, text }: Page, heading: string): Page {
  const [, section] = text.split(`\n${heading}\n`)
  if (section === undefined) throw new Error(`${path} has no ${heading}`)
  return { path, text: section.split(/\n#+ /)[0] ?? '' }
}

/**
 * What links to a page's headings end in, as GitHub makes it of their text.
 * https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function anchorsOf(page: Page): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const anchors = [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
  return new Set(anchors)
}
