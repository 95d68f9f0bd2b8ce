import { notImplemented } from '../not-implemented.ts'
import type { ValueOf } from '../shape.ts'
import { authorizedSecret } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { markedForDeletion, replicaIsReadOnly, tokenUsed } from './errors.ts'
import { checkKeyReach, readKmsKeyId } from './kms-key.ts'
import { current, pending, previous } from './labels.ts'
import type { LocatedSecret, Secret } from './secret.ts'
import type { shapes } from './shapes.ts'
import { readToken, readValue } from './value-input.ts'
import { addVersion } from './versions.ts'

type UpdateInput = ValueOf<(typeof shapes)['UpdateSecret']>

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html
 *
 * Unlike PutSecretValue it refuses a token that is the id of a version, even with the same value, or with none.
 */
export function updateSecret(call: Call, input: UpdateInput): Output {
  if (input.Type) throw notImplemented('secrets of other companies (Type of UpdateSecret)')
  const token = readToken(input)
  const value = readValue(input)
  const kmsKeyId = readKmsKeyId(input.KmsKeyId)
  const found = authorizedSecret(call, input.SecretId)
  const { secret, arn } = found
  if (secret.deletionDate) throw markedForDeletion()
  if (found.replica) return updateReplica(call, found, { input, kmsKeyId })
  if (value) checkKeyReach(found, call.caller)
  if (secret.versions.some(({ id }) => id === token)) throw tokenUsed(token, arn)

  let changed: Secret = { ...secret, lastChangedDate: call.now }
  if (input.Description !== undefined) {
    changed = { ...changed, description: input.Description === '' ? undefined : input.Description }
  }
  if (input.KmsKeyId !== undefined) changed = encryptAgain(changed, kmsKeyId)
  if (value) changed = addVersion(changed, { id: token, value, labels: [current], now: call.now })
  call.store.replace(secret, changed)
  return { ARN: arn, Name: secret.name, VersionId: value && token }
}

/**
 * Of a replica only the key may be changed.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/standalone-secret.html
 */
function updateReplica(
  { store }: Call,
  { secret, replica, arn }: LocatedSecret,
  { input, kmsKeyId }: { readonly input: UpdateInput; readonly kmsKeyId: string | undefined },
): Output {
  const others = [input.Description, input.SecretString, input.SecretBinary]
  if (input.KmsKeyId === undefined || others.some((member) => member !== undefined)) throw replicaIsReadOnly()
  const replicas = secret.replicas.map((other) => (other === replica ? { ...other, kmsKeyId } : other))
  store.replace(secret, { ...secret, replicas })
  return { ARN: arn, Name: secret.name }
}

/** Another key encrypts the labelled versions again, the three labels of AWS only. */
function encryptAgain(secret: Secret, kmsKeyId: string | undefined): Secret {
  const versions = secret.versions.map((version) =>
    [current, pending, previous].some((label) => version.labels.includes(label))
      ? { ...version, kmsKeyId }
      : version,
  )
  return { ...secret, kmsKeyId, versions }
}
