import { request } from 'node:http'
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { onTestFinished } from 'vitest'
import { serveService } from '../../../../src/sandbox/server.ts'
import type { Service } from '../../../../src/sandbox/service.ts'
import { type AwsSandbox, startAwsSandbox } from '../aws-sandbox.ts'
import { account, createDockerHubRule, upstreamCredential } from '../ecr/ecr-world.ts'

/** The AWS half of the sandbox with ECR's registries, and a Docker Hub that they pull from. */
export interface PullSandbox extends AwsSandbox {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly dockerHubUrl: string
  /** Ask ECR's registry. */
  readonly registry: (path: string, options?: AskOptions) => Promise<Received>
  /** What stands after `Basic`, for the registry: a fresh authorization token. */
  readonly token: (as?: Parameters<AwsSandbox['ecr']>[0]) => Promise<string>
  /** The requests that reached Docker Hub's registry and token server since the last time, in order. */
  readonly upstreamRequests: () => readonly string[]
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
  aws.announce({ registry: registryUrl, dockerHub: { url: dockerHubUrl } })

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
    dockerHubUrl,
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

/** What the registry says of an error: status, code, text; one for each error. */
export function errorOf({ status, body }: Received): readonly unknown[] {
  const { errors } = jsonOf(body) as { readonly errors: readonly { code: string; message: string }[] }
  return [status, ...errors.flatMap(({ code, message }) => [code, message])]
}

export function jsonOf(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8')) as unknown
}

/** What the registry says where the login or the repository upstream is not what it should be. */
export const authenticationFailed = [
  403,
  'DENIED',
  'The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct, and try again.',
]

export const imageUnknown = [404, 'MANIFEST_UNKNOWN', 'Requested image not found']

export function repositoryUnknown(name: string, registryId = account): readonly unknown[] {
  const message = `The repository with name '${name}' does not exist in the registry with id '${registryId}'`
  return [404, 'NAME_UNKNOWN', message]
}

export const hours = (count: number) => count * 60 * 60 * 1000

/** The images of `GET /state`, by tags. */
export function imagesOf(
  { aws }: AwsSandbox,
  name: string,
): readonly { readonly imageTags: readonly string[] }[] {
  const { repositories = [] } = aws.state()[account]?.['us-east-1'] ?? {}
  const found = repositories.find(({ repositoryName }) => repositoryName === name)
  return (found?.['images'] ?? []) as readonly { readonly imageTags: readonly string[] }[]
}

/** Give a tag upstream a new content. */
export function moveUpstream({ dockerHub }: AwsSandbox, image: object): void {
  dockerHub.seeds['/docker-hub/images']?.(image)
}

/** Change the account whose credential the rule has. */
export function changeAccount({ dockerHub }: AwsSandbox, seed: object): void {
  const { username, accessToken: token } = JSON.parse(upstreamCredential) as Record<string, string>
  dockerHub.seeds['/docker-hub/accounts']?.({ username, token, ...seed })
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
