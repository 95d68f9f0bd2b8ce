import type { World } from '../world.ts'
import { askAws } from './ask.ts'
import { clientConfig, watchRequests } from './client.ts'

/** The name of the role that {@link ecrRoleArn} names. */
const roleName = 'AWSServiceRoleForECRPullThroughCache'

/** Where requests to IAM, which is one for all Regions of a partition, are signed for. */
export function iamRegion(partition: string): string {
  const regions: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' }
  return regions[partition] ?? 'us-east-1'
}

/**
 * Ask IAM whether the account has the role that ECR reads upstream credentials with.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 *
 * @throws {@link PullthroughError} as `askAws` does
 */
export async function hasEcrRole(partition: string, world: World): Promise<boolean> {
  const { GetRoleCommand, IAMClient } = await import('@aws-sdk/client-iam')
  const region = iamRegion(partition)
  const client = new IAMClient(clientConfig('IAM', region, world))
  watchRequests(client, world)
  const found = await askAws(
    client.send(new GetRoleCommand({ RoleName: roleName }), { abortSignal: world.signal }),
    { service: 'iam', operation: 'GetRole', region },
    world,
    'NoSuchEntityException',
  )
  return found !== undefined
}
