import type { ValueOf } from '../shape.ts'
import { authorizedSecret, authorizedSecretIfAny } from './authorization.ts'
import type { Call, Output } from './call.ts'
import {
  alreadyMarkedDeleted,
  hasReplicas,
  invalidParameter,
  replicaIsReadOnly,
  secretNotFound,
} from './errors.ts'
import { parseSecretId, randomSuffix } from './secret-id.ts'
import { secretArn } from './secret.ts'
import type { shapes } from './shapes.ts'

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
export function deleteSecret(call: Call, input: ValueOf<(typeof shapes)['DeleteSecret']>): Output {
  const { SecretId: secretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force } = input
  if (days !== undefined && force) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    )
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).')
  }
  const found = authorizedSecretIfAny(call, secretId)
  if (!found) {
    if (!force) throw secretNotFound()
    return deletedNothing(call, secretId)
  }
  const { secret, arn } = found
  if (found.replica) throw replicaIsReadOnly()
  if (secret.replicas.length > 0) {
    throw hasReplicas(
      arn,
      secret.replicas.map(({ region }) => region),
    )
  }
  if (force) {
    call.store.remove(secret)
    return { ARN: arn, Name: secret.name, DeletionDate: call.now }
  }
  if (secret.deletionDate) throw alreadyMarkedDeleted()
  const deletionDate = new Date(call.now)
  deletionDate.setUTCDate(deletionDate.getUTCDate() + (days ?? 30))
  call.store.replace(secret, { ...secret, deletionDate, lastChangedDate: call.now })
  return { ARN: arn, Name: secret.name, DeletionDate: deletionDate }
}

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html
 *
 * On a secret that is not scheduled for deletion it does nothing.
 */
export function restoreSecret(call: Call, input: ValueOf<(typeof shapes)['RestoreSecret']>): Output {
  const { secret, arn, replica } = authorizedSecret(call, input.SecretId)
  if (replica) throw replicaIsReadOnly()
  if (secret.deletionDate) {
    call.store.replace(secret, { ...secret, deletionDate: undefined, lastChangedDate: call.now })
  }
  return { ARN: arn, Name: secret.name }
}

/** To force the deletion of what is not there is no error; it is answered as if it had been. */
function deletedNothing({ caller, region, now }: Call, secretId: string): Output {
  const id = parseSecretId(secretId)
  const name = id.kind === 'name' ? id.name : id.tail.replace(/-[A-Za-z0-9]{6}$/, '')
  const arn =
    id.kind === 'arn'
      ? secretId
      : secretArn({ account: caller.account, name, suffix: randomSuffix() }, region)
  return { ARN: arn, Name: name, DeletionDate: now }
}
