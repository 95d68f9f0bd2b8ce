import { createHash, createHmac } from 'node:crypto'
import type { AwsSandbox } from './aws-sandbox.ts'
import { type RawAnswer, type RawRequest, sendRaw } from './raw-http.ts'

/**
 * Send a request whose body and headers were changed, signed anew. Written from the specification, apart from both
 * the SDK and the sandbox: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signAgain(
  { url, aws }: Pick<AwsSandbox, 'url' | 'aws'>,
  request: RawRequest,
  {
    headers: changed = {},
    region = 'us-east-1',
    service = 'secretsmanager',
  }: {
    readonly headers?: Readonly<Record<string, string>>
    readonly region?: string | undefined
    readonly service?: string
  } = {},
): Promise<RawAnswer> {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const headers: Record<string, string> = {
    host: new URL(url).host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-date': now,
    'x-amz-target': request.headers['x-amz-target'] ?? '',
    ...changed,
  }
  const names = Object.keys(headers).sort()
  const canonical = [
    request.method,
    '/',
    '',
    ...names.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    names.join(';'),
    sha256(request.body),
  ].join('\n')
  const scope = `${now.slice(0, 8)}/${region}/${service}/aws4_request`
  let key = Buffer.from(`AWS4${aws.seededIdentity.secretAccessKey}`)
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest()
  const toSign = `AWS4-HMAC-SHA256\n${now}\n${scope}\n${sha256(canonical)}`
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  const credential = `${aws.seededIdentity.accessKeyId}/${scope}`
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return sendRaw(url, { ...request, headers })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
