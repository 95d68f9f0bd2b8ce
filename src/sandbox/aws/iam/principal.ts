import { parseArn } from '../arn.ts'
import type { PolicyDocument } from './policy-document.ts'

/** Who makes a request. */
export interface Caller {
  /** What GetCallerIdentity answers: a user, the root user, or the session of a role. */
  readonly arn: string
  /** `aws:PrincipalArn`: for a session, the ARN of its role. */
  readonly principalArn: string
  readonly account: string
  /** `aws:PrincipalType` */
  readonly type: 'Account' | 'User' | 'AssumedRole'
  /** `aws:userid`: `AIDA…`, `AROA…:session`, or the account. */
  readonly userId: string
  /** `aws:username`, which only a user has. */
  readonly userName: string | undefined
  readonly identityPolicy: PolicyDocument
}

/** What a `Principal` or `NotPrincipal` element lists. */
export interface PrincipalElement {
  /** Lists everyone: `"*"` or `{"AWS":"*"}`. */
  readonly everyone: boolean
  /** ARNs, account numbers and unique ids. */
  readonly aws: readonly string[]
  /** `ecr.amazonaws.com` and the like. */
  readonly services: readonly string[]
}

/**
 * How an element names a caller. `account` names the whole account: within it that is a delegation, which gives
 * nobody anything by itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function namedAs(
  element: PrincipalElement,
  caller: Caller,
): 'everyone' | 'itself' | 'account' | undefined {
  if (element.everyone) return 'everyone'
  if (element.aws.some((name) => namesItself(name, caller))) return 'itself'
  return element.aws.some((name) => namesAccount(name, caller.account)) ? 'account' : undefined
}

/**
 * Whether `NotPrincipal` spares a caller. A caller is several principals at once (its account; the role; the
 * session), and a Deny spares it only if each of them is listed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function isSpared(element: PrincipalElement, caller: Caller): boolean {
  if (element.everyone) return true
  const listed = (name: string) => element.aws.includes(name)
  const account = element.aws.some((name) => namesAccount(name, caller.account))
  return account && (caller.type === 'Account' || (listed(caller.arn) && listed(caller.principalArn)))
}

function namesItself(name: string, caller: Caller): boolean {
  if (caller.type === 'Account' && namesAccount(name, caller.account)) return true
  return name === caller.arn || name === caller.principalArn || name === caller.userId.split(':')[0]
}

function namesAccount(name: string, account: string): boolean {
  if (name === account) return true
  const arn = parseArn(name)
  return arn?.service === 'iam' && arn.account === account && arn.resource === 'root'
}
