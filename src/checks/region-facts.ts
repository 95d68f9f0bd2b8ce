import { ecrRoleArn } from '../aws/ecr-role.ts'
import type { PolicyDocument, PolicySubject } from '../aws/policy-document.ts'
import type { SecretDescription } from '../aws/secret-reader.ts'
import type { PolicyOptions } from '../destinations/resource-policy.ts'
import type { CacheRule, CreationTemplate, Validation } from '../ecr/registry.ts'
import type { PullthroughError } from '../errors.ts'
import type { Answered } from './finding.ts'

/** Everything a Region of the account answered about the secret and the rules that use it. */
export interface RegionFacts {
  readonly region: string
  readonly secretName: string
  readonly description: Answered<SecretDescription | undefined>
  readonly policy: Answered<PolicyDocument | undefined>
  readonly rules: Answered<readonly CacheRule[]>
  readonly templates: Answered<readonly CreationTemplate[]>
  /** By prefix, for each rule that uses the secret. */
  readonly validations: ReadonlyMap<string, Answered<Validation | undefined>>
}

/** What the findings of a Region hang on besides its own answers. */
export interface RegionContext {
  /** The version id of the source’s credential; the error in its place if the source could not be read. */
  readonly version: Answered<string>
  readonly policy: PolicyOptions
  /** Why the login at Docker Hub with the source’s credential failed, if it did: refused, or not answered. */
  readonly loginFailure: PullthroughError | undefined
  /** Whether the account has ECR’s role. */
  readonly hasRole: Answered<boolean>
}

/** The secret as the target of findings: `us-east-1 ecr-pullthroughcache/docker-hub`. */
export function secretTarget({ region, secretName }: Pick<RegionFacts, 'region' | 'secretName'>): string {
  return `${region} ${secretName}`
}

/** What a policy is read against. The account is the one in the secret’s own ARN. */
export function subjectOf(region: string, secretArn: string): PolicySubject {
  const [, partition = '', , , account = ''] = secretArn.split(':')
  return { partition, account, region, secretArn }
}

/** The role that ECR reads a secret with. */
export function roleFor(region: string, secretArn: string): string {
  return ecrRoleArn(subjectOf(region, secretArn))
}
