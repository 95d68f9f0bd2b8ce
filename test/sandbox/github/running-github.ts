import { request as httpRequest } from 'node:http'
import { Octokit } from '@octokit/core'
import sodium from 'libsodium-wrappers'
import type { Clock } from '../../../src/sandbox/clock.ts'
import { createFaults, type Fault, type Faults } from '../../../src/sandbox/fault.ts'
import { createGitHub, type GitHub } from '../../../src/sandbox/github/github.ts'
import { createRequestLog, type RequestLog } from '../../../src/sandbox/request-log.ts'
import { serveService } from '../../../src/sandbox/server.ts'
import { createFrozenClock } from '../frozen-clock.ts'

/** The sandbox's GitHub, listening. */
export interface RunningGitHub {
  readonly url: string
  readonly gitHub: GitHub
  /** Stands at 2026-11-23T10:00:00.700Z until it is moved. */
  readonly clock: Clock
  readonly faults: Faults
  readonly log: RequestLog
  /** GitHub's own client, with the seeded token unless another is given. */
  octokit(token?: string): Octokit
  /** A request of which every detail counts; `user-agent` and the seeded token are sent unless overridden. */
  send(method: string, target: string, options?: SendOptions): Promise<Received>
  /** Let the next request, or the next of an operation, meet a fault. */
  fault(fault: Fault, operation?: string): void
  close(): Promise<void>
}

interface SendOptions {
  /** `undefined` as a value leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string
}

export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Parsed if it is JSON; '' if there is none. */
  readonly body: unknown
}

/** The one repository and its Actions settings. */
export const repo = { owner: 'acme', repo: 'widgets' } as const
export const secretsPath = '/repos/acme/widgets/actions/secrets'
export const variablesPath = '/repos/acme/widgets/actions/variables'

export async function startGitHub(): Promise<RunningGitHub> {
  await sodium.ready
  const clock = createFrozenClock()
  const faults = createFaults()
  const log = createRequestLog()
  const gitHub = createGitHub({ clock })
  const listener = await serveService(gitHub.service, 0, { log, faults })
  return {
    url: listener.url,
    gitHub,
    clock,
    faults,
    log,
    octokit: (token = gitHub.seededToken) => new Octokit({ auth: token, baseUrl: listener.url, log: silent }),
    send: (method, target, { headers = {}, body } = {}) =>
      send(listener.url, method, target, {
        headers: { 'user-agent': 'test', authorization: `Bearer ${gitHub.seededToken}`, ...headers },
        ...(body === undefined ? {} : { body }),
      }),
    fault(fault, operation = '*') {
      faults.add({ service: 'github', operation, times: 1, fault })
    },
    close: () => listener.close(),
  }
}

const nothing = (): undefined => undefined
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** Not `fetch`: that always sends a user agent and never a whole URL as the target. */
function send(
  base: string,
  method: string,
  target: string,
  { headers = {}, body }: SendOptions,
): Promise<Received> {
  const { hostname, port } = new URL(base)
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path: target, headers: sent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const isJson = response.headers['content-type']?.includes('json') && text !== ''
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: isJson ? (JSON.parse(text) as unknown) : text,
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Seal a value as GitHub's documentation says, with libsodium. */
export function seal(value: string | Uint8Array, publicKey: string): string {
  const sealed = sodium.crypto_box_seal(value, sodium.from_base64(publicKey, sodium.base64_variants.ORIGINAL))
  return sodium.to_base64(sealed, sodium.base64_variants.ORIGINAL)
}

/** Set a secret with GitHub's own client: the key, the box, the write. */
export async function setSecret(octokit: Octokit, name: string, value: string | Uint8Array) {
  const { data: key } = await octokit.request('GET /repos/{owner}/{repo}/actions/secrets/public-key', repo)
  return octokit.request('PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}', {
    ...repo,
    secret_name: name,
    key_id: key.key_id,
    encrypted_value: seal(value, key.key),
  })
}

/** The status and the message with which a request was refused. */
export async function refusalOf(request: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await request
  } catch (error) {
    const { status, response } = error as { status: number; response?: { data?: { message?: string } } }
    return { status, message: response?.data?.message ?? '' }
  }
  throw new Error('the request was not refused')
}
