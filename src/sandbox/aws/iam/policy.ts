import { holds } from './condition.ts'
import { matchesGlob, parseGlob } from './glob.ts'
import type { PolicyDocument, Statement } from './policy-document.ts'
import { plainText, resolveVariables } from './policy-variable.ts'
import { type Caller, isSpared, namedAs } from './principal.ts'
import type { RequestContext } from './request-context.ts'

/** What somebody wants to do. */
export interface AccessRequest {
  readonly caller: Caller
  /** `secretsmanager:GetSecretValue` */
  readonly action: string
  /** An ARN, or `*` for an action that has no resource. */
  readonly resource: string
  readonly resourceAccount: string
  readonly context: RequestContext
}

/** The answer, and where a refusal comes from. */
export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly by: 'deny' | 'no-allow'
      readonly policy: 'identity-based' | 'resource-based'
    }

/**
 * Decide as IAM does without organization policies, boundaries and session policies: a Deny anywhere wins; within
 * an account an Allow of either policy is enough; between accounts both have to allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @param resourcePolicies those of the resource, and of what it is in; an Allow of one of them is enough
 */
export function decide(
  request: AccessRequest,
  ...resourcePolicies: readonly (PolicyDocument | undefined)[]
): Decision {
  const { caller } = request
  const policies = resourcePolicies.filter((policy) => policy !== undefined)
  if (denies(caller.identityPolicy, request)) {
    return { allowed: false, by: 'deny', policy: 'identity-based' }
  }
  if (policies.some((policy) => denies(policy, request))) {
    return { allowed: false, by: 'deny', policy: 'resource-based' }
  }
  const sameAccount = caller.account === request.resourceAccount
  const byIdentity = grants(caller.identityPolicy, request, { delegationCounts: false })
  const byResource = policies.some((policy) => grants(policy, request, { delegationCounts: !sameAccount }))
  if (sameAccount ? byIdentity || byResource : byIdentity && byResource) return { allowed: true }
  return { allowed: false, by: 'no-allow', policy: byIdentity ? 'resource-based' : 'identity-based' }
}

function denies({ version, statements }: PolicyDocument, request: AccessRequest): boolean {
  return statements.some(
    (statement) =>
      statement.effect === 'Deny' &&
      isAboutCaller(statement, request.caller) &&
      applies(statement, request, version),
  )
}

function grants(
  { version, statements }: PolicyDocument,
  request: AccessRequest,
  { delegationCounts }: { readonly delegationCounts: boolean },
): boolean {
  return statements.some(
    (statement) =>
      statement.effect === 'Allow' &&
      isGrantedToCaller(statement, request.caller, delegationCounts) &&
      applies(statement, request, version),
  )
}

function isAboutCaller({ principal }: Statement, caller: Caller): boolean {
  if (!principal) return true
  if (principal.not) return !isSpared(principal.element, caller)
  return namedAs(principal.element, caller) !== undefined
}

function isGrantedToCaller({ principal }: Statement, caller: Caller, delegationCounts: boolean): boolean {
  if (!principal) return true
  const named = namedAs(principal.element, caller)
  if (principal.not) return named === undefined
  return named === 'account' ? delegationCounts : named !== undefined
}

function applies(
  { action, resource, conditions }: Statement,
  request: AccessRequest,
  version: PolicyDocument['version'],
): boolean {
  const variables = version === '2012-10-17'
  const named = action.element.some((pattern) =>
    matchesGlob(parseGlob(pattern.toLowerCase()), request.action.toLowerCase()),
  )
  if (named === action.not) return false
  const covered = resource.element.some((pattern) => {
    const resolved = variables ? resolveVariables(pattern, request.context) : plainText(pattern)
    return resolved !== undefined && matchesGlob(resolved.glob, request.resource)
  })
  if (covered === resource.not) return false
  return conditions.every((condition) => holds(condition, request.context, { variables }))
}
