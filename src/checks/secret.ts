import type { SecretDescription } from '../aws/secret-reader.ts'
import { isCustomerKey, otherOwner, ownershipTag } from '../destinations/secret-plan.ts'
import { found } from './causes/cause.ts'
import { secretCauses } from './causes/secret.ts'
import { type CheckId, failed, type Finding, ok, skipped } from './finding.ts'
import { type RegionContext, type RegionFacts, secretTarget } from './region-facts.ts'

const ids = ['secret.present', 'secret.key', 'secret.version', 'secret.labels', 'secret.owner'] as const

/** The secret itself: there, readable for ECR, current, ours. */
export function judgeSecret(facts: RegionFacts, { version }: RegionContext): readonly Finding[] {
  const { description, region, secretName: name } = facts
  const target = secretTarget(facts)
  const skipRest = (why: string) => ids.slice(1).map((id) => skipped(id, target, why))
  if (description.error) {
    return [
      failed('secret.present', target, description.error),
      ...skipRest('the secret could not be looked at'),
    ]
  }
  const secret = description.value
  if (!secret) {
    return [found(secretCauses['secret-absent'], target, { region, name }), ...skipRest('there is no secret')]
  }
  return [
    secret.deletedDate
      ? found(secretCauses['secret-scheduled-for-deletion'], target, {
          region,
          name,
          deletedDate: secret.deletedDate.toISOString(),
        })
      : ok('secret.present', target, secret.arn),
    isCustomerKey(secret.kmsKeyId)
      ? found(secretCauses['secret-under-customer-key'], target, { region, name, kmsKeyId: secret.kmsKeyId })
      : ok('secret.key', target, 'the AWS managed key'),
    judgeVersion(secret, version, target),
    judgeLabels(secret, facts, target),
    judgeOwner(secret, region, target),
  ]
}

/** The version with AWSCURRENT, which is what ECR reads. */
export function currentVersion({ versions }: SecretDescription): string | undefined {
  return Object.keys(versions).find((id) => versions[id]?.includes('AWSCURRENT'))
}

/** Versions that sync makes are of UUID version 8; AWS and other hands hardly make such. */
export function isOurVersion(id: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)
}

function judgeVersion(secret: SecretDescription, version: RegionContext['version'], target: string): Finding {
  const id: CheckId = 'secret.version'
  const current = currentVersion(secret)
  if (current === undefined) return skipped(id, target, 'no version is current, see secret.labels')
  if (version.error) return skipped(id, target, 'the source’s credential is not known')
  if (current === version.value) {
    return ok(id, target, 'AWSCURRENT is the source’s credential, in the form that ECR reads')
  }
  if (secret.versions[version.value]) return found(secretCauses['secret-went-back'], target, {})
  return isOurVersion(current)
    ? found(secretCauses['secret-holds-another-credential'], target, {})
    : found(secretCauses['secret-of-another-hand'], target, {})
}

function judgeLabels(
  secret: SecretDescription,
  { region, secretName: name }: RegionFacts,
  target: string,
): Finding {
  const current = currentVersion(secret)
  if (current === undefined) return found(secretCauses['secret-without-value'], target, {})
  const pending = Object.keys(secret.versions).find((id) => secret.versions[id]?.includes('AWSPENDING'))
  if (pending !== undefined && pending !== current) {
    return found(secretCauses['secret-rotation-pending'], target, { region, name, version: pending })
  }
  return ok('secret.labels', target, `AWSCURRENT is on ${current}`)
}

function judgeOwner(secret: SecretDescription, region: string, target: string): Finding {
  const { primaryRegion, tags } = secret
  if (primaryRegion !== undefined && primaryRegion !== region) {
    return found(secretCauses['secret-is-a-replica'], target, { primaryRegion })
  }
  const owner = otherOwner(secret)
  if (owner !== undefined) return found(secretCauses['secret-of-another-tool'], target, { owner })
  if (tags[ownershipTag.Key] !== ownershipTag.Value) {
    return found(secretCauses['secret-untagged'], target, {})
  }
  return ok('secret.owner', target, `tag ${ownershipTag.Key}=${ownershipTag.Value}`)
}
