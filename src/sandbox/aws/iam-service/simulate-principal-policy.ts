import { parseArn } from '../arn.ts'
import { decide } from '../iam/policy.ts'
import type { Caller } from '../iam/principal.ts'
import { createContext } from '../iam/request-context.ts'
import { ServiceError } from '../service-error.ts'
import { list, structure, type ValueOf } from '../shape.ts'
import { authorize } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { findRole, nameIn, noSuchEntity } from './role.ts'

export const simulatePrincipalPolicyShape = structure(
  {
    PolicySourceArn: { type: 'string', min: 20, max: 2048 },
    ActionNames: list({ type: 'string', min: 3, max: 128 }),
    ResourceArns: list({ type: 'string', min: 1, max: 2048 }),
  },
  ['PolicySourceArn', 'ActionNames'],
)

/** IAM's three decisions, the most restrictive first. */
const decisions = ['explicitDeny', 'implicitDeny', 'allowed'] as const

type EvalDecision = (typeof decisions)[number]

/**
 * What the identity-based policy of a user or a role says of each action: one result for an action, which is the most
 * restrictive of those for its resources.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 *
 * @throws `NoSuchEntity`, `InvalidInput`, `AccessDenied`
 */
export function simulatePrincipalPolicy(
  call: Call,
  {
    PolicySourceArn: sourceArn,
    ActionNames: actions,
    ResourceArns: resources = ['*'],
  }: ValueOf<typeof simulatePrincipalPolicyShape>,
): Output {
  const { kind, account } = readEntityArn(sourceArn)
  authorize(call, { arn: sourceArn, account, shown: sourceArn })
  const wrong = resources.find((resource) => resource !== '*' && !parseArn(resource))
  if (wrong !== undefined) {
    // https://github.com/aws-containers/amazon-ecs-exec-checker/issues/35
    throw new ServiceError('InvalidInput', `ResourceNames are not in a valid ARN format: ${wrong}.`)
  }
  const entity = findEntity(sourceArn, account, call)
  if (!entity) throw noSuchEntity(kind, nameIn(sourceArn))
  const missing = missingContextValues(entity)
  return {
    EvaluationResults: actions.map((action) => evaluate(entity, { action, resources, missing })),
    IsTruncated: 'false',
  }
}

/** The text is that of https://github.com/aws-containers/amazon-ecs-exec-checker/pull/10 */
function readEntityArn(text: string): { readonly kind: string; readonly account: string } {
  const arn = parseArn(text)
  const kind = /^(user|group|role)\/./.exec(arn?.resource ?? '')?.[1]
  if (arn?.service !== 'iam' || kind === undefined) {
    throw new ServiceError(
      'InvalidInput',
      `Invalid Entity Arn: ${text} does not clearly define entity type and name.`,
    )
  }
  return { kind, account: arn.account }
}

function findEntity(arn: string, account: string, call: Call): Caller | undefined {
  const role = findRole(account, nameIn(arn), call)
  if (role?.principalArn === arn) return role
  return call.identities
    .all()
    .map(({ caller }) => caller)
    .find(({ type, principalArn }) => type === 'User' && principalArn === arn)
}

/** Every key that the policy asks for: a simulation knows only those that it is given, and here it is given none. */
function missingContextValues({ identityPolicy }: Caller): readonly string[] {
  const keys = identityPolicy.statements.flatMap(({ conditions }) => conditions.map(({ key }) => key))
  return [...new Set(keys)]
}

function evaluate(
  entity: Caller,
  {
    action,
    resources,
    missing,
  }: { readonly action: string; readonly resources: readonly string[]; readonly missing: readonly string[] },
) {
  const each = resources.map((resource) => ({ resource, decision: evalDecision(entity, action, resource) }))
  const overall = decisions.find((candidate) => each.some(({ decision }) => decision === candidate))
  return {
    EvalActionName: action,
    EvalResourceName: '*',
    EvalDecision: overall ?? 'implicitDeny',
    MatchedStatements: [],
    MissingContextValues: missing,
    ...(resources.includes('*')
      ? {}
      : {
          ResourceSpecificResults: each.map(({ resource, decision }) => ({
            EvalResourceName: resource,
            EvalResourceDecision: decision,
            MatchedStatements: [],
            MissingContextValues: missing,
          })),
        }),
  }
}

function evalDecision(entity: Caller, action: string, resource: string): EvalDecision {
  const decision = decide(
    { caller: entity, action, resource, resourceAccount: entity.account, context: createContext({}) },
    undefined,
  )
  if (decision.allowed) return 'allowed'
  return decision.by === 'deny' ? 'explicitDeny' : 'implicitDeny'
}
