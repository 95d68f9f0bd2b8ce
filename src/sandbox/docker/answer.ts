import { STATUS_CODES } from 'node:http'
import type { Clock } from '../clock.ts'
import type { Answer, Exchange } from '../service.ts'

/** A JSON answer; Docker's services end theirs with a line feed. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: `${JSON.stringify(body)}\n`,
  }
}

/**
 * The abuse limit: a short 429 in plain text that every service may give, unlike the pull limit's.
 * https://docs.docker.com/docker-hub/usage/#abuse-rate-limit
 */
export const tooManyRequests: Answer = {
  status: 429,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'Too Many Requests\n',
}

/** What HTTP calls a status. */
export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error'
}

/** Date an answer by the sandbox's clock. */
export function dated(answer: Answer, clock: Clock): Answer {
  return { ...answer, headers: { date: clock.now().toUTCString(), ...answer.headers } }
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf({ headers }: Pick<Exchange, 'headers'>): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
}
