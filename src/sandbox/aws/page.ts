import { createHash } from 'node:crypto'
import type { ServiceError } from './service-error.ts'

/** A part of a list, and where it goes on. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextToken: string | undefined
}

/**
 * Cut a page out of a list.
 *
 * @param request what the list is of: a token of another list is refused
 * @throws what `invalidNextToken` makes, for a token that is not one of this list's
 */
export function pageOf<Item>(
  items: readonly Item[],
  {
    request,
    nextToken,
    maxResults = 100,
    invalidNextToken,
  }: {
    readonly request: unknown
    readonly nextToken: string | undefined
    readonly maxResults: number | undefined
    readonly invalidNextToken: () => ServiceError
  },
): Page<Item> {
  const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16)
  const start = nextToken === undefined ? 0 : readToken(nextToken, fingerprint)
  if (start === undefined) throw invalidNextToken()
  const end = start + maxResults
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(`${fingerprint}:${end}`).toString('base64') : undefined,
  }
}

function readToken(token: string, fingerprint: string): number | undefined {
  const [made, start] = Buffer.from(token, 'base64').toString('utf8').split(':')
  return made === fingerprint && /^\d+$/.test(start ?? '') ? Number(start) : undefined
}
