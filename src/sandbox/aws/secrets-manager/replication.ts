import type { ValueOf } from '../shape.ts'
import { changeableSecret } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { invalidParameter } from './errors.ts'
import { defaultKeyAlias, readKmsKeyId } from './kms-key.ts'
import type { LocatedSecret, Replica, Secret } from './secret.ts'
import type { shapes } from './shapes.ts'

type ReplicationInput = Pick<
  ValueOf<(typeof shapes)['CreateSecret']>,
  'AddReplicaRegions' | 'ForceOverwriteReplicaSecret'
>

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html */
export function replicateSecretToRegions(
  call: Call,
  input: ValueOf<(typeof shapes)['ReplicateSecretToRegions']>,
): Output {
  const { secret, arn } = changeableSecret(call, input.SecretId)
  const replicated = replicate(call, secret, input)
  call.store.replace(secret, { ...replicated, lastChangedDate: call.now })
  return { ARN: arn, ReplicationStatus: replicationStatus(replicated) }
}

/**
 * Add replicas to a secret. Where its name is taken the replication fails, unless it may overwrite; the call itself
 * succeeds. Here a replica is in sync at once.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
 *
 * @throws `InvalidParameterException` for the secret's own Region, or for none
 */
export function replicate(call: Call, secret: Secret, input: ReplicationInput): Secret {
  const wanted = (input.AddReplicaRegions ?? []).map(({ Region: region, KmsKeyId: keyId }) => {
    if (region === undefined || region === secret.region) throw invalidParameter('Invalid replica region.')
    return { region, kmsKeyId: readKmsKeyId(keyId) }
  })
  let replicas = secret.replicas
  for (const { region, kmsKeyId } of wanted) {
    if (replicas.some((replica) => replica.region === region && replica.status === 'InSync')) continue
    const taken = call.store.find({ account: secret.account, region, name: secret.name }, call.now)
    if (taken && input.ForceOverwriteReplicaSecret) overwrite(call, taken)
    const clashes = taken && !input.ForceOverwriteReplicaSecret
    const replica: Replica = {
      region,
      kmsKeyId,
      status: clashes ? 'Failed' : 'InSync',
      statusMessage: clashes
        ? 'Secret with this name already exists in this region'
        : 'Replication succeeded',
      lastAccessedDate: undefined,
    }
    replicas = [...replicas.filter((other) => other.region !== region), replica]
  }
  return { ...secret, replicas }
}

/** `ReplicationStatus` of an answer; absent for a secret that was never replicated. */
export function replicationStatus({ replicas }: Secret): readonly Output[] | undefined {
  if (replicas.length === 0) return undefined
  return replicas.map((replica) => ({
    Region: replica.region,
    KmsKeyId: replica.kmsKeyId ?? defaultKeyAlias,
    Status: replica.status,
    StatusMessage: replica.statusMessage,
    LastAccessedDate: replica.lastAccessedDate,
  }))
}

/** `PrimaryRegion` of an answer: both the primary and its replicas have it, other secrets do not. */
export function primaryRegion({ secret }: LocatedSecret): string | undefined {
  return secret.replicas.length > 0 ? secret.region : undefined
}

function overwrite({ store }: Call, { secret, replica }: LocatedSecret): void {
  if (!replica) {
    store.remove(secret)
    return
  }
  store.replace(secret, { ...secret, replicas: secret.replicas.filter((other) => other !== replica) })
}
