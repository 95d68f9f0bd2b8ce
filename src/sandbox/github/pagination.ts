import type { Call } from './call.ts'

/** One page of a list, and the `Link` header that leads to the others. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Cut a list into the page a call asks for. Sizes above the largest are cut down to it; what is not a positive
 * number counts as absent.
 * https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 *
 * @param path of the list as `Link` gives it, which for repositories is `/repositories/{id}/…`
 */
export function pageOf<Item>(
  all: readonly Item[],
  { exchange, base }: Pick<Call, 'exchange' | 'base'>,
  { path, size, largest }: { readonly path: string; readonly size: number; readonly largest: number },
): Page<Item> {
  const query = exchange.url.searchParams
  const perPage = Math.min(positive(query.get('per_page')) ?? size, largest)
  const page = positive(query.get('page')) ?? 1
  const last = Math.max(1, Math.ceil(all.length / perPage))

  const link = (rel: string, to: number) => {
    const target = new URLSearchParams(query)
    target.set('page', String(to))
    return `<${base}${path}?${target.toString()}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link('prev', Math.min(page - 1, last))] : []),
    ...(page < last ? [link('next', page + 1), link('last', last)] : []),
    ...(page > 1 ? [link('first', 1)] : []),
  ]
  return {
    items: all.slice((page - 1) * perPage, page * perPage),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  }
}

function positive(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined
}
