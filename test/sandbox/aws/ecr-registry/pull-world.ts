import { request } from 'node:http'
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { onTestFinished } from 'vitest'
import { serveService } from '../../../../src/sandbox/server.ts'
import type { Service } from '../../../../src/sandbox/service.ts'
import { type AwsSandbox, startAwsSandbox } from '../aws-sandbox.ts'
import { createDockerHubRule } from '../ecr/ecr-world.ts'

/** The AWS half of the sandbox with ECR's registries, and a Docker Hub that they pull from. */
export interface PullSandbox extends AwsSandbox {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Ask ECR's registry. */
  registry(path: string, options?: AskOptions): Promise<Received>
  /** What stands after `Basic`, for the registry: a fresh authorization token. */
  token(as?: Parameters<AwsSandbox['ecr']>[0]): Promise<string>
  /** The requests that reached Docker Hub's registry and token server since the last time, in order. */
  upstreamRequests(): readonly string[]
}

/** An answer as it came, redirects not followed. */
export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

interface AskOptions {
  readonly method?: string
  /** The seeded identity's if absent, none if null. */
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Where the registry has an image that it does not have yet: an index of two manifests upstream. */
export const debian = '/v2/docker-hub/library/debian'

/** Start it with a rule for Docker Hub under `docker-hub`; it stops with the test. */
export async function startPullSandbox({ withRule = true } = {}): Promise<
  PullSandbox & { readonly credentialArn: string }
> {
  const sandbox = await startAwsSandbox()
  const { aws, dockerHub, faults, log } = sandbox
  const listen = async (service: Service) => {
    const listener = await serveService(service, 0, { log, faults })
    onTestFinished(() => listener.close())
    return listener.url
  }
  const registryUrl = await listen(aws.registry)
  const dockerHubUrl = await listen(dockerHub.registry)
  dockerHub.announce({ authUrl: await listen(dockerHub.auth) })
  aws.announce({ registry: registryUrl, dockerHub: dockerHubUrl })

  const token: PullSandbox['token'] = async (as) => {
    const { authorizationData } = await sandbox.ecr(as).send(new GetAuthorizationTokenCommand({}))
    return authorizationData?.[0]?.authorizationToken ?? ''
  }
  let usual: string | undefined
  let seen = 0
  return {
    ...sandbox,
    credentialArn: withRule ? await createDockerHubRule(sandbox) : '',
    host: new URL(registryUrl).host,
    token,
    async registry(path, { method = 'GET', token: given, headers = {} } = {}) {
      usual ??= await token()
      const login = given === undefined ? usual : given
      return receive(new URL(path, registryUrl), {
        method,
        headers: { ...(login === null ? {} : { authorization: `Basic ${login}` }), ...headers },
      })
    },
    upstreamRequests() {
      const entries = log.entries().slice(seen)
      seen += entries.length
      return entries
        .filter(({ service }) => service.startsWith('docker-'))
        .map(({ service, operation }) => `${service} ${operation}`)
    },
  }
}

/** What the registry says of an error. */
export function errorOf(received: Received): unknown {
  const { errors } = JSON.parse(received.body.toString('utf8')) as { readonly errors: readonly unknown[] }
  return [received.status, ...errors]
}

/** Any headers may be sent, `Host` too. */
export function receive(
  url: URL,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sending = request(url, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(headers) as Received['headers'],
          body: Buffer.concat(chunks),
        })
      })
    })
    sending.on('error', reject)
    sending.end()
  })
}
