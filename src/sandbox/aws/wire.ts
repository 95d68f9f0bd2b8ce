import { randomUUID } from 'node:crypto'
import type { Answer } from '../service.ts'

/** What a service has to say when it refuses. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly status: number
}

/**
 * A success of a JSON service. Dates become seconds since 1970 with a fraction, bytes become base64, and absent
 * members stay away.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonSuccess(output: Readonly<Record<string, unknown>>): Answer {
  return jsonAnswer(200, output)
}

/**
 * A refusal of a JSON service.
 *
 * @param member Secrets Manager calls the text `Message`, ECR `message`
 */
export function jsonRefusal(refusal: Refusal, member: 'Message' | 'message'): Answer {
  return jsonAnswer(refusal.status, { __type: refusal.code, [member]: refusal.message })
}

/** What the result of a query service holds; the items of a list become elements named `member`. */
export type XmlValue = string | readonly XmlValue[] | { readonly [name: string]: XmlValue }

/** A success of a query service. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function xmlSuccess(
  namespace: string,
  action: string,
  result: Readonly<Record<string, XmlValue>>,
): Answer {
  const requestId = randomUUID()
  const body =
    `<${action}Response xmlns="${namespace}"><${action}Result>${toXml(result)}</${action}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>\n`
  return xmlAnswer(200, { body, requestId })
}

/** A refusal of a query service. */
export function xmlRefusal(namespace: string, { code, message, status }: Refusal): Answer {
  const requestId = randomUUID()
  const body =
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>` +
    `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>` +
    `<RequestId>${requestId}</RequestId></ErrorResponse>\n`
  return xmlAnswer(status, { body, requestId })
}

function toXml(value: XmlValue): string {
  if (typeof value === 'string') return escapeXml(value)
  const elements: [string, XmlValue][] = Array.isArray(value)
    ? value.map((item: XmlValue) => ['member', item])
    : Object.entries(value)
  return elements.map(([name, item]) => `<${name}>${toXml(item)}</${name}>`).join('')
}

function jsonAnswer(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': randomUUID() },
    body: JSON.stringify(toWire(body)),
  }
}

/** Before `JSON.stringify` sees them: `Date` and `Buffer` would turn themselves into something else. */
function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]))
}

function xmlAnswer(
  status: number,
  { body, requestId }: { readonly body: string; readonly requestId: string },
): Answer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-RequestId': requestId }, body }
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}
