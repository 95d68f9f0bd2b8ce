import { parsePolicyDocument, type PolicyDocument, PolicySyntaxError } from '../iam/policy-document.ts'
import type { Tag } from './repository.ts'
import { invalidParameter } from './errors.ts'

/**
 * Filters say which tags are exempt, so a setting without exemptions has none.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 *
 * @throws `InvalidParameterException`
 */
export function checkExclusions({
  imageTagMutability = 'MUTABLE',
  imageTagMutabilityExclusionFilters: filters,
}: {
  readonly imageTagMutability?: string
  readonly imageTagMutabilityExclusionFilters?: readonly unknown[] | undefined
}): void {
  if (imageTagMutability.endsWith('_WITH_EXCLUSION') !== (filters !== undefined)) {
    throw invalidParameter(
      'imageTagMutabilityExclusionFilters',
      `must ${filters ? 'not be used' : 'be used'} with ${imageTagMutability}`,
    )
  }
}

/**
 * A repository policy is about its repository, so its statements need no Resource.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
 *
 * @throws `InvalidParameterException`
 */
export function readRepositoryPolicy(text: string): PolicyDocument {
  try {
    const policy: unknown = JSON.parse(text, (key, value: unknown) =>
      key === 'Statement' ? withResource(value) : value,
    )
    return parsePolicyDocument(policy, 'resource')
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof PolicySyntaxError) {
      throw invalidParameter('PolicyText', 'Invalid repository policy provided')
    }
    throw error
  }
}

/**
 * Only the outermost form: the rules themselves are not looked at.
 *
 * @throws `InvalidParameterException`
 */
export function checkLifecyclePolicy(text: string): void {
  if (!hasRules(text)) {
    throw invalidParameter('LifecyclePolicyText', 'Lifecycle policy validation failure: it has no rules')
  }
}

/** @throws `InvalidParameterException` */
export function checkTags(tags: readonly Tag[] = []): void {
  const keys = tags.map(({ Key }) => Key)
  if (new Set(keys).size < keys.length) throw invalidParameter('tags', 'must not have a key twice')
}

function withResource(statement: unknown): unknown {
  if (Array.isArray(statement)) return statement.map(withResource)
  if (typeof statement !== 'object' || statement === null || 'NotResource' in statement) return statement
  return { Resource: '*', ...statement }
}

function hasRules(text: string): boolean {
  try {
    const policy: unknown = JSON.parse(text)
    return typeof policy === 'object' && policy !== null && 'rules' in policy && Array.isArray(policy.rules)
  } catch {
    return false
  }
}
