import { parsePolicyDocument, PolicySyntaxError } from '../iam/policy-document.ts'
import type { ValueOf } from '../shape.ts'
import { authorizedRegistry } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { invalidParameter, registryPolicyNotFound } from './errors.ts'
import type { shapes } from './shapes.ts'
import type { Registry } from './store.ts'

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryPolicy.html */
export function putRegistryPolicy(
  call: Call,
  { policyText }: ValueOf<(typeof shapes)['PutRegistryPolicy']>,
): Output {
  const registry = authorizedRegistry(call)
  if (!isRegistryPolicy(policyText)) throw invalidParameter('PolicyText', 'Invalid registry policy provided')
  registry.policy = policyText
  return { registryId: registry.account, policyText }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRegistryPolicy.html */
export function getRegistryPolicy(call: Call): Output {
  const registry = authorizedRegistry(call)
  return { registryId: registry.account, policyText: policyOf(registry) }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRegistryPolicy.html */
export function deleteRegistryPolicy(call: Call): Output {
  const registry = authorizedRegistry(call)
  const policyText = policyOf(registry)
  registry.policy = undefined
  return { registryId: registry.account, policyText }
}

function policyOf({ policy, account }: Registry): string {
  if (policy === undefined) throw registryPolicyNotFound(account)
  return policy
}

/** Statements about whom it is for, and about actions of ECR only. */
function isRegistryPolicy(text: string): boolean {
  try {
    const { statements } = parsePolicyDocument(JSON.parse(text), 'resource')
    return statements.every(({ action }) =>
      action.element.every((name) => name === '*' || /^ecr:/i.test(name)),
    )
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof PolicySyntaxError) return false
    throw error
  }
}
