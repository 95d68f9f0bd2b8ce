import { ServiceError } from '../service-error.ts'
import type { ValueOf } from '../shape.ts'
import { changeableSecret } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { invalidParameter } from './errors.ts'
import { current, holderOf, moveLabel, removeLabel } from './labels.ts'
import type { Version } from './secret.ts'
import type { shapes } from './shapes.ts'

type StageInput = ValueOf<(typeof shapes)['UpdateSecretVersionStage']>

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
export function updateSecretVersionStage(call: Call, input: StageInput): Output {
  const { secret, arn } = changeableSecret(call, input.SecretId)
  const versions = relabel(secret.versions, input)
  call.store.replace(secret, { ...secret, versions, lastChangedDate: call.now })
  return { ARN: arn, Name: secret.name }
}

/** @throws `InvalidParameterException`, `LimitExceededException` */
function relabel(
  versions: readonly Version[],
  { VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from }: StageInput,
): readonly Version[] {
  if (to === undefined && from === undefined) {
    throw invalidParameter('You must provide MoveToVersionId, RemoveFromVersionId, or both.')
  }
  for (const id of [to, from]) {
    if (id !== undefined && !versions.some((version) => version.id === id)) {
      throw invalidParameter(`Not a valid version: ${id}`)
    }
  }
  const holder = holderOf(versions, label)
  if (from !== undefined && holder?.id !== from) {
    throw invalidParameter(`The staging label ${label} is not attached to version ${from}.`)
  }
  if (to === undefined) {
    if (label === current) {
      throw invalidParameter(
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      )
    }
    return removeLabel(versions, label)
  }
  if (holder && holder.id !== to && from === undefined) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ` +
        `${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    )
  }
  const moved = moveLabel(versions, label, to)
  if (moved.some(({ labels }) => labels.length > 20)) {
    throw new ServiceError('LimitExceededException', 'A version can have at most 20 staging labels.')
  }
  return moved
}
