import type { StringShape, ValueOf } from '../shape.ts'
import { structure } from '../shape.ts'
import { authorize } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { describeRole, findRole, noSuchEntity } from './role.ts'

const roleName: StringShape = { type: 'string', min: 1, max: 64, pattern: /^[\w+=,.@-]+$/ }

export const getRoleShape = structure({ RoleName: roleName }, ['RoleName'])

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 *
 * @throws `NoSuchEntity`, `AccessDenied`
 */
export function getRole(call: Call, { RoleName: name }: ValueOf<typeof getRoleShape>): Output {
  const { account } = call.caller
  const role = findRole(account, name, call)
  const arn = role?.principalArn ?? `arn:aws:iam::${account}:role/${name}`
  authorize(call, { arn, account, shown: `role ${name}` })
  if (!role) throw noSuchEntity('role', name)
  return { Role: describeRole(role) }
}
