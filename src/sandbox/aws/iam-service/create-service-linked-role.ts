import { notImplemented } from '../not-implemented.ts'
import { pullThroughCacheRole } from '../pull-through-cache-role.ts'
import { ServiceError } from '../service-error.ts'
import { structure, type ValueOf } from '../shape.ts'
import { authorize } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { describeRole, linkedRoleName, linkedService } from './role.ts'

export const createServiceLinkedRoleShape = structure(
  {
    AWSServiceName: { type: 'string', min: 1, max: 128, pattern: /^[\w+=,.@-]+$/ },
    CustomSuffix: { type: 'string', min: 1, max: 64, pattern: /^[\w+=,.@-]+$/ },
  },
  ['AWSServiceName'],
)

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
 * The texts are those of https://github.com/terraform-community-modules/tf_aws_elasticsearch/issues/23
 *
 * @throws `InvalidInput`, `AccessDenied`, 501 for the role of another service
 */
export function createServiceLinkedRole(
  call: Call,
  { AWSServiceName: service, CustomSuffix: suffix }: ValueOf<typeof createServiceLinkedRoleShape>,
): Output {
  if (service !== linkedService) throw notImplemented(`iam CreateServiceLinkedRole for ${service}`)
  const { account } = call.caller
  const role = pullThroughCacheRole(account)
  authorize(call, {
    arn: role.principalArn,
    account,
    shown: role.principalArn,
    keys: { 'iam:AWSServiceName': service },
  })
  if (suffix !== undefined) {
    throw new ServiceError('InvalidInput', `Custom suffix is not allowed for ${service}`)
  }
  if (call.serviceLinkedRoles.has(account)) {
    throw new ServiceError(
      'InvalidInput',
      `Service role name ${linkedRoleName} has been taken in this account, please try a different suffix.`,
    )
  }
  call.serviceLinkedRoles.add(account)
  return { Role: describeRole(role) }
}
