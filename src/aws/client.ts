import type { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import type { STSClientConfig } from '@aws-sdk/client-sts'
import { parseBaseUrl } from '../http.ts'
import type { World } from '../world.ts'

/** The part of an SDK client that {@link watchRequests} needs. */
interface Watchable {
  readonly middlewareStack: Pick<SecretsManagerClient['middlewareStack'], 'add'>
}

type Service = 'SECRETS_MANAGER' | 'STS' | 'ECR' | 'IAM'

/**
 * What every AWS client of ours is made with. Whatever is not set here comes from the SDK's own chain (profile, SSO,
 * web identity, container, instance).
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if an endpoint would send credentials over plain http.
 */
export function clientConfig(service: Service, region: string, world: World) {
  const endpoint = endpointOf(service, world.env)
  const credentials = staticCredentials(world.env)
  return {
    region,
    maxAttempts: 3,
    requestHandler: {
      requestTimeout: world.timeoutMs,
      connectionTimeout: world.timeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  } satisfies SecretsManagerClientConfig & STSClientConfig
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointOf(service: Service, env: World['env']): string | undefined {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return undefined
  for (const variable of [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL']) {
    const value = env[variable]
    if (value) return parseBaseUrl(variable, value)
  }
  return undefined
}

/** Keys in the environment count unless a profile is asked for, as in the SDK's own chain. */
function staticCredentials(env: World['env']) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  const sessionToken = env['AWS_SESSION_TOKEN']
  if (!accessKeyId || !secretAccessKey || env['AWS_PROFILE']) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

/**
 * Look at each attempt of each request just before it is sent: send nothing after an interruption, never let a
 * credential out over plain http, wherever the endpoint came from, and count what changes something.
 */
export function watchRequests(
  client: Watchable,
  { signal }: World,
  onMutatingRequest: () => void = () => undefined,
): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        signal.throwIfAborted()
        const { protocol, hostname, port } = args.request as {
          protocol: string
          hostname: string
          port?: number
        }
        parseBaseUrl('the AWS endpoint', `${protocol}//${hostname}:${port ?? ''}`)
        if (!/^(Describe|Get|List|Simulate|Validate)/.test(String(commandName))) onMutatingRequest()
        return next(args)
      },
    // After the retry middleware, which stands at high priority in this step: once for each attempt.
    { step: 'finalizeRequest', priority: 'low', name: 'pullthroughWatch' },
  )
}

/** The Region of the AWS profile (`AWS_PROFILE`, `~/.aws/config`), if it has one. */
export async function regionOfProfile(): Promise<string | undefined> {
  const { STSClient } = await import('@aws-sdk/client-sts')
  try {
    return await new STSClient({}).config.region()
  } catch {
    // The SDK says "Region is missing": an answer here.
    return undefined
  }
}
