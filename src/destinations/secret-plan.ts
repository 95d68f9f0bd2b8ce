import type { SecretDescription } from '../aws/secret-reader.ts'
import { PullthroughError } from '../errors.ts'
import type { Change, Desired } from './destination.ts'
import type { PolicyDocument, PolicySubject } from '../aws/policy-document.ts'
import { planPolicy, type PolicyOptions } from './resource-policy.ts'

/** What a Region answered about the secret. */
export type ObservedSecret =
  | { readonly state: 'absent'; readonly subject: PolicySubject }
  | { readonly state: 'scheduled-for-deletion'; readonly deletedDate: Date; readonly subject: PolicySubject }
  | (Omit<SecretDescription, 'arn' | 'deletedDate'> & {
      readonly state: 'present'
      readonly subject: PolicySubject
      readonly policy: PolicyDocument | undefined
    })

type PresentSecret = Extract<ObservedSecret, { state: 'present' }>

/** A mutating call to Secrets Manager, by its own name. What it carries beyond this is in `Desired`. */
export type SecretCall =
  | { readonly operation: 'CreateSecret' }
  | { readonly operation: 'RestoreSecret' }
  | { readonly operation: 'PutSecretValue'; readonly current: string | undefined }
  | { readonly operation: 'UpdateSecretVersionStage'; readonly current: string | undefined }
  | { readonly operation: 'TagResource' }
  | { readonly operation: 'PutResourcePolicy'; readonly policy: string; readonly justCreated: boolean }

/** The tag that says the secret is ours. */
export const ownershipTag = { Key: 'managed-by', Value: 'pullthrough' } as const

/** What {@link planSecret} must know besides desired and observed. */
export interface SecretPlanOptions extends PolicyOptions {
  readonly secretName: string
  /** Take a secret back that is scheduled for deletion. */
  readonly restore: boolean
}

/** Compare the secret and its resource policy with what they should be. */
export function planSecret(
  desired: Desired,
  observed: ObservedSecret,
  options: SecretPlanOptions,
): readonly Change<SecretCall>[] {
  const target = `${observed.subject.region} ${options.secretName}`
  switch (observed.state) {
    case 'absent':
      return [
        { target, action: 'create', because: 'absent', calls: [{ operation: 'CreateSecret' }] },
        policyChange(target, undefined, observed.subject, options, true),
      ]
    case 'scheduled-for-deletion':
      return [planDeleted(target, observed.deletedDate, options)]
    case 'present': {
      const refusal = refusalOf(observed, options.secretName)
      if (refusal) return [refused(target, refusal)]
      return [
        { target, ...planValue(desired, observed) },
        policyChange(target, observed.policy, observed.subject, options, false),
      ]
    }
  }
}

function planDeleted(target: string, deletedDate: Date, { restore }: SecretPlanOptions): Change<SecretCall> {
  const when = deletedDate.toISOString()
  if (restore) {
    return {
      target,
      action: 'restore',
      because: `scheduled for deletion (DeletedDate ${when})`,
      calls: [{ operation: 'RestoreSecret' }],
      thenObserveAgain: true,
    }
  }
  const refusal = new PullthroughError(
    'ERR_STATE',
    `the secret is scheduled for deletion (DeletedDate ${when})`,
    {
      hint: 'take it back: pullthrough sync --restore',
    },
  )
  return refused(target, { because: 'scheduled for deletion', refusal })
}

function refused(target: string, { because, refusal }: Refusal): Change<SecretCall> {
  return { target, action: 'refuse', because, calls: [], refusal }
}

interface Refusal {
  readonly because: string
  readonly refusal: PullthroughError
}

/** Why a secret that is there must not be touched, or would be of no use to ECR. */
function refusalOf(secret: PresentSecret, name: string): Refusal | undefined {
  const { kmsKeyId, primaryRegion, subject } = secret
  if (primaryRegion !== undefined && primaryRegion !== subject.region) {
    return {
      because: `a replica of ${primaryRegion}`,
      refusal: new PullthroughError(
        'ERR_STATE',
        `the secret in ${subject.region} is a replica; its primary is in ${primaryRegion}`,
        {
          hint: `sync the primary, which carries its value here: pullthrough sync --region ${primaryRegion}`,
        },
      ),
    }
  }
  if (isCustomerKey(kmsKeyId)) {
    return {
      because: 'under a customer managed key',
      refusal: new PullthroughError(
        'ERR_STATE',
        `the secret is encrypted with the customer managed key ${kmsKeyId}, which ECR cannot use`,
        {
          hint: `go back to the AWS managed key: aws secretsmanager update-secret --secret-id ${name} --kms-key-id alias/aws/secretsmanager --region ${subject.region}`,
        },
      ),
    }
  }
  const owner = otherOwner(secret)
  if (owner === undefined) return undefined
  return {
    because: 'owned by another tool',
    refusal: new PullthroughError('ERR_STATE', `the secret belongs to ${owner}`, {
      hint: 'let one tool own it: remove it there without deleting the secret, then remove that tag and run this again',
    }),
  }
}

/**
 * Whether a secret is under a key that ECR cannot use: it reads only secrets under the AWS managed key.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 *
 * @param kmsKeyId as DescribeSecret gives it; absent for the AWS managed key
 */
export function isCustomerKey(kmsKeyId: string | undefined): kmsKeyId is string {
  return kmsKeyId !== undefined && !/(^|:)alias\/aws\/secretsmanager$/.test(kmsKeyId)
}

/** Who else owns the secret, in words; `undefined` if nothing says that anybody does. */
export function otherOwner({
  owningService,
  tags,
}: Pick<SecretDescription, 'owningService' | 'tags'>): string | undefined {
  return owningService ? `the AWS service ${owningService}` : ownerByTag(tags)
}

const toolNames =
  /terraform|opentofu|terragrunt|pulumi|cloudformation|\bcdk\b|crossplane|ansible|external-secrets|serverless|\bsam\b|\back\b/i

/** Another tool's mark, if a tag is one: `managed-by` with another value, a tool's own tag, or a tool named as creator. */
function ownerByTag(tags: Readonly<Record<string, string>>): string | undefined {
  if (tags[ownershipTag.Key] === ownershipTag.Value) return undefined
  for (const [key, value] of Object.entries(tags)) {
    const plain = key.toLowerCase().replace(/[^a-z]/g, '')
    const saysManager = plain.endsWith('managedby')
    const saysCreator =
      /^(created|provisioned|deployed|maintained|owned)(by|with)$/.test(plain) && toolNames.test(value)
    const isToolsOwn =
      /^aws:(cloudformation|servicecatalog):/.test(key) ||
      /^(pulumi|crossplane|terraform|opentofu)([:/-]|$)/i.test(key)
    if (saysManager || saysCreator || isToolsOwn) return `another tool (tag ${key}=${value})`
  }
  return undefined
}

/** The value: which version AWSCURRENT is on, and where it should be. */
function planValue(desired: Desired, secret: PresentSecret): Omit<Change<SecretCall>, 'target'> {
  const { versions, tags } = secret
  const isOurs = tags[ownershipTag.Key] === ownershipTag.Value
  const tagCalls: readonly SecretCall[] = isOurs ? [] : [{ operation: 'TagResource' }]
  const current = Object.keys(versions).find((id) => versions[id]?.includes('AWSCURRENT'))

  if (current === desired.version) {
    if (isOurs) return { action: 'keep', because: 'the same credential', calls: [] }
    return { action: 'update', because: 'the same credential, without our tag', calls: tagCalls }
  }
  if (versions[desired.version]) {
    return {
      action: isOurs ? 'update' : 'adopt',
      because: 'the credential is an earlier version of the secret',
      calls: [{ operation: 'UpdateSecretVersionStage', current }, ...tagCalls],
    }
  }
  return {
    action: isOurs ? 'update' : 'adopt',
    because: isOurs
      ? 'another credential'
      : current
        ? 'made by another hand'
        : 'made by another hand, without a value',
    calls: [{ operation: 'PutSecretValue', current }, ...tagCalls],
  }
}

function policyChange(
  secretTarget: string,
  observed: PolicyDocument | undefined,
  subject: PolicySubject,
  options: PolicyOptions,
  justCreated: boolean,
): Change<SecretCall> {
  const { document, ...plan } = planPolicy(options, observed, subject)
  return {
    target: `${secretTarget} policy`,
    ...plan,
    calls: document
      ? [{ operation: 'PutResourcePolicy', policy: JSON.stringify(document), justCreated }]
      : [],
  }
}
