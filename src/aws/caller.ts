import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { clientConfig, watchRequests } from './client.ts'
import { awsError } from './error.ts'

/** Who the AWS credentials belong to, as STS says. */
export interface Caller {
  /** Twelve digits. */
  readonly account: string
  readonly arn: string
  /** `aws`, `aws-cn`, `aws-us-gov` … */
  readonly partition: string
}

/**
 * Ask STS who we are.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function identifyCaller(region: string, world: World): Promise<Caller> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts')
  const client = new STSClient(clientConfig('STS', region, world))
  watchRequests(client, world)
  try {
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}), {
      abortSignal: world.signal,
    })
    const partition = Arn?.split(':')[1]
    if (!Account || !Arn || !partition) {
      throw new PullthroughError(
        'ERR_UNEXPECTED_ANSWER',
        'STS did not say which account the AWS credentials belong to',
      )
    }
    return { account: Account, arn: Arn, partition }
  } catch (error) {
    throw awsError(error, { service: 'sts', operation: 'GetCallerIdentity', region }, world)
  } finally {
    client.destroy()
  }
}
