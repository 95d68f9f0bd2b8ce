import { notImplemented } from '../not-implemented.ts'
import type { ValueOf } from '../shape.ts'
import { authorizedSecret, changeableSecret } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { labelNotOnVersion, markedForDeletion, tokenUsed, valueMissing, valueNotFound } from './errors.ts'
import { checkKeyReach } from './kms-key.ts'
import { current, holderOf } from './labels.ts'
import { isSameValue, type LocatedSecret, type Secret, type Version } from './secret.ts'
import type { shapes } from './shapes.ts'
import { readToken, readValue } from './value-input.ts'
import { addVersion } from './versions.ts'

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export function getSecretValue(call: Call, input: ValueOf<(typeof shapes)['GetSecretValue']>): Output {
  const found = authorizedSecret(call, input.SecretId)
  if (found.secret.deletionDate) throw markedForDeletion()
  checkKeyReach(found, call.caller)
  const version = selectVersion(found.secret, { id: input.VersionId, label: input.VersionStage })
  noteAccess(call, found, version)
  return {
    ARN: found.arn,
    Name: found.secret.name,
    VersionId: version.id,
    SecretString: version.value.kind === 'string' ? version.value.text : undefined,
    SecretBinary: version.value.kind === 'binary' ? version.value.bytes : undefined,
    VersionStages: labelsOf(version),
    CreatedDate: version.createdDate,
  }
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
export function putSecretValue(call: Call, input: ValueOf<(typeof shapes)['PutSecretValue']>): Output {
  if (input.RotationToken !== undefined) throw notImplemented('rotation (RotationToken of PutSecretValue)')
  const token = readToken(input)
  const value = readValue(input)
  if (!value) throw valueMissing()
  const found = changeableSecret(call, input.SecretId)
  checkKeyReach(found, call.caller)
  const { secret, arn } = found
  const known = secret.versions.find(({ id }) => id === token)
  if (known) {
    if (!isSameValue(known.value, value)) throw tokenUsed(token, arn)
    // The same once more: it succeeds and does nothing, labels included.
    return { ARN: arn, Name: secret.name, VersionId: token, VersionStages: labelsOf(known) }
  }
  const changed = addVersion(secret, {
    id: token,
    value,
    labels: input.VersionStages ?? [current],
    now: call.now,
  })
  call.store.replace(secret, changed)
  return {
    ARN: arn,
    Name: secret.name,
    VersionId: token,
    VersionStages: changed.versions.find(({ id }) => id === token)?.labels,
  }
}

/**
 * The version that a request asks for: AWSCURRENT unless it says otherwise.
 *
 * @throws `ResourceNotFoundException`, or `InvalidRequestException` if id and label contradict each other
 */
function selectVersion(
  { versions }: Secret,
  { id, label }: { readonly id: string | undefined; readonly label: string | undefined },
): Version {
  if (id === undefined) {
    const wanted = label ?? current
    const holder = holderOf(versions, wanted)
    if (!holder) throw valueNotFound({ label: wanted })
    return holder
  }
  const version = versions.find((candidate) => candidate.id === id)
  if (!version) throw valueNotFound({ versionId: id })
  if (label !== undefined && !version.labels.includes(label)) throw labelNotOnVersion()
  return version
}

/** `LastAccessedDate` has the resolution of a day. */
function noteAccess({ store, now }: Call, { secret, replica }: LocatedSecret, accessed: Version): void {
  const today = new Date(now)
  today.setUTCHours(0, 0, 0, 0)
  if (replica) {
    const replicas = secret.replicas.map((other) =>
      other === replica ? { ...other, lastAccessedDate: today } : other,
    )
    store.replace(secret, { ...secret, replicas })
    return
  }
  const versions = secret.versions.map((version) =>
    version === accessed ? { ...version, lastAccessedDate: today } : version,
  )
  store.replace(secret, { ...secret, versions, lastAccessedDate: today })
}

/** A deprecated version has no `VersionStages` at all. */
function labelsOf({ labels }: Version): readonly string[] | undefined {
  return labels.length > 0 ? labels : undefined
}
