import { matchesGlob, parseGlob } from '../iam/glob.ts'
import { parsePolicyDocument, type PolicyDocument, PolicySyntaxError } from '../iam/policy-document.ts'
import { isPublic } from '../iam/public-policy.ts'
import type { ValueOf } from '../shape.ts'
import { authorize, authorizedSecret, changeableSecret, mayDo } from './authorization.ts'
import type { Call, Output } from './call.ts'
import {
  invalidParameter,
  malformedPolicy,
  markedForDeletion,
  policyNotFound,
  publicPolicy,
} from './errors.ts'
import type { LocatedSecret } from './secret.ts'
import type { shapes } from './shapes.ts'

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html */
export function putResourcePolicy(call: Call, input: ValueOf<(typeof shapes)['PutResourcePolicy']>): Output {
  checkPolicyName(input.PolicyName)
  const { secret, arn } = changeableSecret(call, input.SecretId)
  const policy = readResourcePolicy(input.ResourcePolicy, arn)
  if (input.BlockPublicPolicy && isPublic(policy)) throw publicPolicy()
  call.store.replace(secret, { ...secret, policy: input.ResourcePolicy, lastChangedDate: call.now })
  return { ARN: arn, Name: secret.name, PolicyName: policyName }
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html */
export function getResourcePolicy(call: Call, input: ValueOf<(typeof shapes)['GetResourcePolicy']>): Output {
  const { secret, arn } = authorizedSecret(call, input.SecretId)
  if (secret.deletionDate) throw markedForDeletion()
  if (input.PolicyName !== undefined && input.PolicyName !== policyName) throw policyNotFound()
  return { ARN: arn, Name: secret.name, ResourcePolicy: secret.policy, PolicyName: policyName }
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteResourcePolicy.html */
export function deleteResourcePolicy(
  call: Call,
  input: ValueOf<(typeof shapes)['DeleteResourcePolicy']>,
): Output {
  checkPolicyName(input.PolicyName)
  const { secret, arn } = changeableSecret(call, input.SecretId)
  call.store.replace(secret, { ...secret, policy: undefined, lastChangedDate: call.now })
  return { ARN: arn, Name: secret.name, PolicyName: policyName }
}

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html
 *
 * The names of the checks are not published; these are the sandbox's.
 */
export function validateResourcePolicy(
  call: Call,
  input: ValueOf<(typeof shapes)['ValidateResourcePolicy']>,
): Output {
  const found = input.SecretId === undefined ? undefined : authorizedSecret(call, input.SecretId)
  if (found?.secret.deletionDate) throw markedForDeletion()
  const subject = subjectOf(call, found)
  if (!found) authorize(call, 'ValidateResourcePolicy', subject)
  authorize(call, 'PutResourcePolicy', { ...subject, shown: input.SecretId })
  const policy = readResourcePolicy(input.ResourcePolicy, found?.arn)
  const errors = [
    ...(isPublic(policy)
      ? [{ CheckName: 'BroadAccess', ErrorMessage: 'The resource policy allows broad access to the secret.' }]
      : []),
    ...(locksOut(call, { ...subject, policy: input.ResourcePolicy })
      ? [
          {
            CheckName: 'Lockout',
            ErrorMessage: 'The resource policy does not let the caller change it again.',
          },
        ]
      : []),
  ]
  return { PolicyValidationPassed: errors.length === 0, ValidationErrors: errors }
}

/** The one policy that may be put and deleted; the API knows names since 2026. */
const policyName = 'default'

/** @throws `InvalidParameterException` */
function checkPolicyName(name = policyName): void {
  if (name !== policyName)
    throw invalidParameter('You can only attach and delete the policy that is named default.')
}

/**
 * Read a resource policy: statements about Secrets Manager, and about this secret.
 *
 * @param arn absent for a policy of no secret in particular
 * @throws `MalformedPolicyDocumentException`
 */
function readResourcePolicy(text: string, arn: string | undefined): PolicyDocument {
  const policy = parse(text)
  for (const { action, resource } of policy.statements) {
    const foreign = action.element.find((name) => name !== '*' && !/^secretsmanager:/i.test(name))
    if (foreign !== undefined) throw malformedPolicy(`"${foreign}" is not an action of Secrets Manager`)
    const elsewhere = resource.element.find((name) => arn !== undefined && !matchesGlob(parseGlob(name), arn))
    if (elsewhere !== undefined) throw malformedPolicy(`"${elsewhere}" is not this secret`)
  }
  return policy
}

function parse(text: string): PolicyDocument {
  try {
    return parsePolicyDocument(JSON.parse(text), 'resource')
  } catch (error) {
    if (error instanceof SyntaxError) throw malformedPolicy('it is not JSON')
    if (error instanceof PolicySyntaxError) throw malformedPolicy(error.message)
    throw error
  }
}

function subjectOf({ caller, region }: Call, found: LocatedSecret | undefined) {
  return {
    arn: found?.arn ?? '*',
    account: found?.secret.account ?? caller.account,
    policy: found?.secret.policy,
    tags: found?.secret.tags,
    primaryRegion: found?.secret.region ?? region,
  }
}

function locksOut(call: Call, subject: Parameters<typeof mayDo>[1]['subject']): boolean {
  const action = 'secretsmanager:PutResourcePolicy'
  return !mayDo(call.caller, { ...call, action, subject }).allowed
}
