/** A part of a repository's tags, in lexical order. */
export interface TagPage {
  readonly tags: readonly string[]
  /** Where the next part is; absent at the end. */
  readonly next?: string
}

/**
 * The part of a tag list that the query's `n` and `last` ask for; all of it without them.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 *
 * @returns `undefined` if `n` is no number of tags
 */
export function tagPage(tags: Iterable<string>, { pathname, searchParams }: URL): TagPage | undefined {
  const n = searchParams.get('n')
  if (n !== null && !/^\d+$/.test(n)) return undefined
  const last = searchParams.get('last') ?? ''
  const rest = [...tags].sort().filter((tag) => tag > last)
  const page = n === null ? rest : rest.slice(0, Number(n))
  const lastOfPage = page.at(-1)
  if (n === null || lastOfPage === undefined || page.length === rest.length) return { tags: page }
  return { tags: page, next: `${pathname}?${new URLSearchParams({ last: lastOfPage, n }).toString()}` }
}
