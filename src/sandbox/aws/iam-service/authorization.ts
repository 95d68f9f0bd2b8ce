import { accessDenied } from '../access-denied.ts'
import { globalKeys } from '../global-keys.ts'
import { decide } from '../iam/policy.ts'
import { type ContextEntries, createContext } from '../iam/request-context.ts'
import { ServiceError } from '../service-error.ts'
import type { Call } from './call.ts'

/** What an operation is done to: its ARN, and how a refusal names it. */
export interface Subject {
  readonly arn: string
  readonly account: string
  /** `role NAME`, or the ARN. */
  readonly shown: string
  /** Condition keys that only this request has. */
  readonly keys?: ContextEntries
}

/** IAM counts as this Region, wherever it is asked from. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const region = 'us-east-1'

/**
 * Refuse a caller whom no policy allows this.
 *
 * @throws `AccessDenied`
 */
export function authorize({ caller, operation, now }: Call, { arn, account, shown, keys }: Subject): void {
  const action = `iam:${operation}`
  const context = createContext({ ...globalKeys(caller, { region, resourceAccount: account, now }), ...keys })
  const decision = decide({ caller, action, resource: arn, resourceAccount: account, context }, undefined)
  if (decision.allowed) return
  throw forbidden(accessDenied(caller.arn, { action, shown, decision }).message)
}

/** A refusal for want of permission, which the query services give with 403. */
export function forbidden(message: string): ServiceError {
  return new ServiceError('AccessDenied', message, 403)
}
