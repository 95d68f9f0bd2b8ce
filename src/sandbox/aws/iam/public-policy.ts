import type { Condition } from './condition.ts'
import type { PolicyDocument, Statement } from './policy-document.ts'
import { isFixed, plainText } from './policy-variable.ts'

/**
 * Whether a resource-based policy lets in principals at large: an Allow for everyone (or for everyone but a few)
 * that no condition ties to somebody. Secrets Manager does not publish what its reasoning engine calls broad; this
 * is what S3 publishes for the same setting, with `aws:PrincipalArn`, `aws:PrincipalAccount` and
 * `aws:PrincipalOrgID` added.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export function isPublic({ statements }: PolicyDocument): boolean {
  return statements.some(
    (statement) =>
      statement.effect === 'Allow' && isForEveryone(statement) && !statement.conditions.some(isBinding),
  )
}

function isForEveryone({ principal }: Statement): boolean {
  return principal !== undefined && (principal.not || principal.element.everyone)
}

const bindingKeys: readonly string[] = [
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourceip',
  'aws:userid',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
]

/** A condition that is false for a request without the key, and true only for values that are spelled out. */
function isBinding({ operator, key, values }: Condition): boolean {
  if (!bindingKeys.includes(key.toLowerCase()) || operator.ifExists || operator.set === 'ForAllValues')
    return false
  switch (operator.base) {
    case 'StringEquals':
    case 'StringEqualsIgnoreCase':
      return values.length > 0
    case 'StringLike':
      return values.length > 0 && values.every((value) => isFixed(plainText(value)))
    case 'ArnEquals':
    case 'ArnLike':
      return values.length > 0 && values.every((value) => isFixed(plainText(value.split(':')[4] ?? '*')))
    case 'IpAddress':
      return values.length > 0 && values.every((value) => !value.endsWith('/0'))
    default:
      return false
  }
}
