import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Faults } from './fault.ts'
import type { RequestLog } from './request-log.ts'
import type { Answer, Exchange, Operation, Service } from './service.ts'

/** A server that listens on loopback. */
export interface Listener {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  close(): Promise<void>
}

/** The largest body that is read, in bytes: no request of these services is larger. */
const largestBody = 1024 * 1024

/**
 * Serve one service on a port of 127.0.0.1: log each request, apply the fault that waits for it, let the service
 * answer.
 *
 * @param port 0 takes a free one
 */
export function serveService(
  service: Service,
  port: number,
  { log, faults }: { readonly log: RequestLog; readonly faults: Faults },
): Promise<Listener> {
  return listen(port, async (exchange, response) => {
    const operation = service.recognise(exchange)
    const answered = log.arrived(operation)
    const { delayMs, fault } = faults.take(operation.service, operation.name)
    if (delayMs > 0) await wait(delayMs)
    switch (fault?.kind) {
      case 'hang':
        return
      case 'reset':
        cut(response)
        return
      case 'lost':
        await operation.perform()
        cut(response)
        return
      default: {
        const answer = await answerOf(operation, fault)
        // Noted first: whoever has heard the answer finds it in the log.
        answered(answer.status)
        send(response, answer, exchange.method)
      }
    }
  })
}

async function answerOf(operation: Operation, fault: ReturnType<Faults['take']>['fault']): Promise<Answer> {
  if (!fault) return operation.perform()
  if (fault.kind === 'html') return htmlPage(fault.status ?? 502)
  return operation.refuse(fault)
}

/** What a load balancer says in place of the service. */
function htmlPage(status: number): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>\n`,
  }
}

/** Serve `handle` on a port of 127.0.0.1; what it throws is a defect of the sandbox and answers 500, loudly. */
export async function listen(
  port: number,
  handle: (exchange: Exchange, response: ServerResponse) => Promise<void>,
): Promise<Listener> {
  let origin = ''
  const server = createServer((request, response) => {
    readExchange(request, origin)
      .then((exchange) => handle(exchange, response))
      .catch((error: unknown) => {
        const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
        send(response, { status: 500, body: `the sandbox itself failed: ${reason}\n` }, 'POST')
      })
  })
  server.keepAliveTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: origin, close: () => closeServer(server) }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}

async function readExchange(request: IncomingMessage, origin: string): Promise<Exchange> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) throw new RangeError(`a request body larger than ${largestBody} bytes`)
    chunks.push(chunk)
  }
  const target = request.url ?? '/'
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: request.method ?? 'GET',
    target,
    // A path may start with two slashes; alone, that would name a host.
    url: new URL(target.startsWith('/') ? origin + target : target, origin),
    headers,
    body: Buffer.concat(chunks),
    origin,
  }
}

/**
 * Send an answer. `Date` is always sent (SDKs correct their clock by it); 204 and 304 have no body, HEAD tells the
 * length of the one it would have.
 */
export function send(response: ServerResponse, answer: Answer, method: string): void {
  const body = answer.body ?? ''
  const bodiless = answer.status === 204 || answer.status === 304
  response.writeHead(answer.status, {
    ...(bodiless ? {} : { 'content-length': Buffer.byteLength(body) }),
    ...answer.headers,
  })
  response.end(bodiless || method === 'HEAD' ? undefined : body)
}

function cut(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}
