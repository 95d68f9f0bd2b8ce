import { partitionOf } from '../arn.ts'
import type { ValueOf } from '../shape.ts'
import { authorize } from './authorization.ts'
import type { Call, Output } from './call.ts'
import type { shapes } from './shapes.ts'

/** How long a token lasts, in milliseconds: 12 hours. */
const lifetime = 12 * 60 * 60 * 1000

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export function getAuthorizationToken(
  call: Call,
  { registryIds = [call.caller.account] }: ValueOf<(typeof shapes)['GetAuthorizationToken']>,
): Output {
  const { caller, region, now, world } = call
  authorize(call, { resource: '*', account: caller.account })
  const expiresAt = new Date(now.getTime() + lifetime)
  return {
    authorizationData: registryIds.map((account) => {
      const password = world.registries.giveOutPassword({ caller: caller.arn, account, region, expiresAt })
      return {
        authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
        expiresAt,
        proxyEndpoint: world.addresses.registry ?? `https://${registryHost({ account, region })}`,
      }
    }),
  }
}

/** `123456789012.dkr.ecr.us-east-1.amazonaws.com` */
export function registryHost({
  account,
  region,
}: {
  readonly account: string
  readonly region: string
}): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com${partitionOf(region) === 'aws-cn' ? '.cn' : ''}`
}
