import { createHash, createHmac } from 'node:crypto'
import type { Exchange } from '../service.ts'
import { AuthenticationFailure } from './authentication-failure.ts'

/** The `Authorization` header of a signed request, taken apart. */
export interface Authorization {
  readonly accessKeyId: string
  /** `20261123` */
  readonly date: string
  readonly region: string
  /** The signing name: `secretsmanager`, `sts`, `ecr`. */
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/**
 * Read the `Authorization` header.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @throws {@link AuthenticationFailure} if it is missing or not of the form of Signature Version 4.
 */
export function parseAuthorization(exchange: Pick<Exchange, 'headers'>): Authorization {
  const header = exchange.headers['authorization']
  if (header === undefined) throw new AuthenticationFailure('missing')
  const [, parameters] = /^AWS4-HMAC-SHA256\s+(.+)$/.exec(header) ?? []
  if (parameters === undefined) throw new AuthenticationFailure('incomplete')
  const byName = new Map(
    parameters.split(',').map((parameter): [string, string] => {
      const [name = '', ...value] = parameter.trim().split('=')
      return [name, value.join('=')]
    }),
  )
  const scope = (byName.get('Credential') ?? '').split('/')
  const [terminator, service, region, date] = [scope.pop(), scope.pop(), scope.pop(), scope.pop()]
  const accessKeyId = scope.join('/')
  const signedHeaders = (byName.get('SignedHeaders') ?? '').split(';').filter((name) => name !== '')
  const signature = byName.get('Signature') ?? ''
  if (!accessKeyId || !service || !region || !date || signedHeaders.length === 0 || !signature) {
    throw new AuthenticationFailure(
      'incomplete',
      "Authorization header requires 'Credential' of five parts, 'SignedHeaders' and 'Signature' parameters.",
    )
  }
  if (terminator !== 'aws4_request') {
    throw new AuthenticationFailure(
      'bad-signature',
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator ?? ''}'.`,
    )
  }
  return { accessKeyId, date, region, service, signedHeaders, signature }
}

/**
 * Check everything that a signature says about a request: scope, time, headers, target and body.
 *
 * @param now the real time, not the sandbox's: clients sign with theirs
 * @throws {@link AuthenticationFailure}
 */
export function verifySignature(
  exchange: Exchange,
  authorization: Authorization,
  {
    service,
    secretAccessKey,
    now,
  }: { readonly service: string; readonly secretAccessKey: string; readonly now: Date },
): void {
  if (authorization.service !== service) {
    throw new AuthenticationFailure(
      'bad-signature',
      `Credential should be scoped to correct service: '${service}'.`,
    )
  }
  if (!/^([a-z]+-)+\d+$/.test(authorization.region)) {
    throw new AuthenticationFailure('bad-signature', 'Credential should be scoped to a valid region.')
  }
  checkSignedHeaders(exchange, authorization)
  const timestamp = readTimestamp(exchange)
  checkTime(timestamp, authorization, now)
  const bodyHash = sha256(exchange.body)
  const declared = exchange.headers['x-amz-content-sha256']
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    timestamp,
    `${authorization.date}/${authorization.region}/${authorization.service}/aws4_request`,
    sha256(canonicalRequest(exchange, authorization.signedHeaders, bodyHash)),
  ].join('\n')
  const signature = hmac(signingKey(secretAccessKey, authorization), stringToSign).toString('hex')
  if (signature !== authorization.signature || (declared !== undefined && declared !== bodyHash)) {
    throw new AuthenticationFailure('bad-signature')
  }
}

/** `host` and every `x-amz-*` header that was sent have to be covered. */
function checkSignedHeaders({ headers }: Exchange, { signedHeaders }: Authorization): void {
  const needed = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))]
  const unsigned = needed.find((name) => !signedHeaders.includes(name))
  if (unsigned !== undefined) {
    throw new AuthenticationFailure(
      'bad-signature',
      `'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`,
    )
  }
}

/** `20261123T060849Z` */
function readTimestamp({ headers }: Exchange): string {
  const amzDate = headers['x-amz-date']
  if (amzDate !== undefined && /^\d{8}T\d{6}Z$/.test(amzDate)) return amzDate
  const date = new Date(headers['date'] ?? '')
  if (amzDate === undefined && !Number.isNaN(date.getTime())) return formatTimestamp(date)
  throw new AuthenticationFailure(
    'incomplete',
    "Authorization header requires existence of either a valid 'X-Amz-Date' or a valid 'Date' header.",
  )
}

/** Requests are good for fifteen minutes, in both directions. */
const tolerance = 15 * 60_000

function checkTime(timestamp: string, { date }: Authorization, now: Date): void {
  if (!timestamp.startsWith(date)) {
    throw new AuthenticationFailure(
      'bad-signature',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ` +
        `'${date}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
    )
  }
  const signed = Date.parse(
    timestamp.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'),
  )
  const clock = formatTimestamp(now)
  if (signed < now.getTime() - tolerance) {
    const limit = formatTimestamp(new Date(now.getTime() - tolerance))
    throw new AuthenticationFailure(
      'bad-signature',
      `Signature expired: ${timestamp} is now earlier than ${limit} (${clock} - 15 min.)`,
    )
  }
  if (!(signed <= now.getTime() + tolerance)) {
    const limit = formatTimestamp(new Date(now.getTime() + tolerance))
    throw new AuthenticationFailure(
      'bad-signature',
      `Signature not yet current: ${timestamp} is still later than ${limit} (${clock} + 15 min.)`,
    )
  }
}

function canonicalRequest(exchange: Exchange, signedHeaders: readonly string[], bodyHash: string): string {
  const [path, query] = splitOnce(exchange.target, '?')
  const headers = signedHeaders.map(
    (name) => `${name}:${(exchange.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`,
  )
  return [
    exchange.method,
    canonicalPath(path),
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    bodyHash,
  ].join('\n')
}

/** Encoded once more than it was sent, as for every service but S3. */
function canonicalPath(path: string): string {
  return path.split('/').map(encode).join('/') || '/'
}

/** Sorted by name, then by value, both encoded. */
function canonicalQuery(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .map((parameter) => {
      const [name, value] = splitOnce(parameter, '=')
      return { name: encode(decode(name)), value: encode(decode(value)) }
    })
    .sort((left, right) => compare(left.name, right.name) || compare(left.value, right.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AuthenticationFailure('bad-signature')
  }
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** RFC 3986: `encodeURIComponent` leaves five characters that it reserves. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function signingKey(secretAccessKey: string, { date, region, service }: Authorization): Buffer {
  return [date, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`))
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

function formatTimestamp(moment: Date): string {
  return moment.toISOString().replace(/[-:]|\.\d{3}/g, '')
}
