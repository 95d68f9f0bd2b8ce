import { parseArn } from '../arn.ts'
import type { Caller } from '../iam/principal.ts'
import { pullThroughCacheRole } from '../pull-through-cache-role.ts'
import { ServiceError } from '../service-error.ts'
import type { XmlValue } from '../wire.ts'
import type { Call } from './call.ts'

/** The service whose linked role reads upstream credentials. */
export const linkedService = 'pullthroughcache.ecr.amazonaws.com'

/** The name of the role that belongs to it. */
export const linkedRoleName = 'AWSServiceRoleForECRPullThroughCache'

/**
 * A role of an account, as those who use it: ECR's service-linked role if the account has it, and the roles that
 * somebody signs requests with.
 */
export function findRole(
  account: string,
  name: string,
  { identities, serviceLinkedRoles }: Call,
): Caller | undefined {
  if (name === linkedRoleName) {
    return serviceLinkedRoles.has(account) ? pullThroughCacheRole(account) : undefined
  }
  return identities
    .all()
    .map(({ caller }) => caller)
    .find(
      (caller) =>
        caller.type === 'AssumedRole' && caller.account === account && nameIn(caller.principalArn) === name,
    )
}

/** The last part of an ARN: a role's or a user's name, without its path. */
export function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** IAM's words for a user, a group or a role that is not there. */
export function noSuchEntity(kind: string, name: string): ServiceError {
  return new ServiceError('NoSuchEntity', `The ${kind} with name ${name} cannot be found.`, 404)
}

/**
 * A role as IAM describes it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
 * Nobody made the roles of the sandbox, so all of them have the same date.
 */
export function describeRole({ principalArn, userId, account }: Caller): Readonly<Record<string, XmlValue>> {
  const { partition = 'aws', resource = '' } = parseArn(principalArn) ?? {}
  const name = nameIn(principalArn)
  const principal =
    name === linkedRoleName ? { Service: linkedService } : { AWS: `arn:${partition}:iam::${account}:root` }
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  }
  return {
    Path: resource.slice('role'.length, -name.length),
    RoleName: name,
    RoleId: userId.split(':')[0] ?? '',
    Arn: principalArn,
    CreateDate: '2026-01-01T00:00:00Z',
    AssumeRolePolicyDocument: encodeRfc3986(JSON.stringify(trust)),
    MaxSessionDuration: '3600',
  }
}

/** As IAM encodes the policies that it returns: https://www.rfc-editor.org/rfc/rfc3986 */
function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
