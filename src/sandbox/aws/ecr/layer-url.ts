import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A layer, and the repository that it is given out from. */
interface LayerPlace {
  readonly account: string
  readonly region: string
  readonly name: string
  readonly digest: string
}

/** Addresses of layers that let in whoever has them, for a while. */
export interface LayerUrls {
  /** @returns path and query */
  sign(place: LayerPlace, now: Date): string
  /** What an address is of, by path and query as they were sent; `forged` unless it was made here. */
  read(url: URL, now: Date): LayerPlace | 'forged' | 'expired'
}

/** How long an address lets in, in seconds. */
const lifetime = 3600

/** Where the addresses are. */
export const layerPath = '/layers/'

/**
 * Presigned addresses in the manner of S3: whose place, date and life are in the query, signed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function createLayerUrls(): LayerUrls {
  const key = randomBytes(32)
  const signatureOf = (path: string, date: string) =>
    createHmac('sha256', key).update(`${path}?${date}`).digest()
  return {
    sign({ account, region, name, digest }, now) {
      const path = `${layerPath}${account}/${region}/${name}/${digest}`
      const date = now.toISOString()
      const query = new URLSearchParams({
        'X-Amz-Date': date,
        'X-Amz-Expires': String(lifetime),
        'X-Amz-Signature': signatureOf(path, date).toString('hex'),
      })
      return `${path}?${query.toString()}`
    },
    read({ pathname, searchParams }, now) {
      const path = decodeURIComponent(pathname)
      const date = searchParams.get('X-Amz-Date') ?? ''
      const given = Buffer.from(searchParams.get('X-Amz-Signature') ?? '', 'hex')
      const expected = signatureOf(path, date)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged'
      if (searchParams.get('X-Amz-Expires') !== String(lifetime)) return 'forged'
      const [account = '', region = '', ...rest] = path.slice(layerPath.length).split('/')
      if (now.getTime() - Date.parse(date) > lifetime * 1000) return 'expired'
      return { account, region, name: rest.slice(0, -1).join('/'), digest: rest.at(-1) ?? '' }
    },
  }
}
