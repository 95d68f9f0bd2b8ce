import { accessDenied } from '../access-denied.ts'
import type { ServiceRequest, ServiceWorld } from '../aws-service.ts'
import { jsonService } from '../json-service.ts'
import { readInput, type Shape, type StructureShape, type ValueOf } from '../shape.ts'
import type { Call, Output } from './call.ts'
import { createSecret } from './create-secret.ts'
import { deleteSecret, restoreSecret } from './deletion.ts'
import { describeSecret } from './describe-secret.ts'
import { secretNotFound } from './errors.ts'
import { listSecrets } from './list-secrets.ts'
import { listSecretVersionIds } from './list-version-ids.ts'
import { replicateSecretToRegions } from './replication.ts'
import { requestKeys } from './request-keys.ts'
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  validateResourcePolicy,
} from './resource-policy.ts'
import { getSecretValue, putSecretValue } from './secret-value.ts'
import { shapes } from './shapes.ts'
import type { SecretStore } from './store.ts'
import { tagResource, untagResource } from './tags.ts'
import { updateSecret } from './update-secret.ts'
import { updateSecretVersionStage } from './version-stage.ts'

/** What Secrets Manager is made of. */
export interface SecretsManagerWorld extends ServiceWorld {
  readonly store: SecretStore
}

/** Recognise a call of Secrets Manager by what follows `secretsmanager.` in `X-Amz-Target`. */
export const recogniseSecretsManager = jsonService<SecretsManagerWorld>('Message', {
  name: 'secretsmanager',
  reads: {
    DescribeSecret: operation(shapes.DescribeSecret, describeSecret),
    GetSecretValue: operation(shapes.GetSecretValue, getSecretValue),
    GetResourcePolicy: operation(shapes.GetResourcePolicy, getResourcePolicy),
    ValidateResourcePolicy: operation(shapes.ValidateResourcePolicy, validateResourcePolicy),
    ListSecrets: operation(shapes.ListSecrets, listSecrets),
    ListSecretVersionIds: operation(shapes.ListSecretVersionIds, listSecretVersionIds),
  },
  writes: {
    CreateSecret: operation(shapes.CreateSecret, createSecret),
    PutSecretValue: operation(shapes.PutSecretValue, putSecretValue),
    UpdateSecret: operation(shapes.UpdateSecret, updateSecret),
    UpdateSecretVersionStage: operation(shapes.UpdateSecretVersionStage, updateSecretVersionStage),
    PutResourcePolicy: operation(shapes.PutResourcePolicy, putResourcePolicy),
    DeleteResourcePolicy: operation(shapes.DeleteResourcePolicy, deleteResourcePolicy),
    DeleteSecret: operation(shapes.DeleteSecret, deleteSecret),
    RestoreSecret: operation(shapes.RestoreSecret, restoreSecret),
    TagResource: operation(shapes.TagResource, tagResource),
    UntagResource: operation(shapes.UntagResource, untagResource),
    ReplicateSecretToRegions: operation(shapes.ReplicateSecretToRegions, replicateSecretToRegions),
  },
  isUndone: (name) => undone.includes(name),
  denied: ({ exchange, callerArn, operation }) =>
    accessDenied(callerArn, {
      action: `secretsmanager:${operation}`,
      shown: claimedSecret(exchange.body),
      decision: { by: 'no-allow', policy: 'identity-based' },
    }),
  serverError: { code: 'InternalServiceError', message: 'An error occurred on the server side.' },
  ownError: ({ kind }) => (kind === 'secret-lag' ? secretNotFound() : undefined),
  isPerformedWith: ({ kind }, name) => kind === 'secret-lag' && withoutSecret.includes(name),
})

/** The operations whose request has no `SecretId` of a secret that should be there. */
const withoutSecret: readonly string[] = ['CreateSecret', 'ListSecrets']

/** What Secrets Manager has beyond these: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
const undone: readonly string[] = [
  'AssociateCrossAccountReplica',
  'BatchGetSecretValue',
  'CancelRotateSecret',
  'DisassociateCrossAccountReplica',
  'GetRandomPassword',
  'ListResourcePolicies',
  'RemoveRegionsFromReplication',
  'RotateSecret',
  'StopReplicationToReplica',
]

function operation<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output,
) {
  return (request: ServiceRequest<SecretsManagerWorld>) => {
    const input = readInput(shape, request.body)
    const keys = requestKeys(request.operation, { ...input })
    return perform({ ...request, store: request.world.store, requestKeys: keys }, input)
  }
}

/** The secret that a request says it is about. */
function claimedSecret(body: Buffer): string | undefined {
  try {
    const input: unknown = JSON.parse(body.toString('utf8'))
    const members: Readonly<Record<string, unknown>> =
      typeof input === 'object' && input !== null ? { ...input } : {}
    const named = members['SecretId'] ?? members['Name']
    return typeof named === 'string' ? named : undefined
  } catch {
    return undefined
  }
}
