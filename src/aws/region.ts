import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { regionOfProfile } from './client.ts'

/**
 * Which Regions to write to: the first of the given lists that names any, else the environment, else the AWS profile.
 * Never a default of ours: the secret must be where the cache rule is.
 *
 * @param candidates most important first: flags, config file, the stack's `aws:region`
 * @throws {@link PullthroughError} `ERR_USAGE` if nothing names a Region, or a name cannot be one.
 */
export async function resolveRegions(
  candidates: readonly (readonly string[])[],
  { env }: World,
): Promise<readonly string[]> {
  const named = candidates.find((regions) => regions.length > 0)
  const fromEnvironment = [env['AWS_REGION'], env['AWS_DEFAULT_REGION']].find((region) => region)
  const regions = named ?? [fromEnvironment ?? (await regionOfProfile()) ?? missing()]
  return [...new Set(regions.map(parseRegion))]
}

function missing(): never {
  throw new PullthroughError('ERR_USAGE', 'no AWS Region is given', {
    hint: 'name the Region of the cache rule: --region us-east-1, or `pulumi config set aws:region us-east-1`, or AWS_REGION',
  })
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicaRegionType.html */
function parseRegion(region: string): string {
  if (/^([a-z]+-)+\d+$/.test(region)) return region
  throw new PullthroughError('ERR_USAGE', `not the name of an AWS Region: ${JSON.stringify(region)}`, {
    hint: 'a Region is named like us-east-1',
  })
}
