import type { Caller } from './iam/principal.ts'
import type { ContextEntries } from './iam/request-context.ts'

/**
 * The global condition keys of a request. The sandbox counts as TLS, or every policy that demands it would refuse a
 * client that was only pointed elsewhere; there is no organization, no VPC and no multi-factor sign-in.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function globalKeys(
  caller: Caller,
  {
    region,
    resourceAccount,
    now,
  }: { readonly region: string; readonly resourceAccount: string; readonly now: Date },
): ContextEntries {
  return {
    'aws:PrincipalArn': caller.principalArn,
    'aws:PrincipalAccount': caller.account,
    'aws:PrincipalType': caller.type,
    'aws:PrincipalIsAWSService': 'false',
    'aws:userid': caller.userId,
    'aws:username': caller.userName,
    'aws:ResourceAccount': resourceAccount,
    'aws:RequestedRegion': region,
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
    'aws:SourceIp': '127.0.0.1',
    'aws:CurrentTime': now.toISOString(),
    'aws:EpochTime': String(Math.floor(now.getTime() / 1000)),
  }
}
