import { current, holderOf, moveLabel, pending, removeLabel } from './labels.ts'
import type { Secret, SecretValue, Version } from './secret.ts'

/**
 * Add a version and give it its labels. The first version of a secret always becomes AWSCURRENT. A version that
 * AWSCURRENT leaves this way loses AWSPENDING too, as recorded against AWS.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function addVersion(
  secret: Secret,
  {
    id,
    value,
    labels,
    now,
  }: {
    readonly id: string
    readonly value: SecretValue
    readonly labels: readonly string[]
    readonly now: Date
  },
): Secret {
  const wanted = secret.versions.length === 0 ? new Set([...labels, current]) : new Set(labels)
  const version: Version = {
    id,
    value,
    labels: [],
    createdDate: now,
    lastAccessedDate: undefined,
    kmsKeyId: secret.kmsKeyId,
  }
  const old = wanted.has(current) ? holderOf(secret.versions, current) : undefined
  const settled = old?.labels.includes(pending) ? removeLabel(secret.versions, pending) : secret.versions
  let versions: readonly Version[] = [...settled, version]
  // AWSCURRENT last: where it leaves, AWSPREVIOUS arrives, even if the call asked for that label too.
  for (const label of [...wanted].sort(
    (left, right) => Number(left === current) - Number(right === current),
  )) {
    versions = moveLabel(versions, label, id)
  }
  return { ...secret, versions: prune(versions, now), lastChangedDate: now }
}

const keptVersions = 100
const day = 24 * 60 * 60 * 1000

/** Beyond the most recent hundred, versions without labels go, but never within a day of their creation. */
function prune(versions: readonly Version[], now: Date): readonly Version[] {
  let surplus = versions.length - keptVersions
  return versions.filter(({ labels, createdDate }) => {
    const goes = surplus > 0 && labels.length === 0 && now.getTime() - createdDate.getTime() >= day
    if (goes) surplus -= 1
    return !goes
  })
}
