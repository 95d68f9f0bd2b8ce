import { askAws } from '../aws/ask.ts'
import { clientConfig, watchRequests } from '../aws/client.ts'
import { PullthroughError } from '../errors.ts'
import { parseBaseUrl } from '../http.ts'
import { Secret } from '../secret.ts'
import type { World } from '../world.ts'

/** What opens the private registry of one Region to whoever has the AWS credentials. */
export interface RegistryLogin {
  /** Where the registry is, as ECR says it: `https://123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  readonly endpoint: string
  /** What stands after `Basic` in `Authorization`; good for 12 hours. */
  readonly authorization: Secret
  /** What is in that, as docker would send it: for keeping it out of messages. */
  readonly password: Secret
}

/**
 * Ask ECR for a login to its registry, as `aws ecr get-login-password` does.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 *
 * @throws {@link PullthroughError} if ECR gives none, or names a registry that no credential may be sent to.
 */
export async function logInToRegistry(region: string, world: World): Promise<RegistryLogin> {
  const sdk = await import('@aws-sdk/client-ecr')
  const client = new sdk.ECRClient(clientConfig('ECR', region, world))
  watchRequests(client, world)
  const answer = await askAws(
    client.send(new sdk.GetAuthorizationTokenCommand({}), { abortSignal: world.signal }),
    { service: 'ecr', operation: 'GetAuthorizationToken', region },
    world,
  )
  const [given] = answer?.authorizationData ?? []
  if (!given?.authorizationToken || !given.proxyEndpoint) {
    throw new PullthroughError(
      'ERR_UNEXPECTED_ANSWER',
      `ECR in ${region} answered GetAuthorizationToken without a token`,
      { hint: 'check AWS_ENDPOINT_URL and any proxy' },
    )
  }
  return {
    endpoint: parseBaseUrl('the registry that ECR names', given.proxyEndpoint),
    authorization: new Secret(given.authorizationToken),
    // `AWS:` and the password
    password: new Secret(Buffer.from(given.authorizationToken, 'base64').toString('utf8').slice(4)),
  }
}
