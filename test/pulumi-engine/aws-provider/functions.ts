import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { messageOf, operation } from './errors.ts'
import { type Properties, textOf } from './properties.ts'
import { getPullThroughCacheRule } from './pull-through-cache-rule.ts'
import { getSecretVersion } from './secret-version.ts'
import { getSecret } from './secret.ts'
import type { Session } from './session.ts'

/** @returns the result without `region` */
type Function = (session: Session, args: Properties) => Promise<Properties>

/** The functions that the stand-in has, by their tokens. */
export const functions: Readonly<Record<string, Function>> = {
  'aws:ecr/getPullThroughCacheRule:getPullThroughCacheRule': getPullThroughCacheRule,
  'aws:index/getCallerIdentity:getCallerIdentity': getCallerIdentity,
  'aws:index/getPartition:getPartition': getPartition,
  'aws:index/getRegion:getRegion': getRegion,
  'aws:secretsmanager/getSecret:getSecret': getSecret,
  'aws:secretsmanager/getSecretVersion:getSecretVersion': getSecretVersion,
}

/** https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sts/caller_identity_data_source.go */
async function getCallerIdentity({ sts }: Session): Promise<Properties> {
  const answer = await operation('STS', 'GetCallerIdentity', sts.send(new GetCallerIdentityCommand())).catch(
    (error: unknown) => {
      throw new Error(`reading STS Caller Identity: ${messageOf(error)}`)
    },
  )
  return { id: answer.Account, accountId: answer.Account, arn: answer.Arn, userId: answer.UserId }
}

/** https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/meta/partition_data_source.go */
function getPartition({ region }: Session): Promise<Properties> {
  const { partition, dnsSuffix } = partitionOf(region)
  return Promise.resolve({
    id: partition,
    partition,
    dnsSuffix,
    reverseDnsPrefix: dnsSuffix.split('.').reverse().join('.'),
  })
}

/** https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/meta/region_data_source.go */
function getRegion({ region }: Session, args: Properties): Promise<Properties> {
  const name = textOf(args, 'name') ?? textOf(args, 'region') ?? region
  return Promise.resolve({
    id: name,
    name,
    region: name,
    // The names of the Regions in full are a table that nobody here reads.
    description: name,
    endpoint: `ec2.${name}.${partitionOf(name).dnsSuffix}`,
  })
}

function partitionOf(region: string): { readonly partition: string; readonly dnsSuffix: string } {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', dnsSuffix: 'amazonaws.com.cn' }
  if (region.startsWith('us-gov-')) return { partition: 'aws-us-gov', dnsSuffix: 'amazonaws.com' }
  return { partition: 'aws', dnsSuffix: 'amazonaws.com' }
}
