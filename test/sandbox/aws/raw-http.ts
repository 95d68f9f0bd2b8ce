import { request } from 'node:http'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { STSClient } from '@aws-sdk/client-sts'

/** A request as it goes over the wire, to be spoiled. */
export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What decides a signature. */
export interface Signing {
  readonly endpoint: string
  readonly region?: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  /** Sign as if the clock were off. */
  readonly systemClockOffset?: number
}

/** The request that the real SDK signs, instead of its answer. */
export function captureSecretsManager(
  signing: Signing,
  send: (client: SecretsManagerClient) => Promise<unknown>,
): Promise<RawRequest> {
  return capture((requestHandler) =>
    send(new SecretsManagerClient({ region: 'us-east-1', maxAttempts: 1, ...signing, requestHandler })),
  )
}

export function captureSts(
  signing: Signing,
  send: (client: STSClient) => Promise<unknown>,
): Promise<RawRequest> {
  return capture((requestHandler) =>
    send(new STSClient({ region: 'us-east-1', maxAttempts: 1, ...signing, requestHandler })),
  )
}

/** Send a request byte for byte. */
export function sendRaw(url: string, { method, path, headers, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sending = request(new URL(path, url), { method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const received = Object.entries(response.headers).map(
          ([name, value]) => [name, String(value)] as const,
        )
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(received),
          body: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

class Captured extends Error {}

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}

async function capture(
  run: (handler: { handle: (request: SdkRequest) => Promise<never> }) => Promise<unknown>,
): Promise<RawRequest> {
  let captured: RawRequest | undefined
  const handle = ({ method, path, headers, body }: SdkRequest) => {
    const text =
      body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : typeof body === 'string' ? body : ''
    captured = { method, path, headers: { ...headers }, body: text }
    return Promise.reject(new Captured())
  }
  try {
    await run({ handle })
  } catch (error) {
    if (!(error instanceof Captured)) throw error
  }
  if (!captured) throw new Error('the SDK sent nothing')
  return captured
}
