import type { Version } from './secret.ts'

export const current = 'AWSCURRENT'
export const previous = 'AWSPREVIOUS'
export const pending = 'AWSPENDING'

/** The version that holds a label; a label is never on two. */
export function holderOf(versions: readonly Version[], label: string): Version | undefined {
  return versions.find(({ labels }) => labels.includes(label))
}

/**
 * Move a label to a version. Where AWSCURRENT leaves, AWSPREVIOUS arrives.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
export function moveLabel(versions: readonly Version[], label: string, toId: string): readonly Version[] {
  const holder = holderOf(versions, label)
  if (holder?.id === toId) return versions
  const moved = addLabel(removeLabel(versions, label), label, toId)
  if (label !== current || !holder) return moved
  return addLabel(removeLabel(moved, previous), previous, holder.id)
}

export function removeLabel(versions: readonly Version[], label: string): readonly Version[] {
  return versions.map((version) =>
    version.labels.includes(label)
      ? { ...version, labels: version.labels.filter((held) => held !== label) }
      : version,
  )
}

function addLabel(versions: readonly Version[], label: string, id: string): readonly Version[] {
  return versions.map((version) =>
    version.id === id ? { ...version, labels: [...version.labels, label] } : version,
  )
}
