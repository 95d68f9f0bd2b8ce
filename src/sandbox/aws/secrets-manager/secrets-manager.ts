import type { Clock } from '../../clock.ts'
import type { Fault } from '../../fault.ts'
import type { Answer, Exchange, Operation } from '../../service.ts'
import { accessDenied } from '../access-denied.ts'
import { authenticate, claimedArn } from '../authentication.ts'
import { AuthenticationFailure, jsonAuthenticationRefusal } from '../authentication-failure.ts'
import type { Identities } from '../identities.ts'
import { notImplemented } from '../not-implemented.ts'
import { ServiceError } from '../service-error.ts'
import { readInput, type Shape, type StructureShape, type ValueOf } from '../shape.ts'
import { jsonRefusal, jsonSuccess, type Refusal } from '../wire.ts'
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
export interface SecretsManagerWorld {
  readonly clock: Clock
  readonly identities: Identities
  readonly store: SecretStore
}

/**
 * Recognise a call of Secrets Manager.
 *
 * @param name what follows `secretsmanager.` in `X-Amz-Target`
 */
export function recogniseSecretsManager(
  exchange: Exchange,
  name: string,
  world: SecretsManagerWorld,
): Operation {
  const definition = Object.hasOwn(operations, name) ? operations[name] : undefined
  const perform = () => answer(() => run(exchange, { name, definition, world }))
  return {
    service: 'secretsmanager',
    name,
    mutating: definition?.mutating ?? false,
    perform,
    refuse(fault) {
      if (fault.kind === 'secret-lag' && definition && !definition.namesSecret) return perform()
      return answer(() => {
        throw faultError(fault, { exchange, name, identities: world.identities })
      })
    },
  }
}

interface Definition {
  readonly mutating: boolean
  /** Whether the request has a `SecretId` of a secret that should be there. */
  readonly namesSecret: boolean
  perform(body: Buffer, call: Omit<Call, 'requestKeys'>): Output
}

const operations: Readonly<Record<string, Definition>> = {
  CreateSecret: write(shapes.CreateSecret, createSecret, { namesSecret: false }),
  DescribeSecret: read(shapes.DescribeSecret, describeSecret),
  GetSecretValue: read(shapes.GetSecretValue, getSecretValue),
  PutSecretValue: write(shapes.PutSecretValue, putSecretValue),
  UpdateSecret: write(shapes.UpdateSecret, updateSecret),
  UpdateSecretVersionStage: write(shapes.UpdateSecretVersionStage, updateSecretVersionStage),
  PutResourcePolicy: write(shapes.PutResourcePolicy, putResourcePolicy),
  GetResourcePolicy: read(shapes.GetResourcePolicy, getResourcePolicy),
  DeleteResourcePolicy: write(shapes.DeleteResourcePolicy, deleteResourcePolicy),
  ValidateResourcePolicy: read(shapes.ValidateResourcePolicy, validateResourcePolicy),
  DeleteSecret: write(shapes.DeleteSecret, deleteSecret),
  RestoreSecret: write(shapes.RestoreSecret, restoreSecret),
  ListSecrets: read(shapes.ListSecrets, listSecrets, { namesSecret: false }),
  ListSecretVersionIds: read(shapes.ListSecretVersionIds, listSecretVersionIds),
  TagResource: write(shapes.TagResource, tagResource),
  UntagResource: write(shapes.UntagResource, untagResource),
  ReplicateSecretToRegions: write(shapes.ReplicateSecretToRegions, replicateSecretToRegions),
}

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

function read<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output,
  { namesSecret = true } = {},
): Definition {
  return { ...define(shape, perform), mutating: false, namesSecret }
}

function write<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output,
  { namesSecret = true } = {},
): Definition {
  return { ...define(shape, perform), mutating: true, namesSecret }
}

function define<S extends StructureShape<Readonly<Record<string, Shape>>, string>>(
  shape: S,
  perform: (call: Call, input: ValueOf<S>) => Output,
): Pick<Definition, 'perform'> {
  return {
    perform(body, call) {
      const input = readInput(shape, body)
      return perform({ ...call, requestKeys: requestKeys(call.operation, { ...input }) }, input)
    },
  }
}

function run(
  exchange: Exchange,
  {
    name,
    definition,
    world,
  }: {
    readonly name: string
    readonly definition: Definition | undefined
    readonly world: SecretsManagerWorld
  },
): Output {
  if (!definition) {
    if (undone.includes(name)) throw notImplemented(`secretsmanager ${name}`)
    throw new ServiceError('UnknownOperationException', '')
  }
  const { caller, region } = authenticate(exchange, 'secretsmanager', world.identities)
  return definition.perform(exchange.body, {
    operation: name,
    caller,
    region,
    now: world.clock.now(),
    store: world.store,
  })
}

function answer(output: () => Output): Answer {
  try {
    return jsonSuccess(output())
  } catch (error) {
    return jsonRefusal(refusalOf(error), 'Message')
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ServiceError) return error
  if (error instanceof AuthenticationFailure) return jsonAuthenticationRefusal(error)
  throw error
}

function faultError(
  fault: Fault,
  {
    exchange,
    name,
    identities,
  }: { readonly exchange: Exchange; readonly name: string; readonly identities: Identities },
): Error {
  switch (fault.kind) {
    case 'throttle':
      return new ServiceError('ThrottlingException', 'Rate exceeded')
    case 'deny':
      return accessDenied(claimedArn(exchange, identities), {
        action: `secretsmanager:${name}`,
        shown: claimedSecret(exchange),
        decision: { by: 'no-allow', policy: 'identity-based' },
      })
    case 'expired-token':
      return new AuthenticationFailure('expired-token')
    case 'secret-lag':
      return secretNotFound()
    case 'error':
    default:
      return new ServiceError(
        'InternalServiceError',
        'An error occurred on the server side.',
        fault.status ?? 500,
      )
  }
}

/** The secret that a request says it is about. */
function claimedSecret({ body }: Exchange): string | undefined {
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
