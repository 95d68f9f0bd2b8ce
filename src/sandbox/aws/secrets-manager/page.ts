import { createHash } from 'node:crypto'
import { invalidNextToken } from './errors.ts'

/** A part of a list, and where it goes on. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextToken: string | undefined
}

/**
 * Cut a page out of a list.
 *
 * @param request what the list is of: a token of another list is refused
 * @throws `InvalidNextTokenException`
 */
export function pageOf<Item>(
  items: readonly Item[],
  {
    request,
    nextToken,
    maxResults = 100,
  }: {
    readonly request: unknown
    readonly nextToken: string | undefined
    readonly maxResults: number | undefined
  },
): Page<Item> {
  const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16)
  const start = nextToken === undefined ? 0 : readToken(nextToken, fingerprint)
  const end = start + maxResults
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(`${fingerprint}:${end}`).toString('base64') : undefined,
  }
}

function readToken(token: string, fingerprint: string): number {
  const [made, start] = Buffer.from(token, 'base64').toString('utf8').split(':')
  if (made !== fingerprint || !/^\d+$/.test(start ?? '')) throw invalidNextToken()
  return Number(start)
}
