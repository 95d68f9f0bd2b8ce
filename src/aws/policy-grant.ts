import {
  list,
  type Many,
  type PolicyDocument,
  type PolicyStatement,
  type Principals,
} from './policy-document.ts'
import { like } from './policy-wildcard.ts'

/** Who asks for what, as far as a policy of a resource is concerned. */
export interface PolicyRequest {
  /** `ecr:CreateRepository` */
  readonly action: string
  /** The ARN of the resource. */
  readonly resource: string
  /** The user or role; for a session, its role. */
  readonly principalArn: string
  /** The session itself, or the user again. */
  readonly callerArn: string
}

/**
 * What a policy of a resource says of a request: `unknown` where it hangs on a condition, which cannot be told from here.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export type PolicyAnswer = 'allows' | 'denies' | 'unknown' | 'silent'

/** Read what a policy says of a request of somebody in the resource’s own account. */
export function answerOf(policy: PolicyDocument, request: PolicyRequest): PolicyAnswer {
  const speaking = policy.Statement.filter((statement) => concerns(statement, request))
  const [denials, allowances] = ['Deny', 'Allow'].map((effect) =>
    speaking.filter(({ Effect }) => Effect === effect),
  )
  if (denials?.some(isUnconditional)) return 'denies'
  if (denials && denials.length > 0) return 'unknown'
  if (allowances?.some(isUnconditional)) return 'allows'
  return allowances && allowances.length > 0 ? 'unknown' : 'silent'
}

function isUnconditional({ Condition = {} }: PolicyStatement): boolean {
  return Object.keys(Condition).length === 0
}

function concerns(statement: PolicyStatement, request: PolicyRequest): boolean {
  const { Action, NotAction, Resource, NotResource, Principal, NotPrincipal } = statement
  const action = request.action.toLowerCase()
  const named = (patterns: Many | undefined) =>
    list(patterns ?? []).some((pattern) => like(pattern.toLowerCase(), action))
  const covered = (patterns: Many | undefined) =>
    list(patterns ?? []).some((pattern) => like(pattern, request.resource))
  return (
    (NotAction === undefined ? named(Action) : !named(NotAction)) &&
    (NotResource === undefined ? covered(Resource) : !covered(NotResource)) &&
    (NotPrincipal === undefined ? isAmong(Principal, request) : !isAmong(NotPrincipal, request))
  )
}

/** In a registry policy the account itself stands for everybody in it, as `root` or by its number. */
function isAmong(principals: Principals | undefined, { principalArn, callerArn }: PolicyRequest): boolean {
  if (principals === undefined) return false
  if (principals === '*') return true
  const [, partition = '', , , account = ''] = principalArn.split(':')
  const caller = ['*', account, `arn:${partition}:iam::${account}:root`, principalArn, callerArn]
  return list(principals['AWS'] ?? []).some((name) => caller.includes(name))
}
