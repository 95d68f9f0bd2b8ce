import type { Answer, Exchange } from '../service.ts'
import type { Content } from './content.ts'

/** The entity tag of a content: its digest, in quotes. */
export function etagOf({ digest }: Pick<Content, 'digest'>): string {
  return `"${digest}"`
}

/**
 * Whether the client has this content already.
 * https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match; a digest without quotes does too, as it does for
 * https://github.com/distribution/distribution/blob/main/registry/handlers/manifests.go
 */
export function isKnown(
  { headers }: Pick<Exchange, 'headers'>,
  { digest }: Pick<Content, 'digest'>,
): boolean {
  const tags = headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? []
  return tags.some((tag) => tag === '*' || tag === digest || tag === etagOf({ digest }))
}

/**
 * A blob as a file server gives it: whole, a part of it, or nothing new. HEAD is answered like GET; whoever sends it
 * leaves the body out. Several ranges at once get the whole.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
export function answerBlobContent(exchange: Pick<Exchange, 'headers'>, content: Content): Answer {
  const etag = etagOf(content)
  const headers = { 'accept-ranges': 'bytes', etag }
  if (isKnown(exchange, content)) return { status: 304, headers }

  const { range: wanted, 'if-range': condition } = exchange.headers
  const size = content.body.length
  const range = condition === undefined || condition === etag ? parseRange(wanted, size) : 'whole'
  const type = { 'content-type': 'application/octet-stream' }
  switch (range) {
    case 'whole':
      return {
        status: 200,
        headers: { ...headers, ...type, 'content-length': String(size) },
        body: content.body,
      }
    case 'unsatisfiable':
      return { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } }
    default: {
      const body = content.body.subarray(range.first, range.last + 1)
      return {
        status: 206,
        headers: {
          ...headers,
          ...type,
          'content-length': String(body.length),
          'content-range': `bytes ${range.first}-${range.last}/${size}`,
        },
        body,
      }
    }
  }
}

/** Positions of the first and the last byte. */
interface ByteRange {
  readonly first: number
  readonly last: number
}

function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const [, wanted] = /^bytes=(.*)$/.exec(header ?? '') ?? []
  if (wanted === undefined || wanted.includes(',')) return 'whole'
  const [, from = '', to = ''] = /^\s*(\d*)-(\d*)\s*$/.exec(wanted) ?? []
  if (from === '' && to === '') return 'unsatisfiable'
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  return first <= last ? { first, last } : 'unsatisfiable'
}
