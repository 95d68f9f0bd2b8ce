import type { Decision } from './iam/policy.ts'
import { ServiceError } from './service-error.ts'

/**
 * The text that AWS sends to somebody who may not do something.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function accessDenied(
  callerArn: string,
  {
    action,
    shown,
    decision,
  }: {
    readonly action: string
    readonly shown: string | undefined
    readonly decision: Pick<Extract<Decision, { allowed: false }>, 'by' | 'policy'>
  },
): ServiceError {
  const what = `User: ${callerArn} is not authorized to perform: ${action}`
  const where = shown === undefined ? '' : ` on resource: ${shown}`
  const why =
    decision.by === 'deny'
      ? `with an explicit deny in ${decision.policy === 'identity-based' ? 'an' : 'a'} ${decision.policy} policy`
      : `because no ${decision.policy} policy allows the ${action} action`
  return new ServiceError('AccessDeniedException', `${what}${where} ${why}`)
}
