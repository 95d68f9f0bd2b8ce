import { notImplemented } from '../not-implemented.ts'
import type { ValueOf } from '../shape.ts'
import { authorize } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { nameScheduledForDeletion, secretExists, tokenUsed } from './errors.ts'
import { readKmsKeyId } from './kms-key.ts'
import { current } from './labels.ts'
import { replicate, replicationStatus } from './replication.ts'
import { checkNewName, randomSuffix } from './secret-id.ts'
import { isSameValue, type LocatedSecret, type Secret, secretArn, type SecretValue } from './secret.ts'
import type { shapes } from './shapes.ts'
import { checkTagCount, readTags } from './tag-rules.ts'
import { readToken, readValue } from './value-input.ts'
import { addVersion } from './versions.ts'

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
export function createSecret(call: Call, input: ValueOf<(typeof shapes)['CreateSecret']>): Output {
  const { store, region, now, caller } = call
  checkNewName(input.Name)
  if (input.Type) throw notImplemented('secrets of other companies (Type of CreateSecret)')
  if (input.CrossAccountPrimaryARN !== undefined) {
    throw notImplemented('replicas of other accounts (CrossAccountPrimaryARN of CreateSecret)')
  }
  const token = readToken(input)
  const value = readValue(input)
  const kmsKeyId = readKmsKeyId(input.KmsKeyId)
  const tags = input.Tags && checkTagCount(readTags(input.Tags))
  const existing = store.find({ account: caller.account, region, name: input.Name }, now)
  const blank: Secret = {
    account: caller.account,
    region,
    name: input.Name,
    suffix: existing?.secret.suffix ?? randomSuffix(),
    description: input.Description === '' ? undefined : input.Description,
    kmsKeyId,
    tags: tags?.length ? tags : undefined,
    policy: undefined,
    createdDate: now,
    lastChangedDate: now,
    lastAccessedDate: undefined,
    deletionDate: undefined,
    versions: [],
    replicas: [],
  }
  const arn = secretArn(blank, region)
  const needed = [
    'CreateSecret',
    tags?.length ? 'TagResource' : [],
    input.AddReplicaRegions ? 'ReplicateSecretToRegions' : [],
  ]
  for (const operation of needed.flat())
    authorize(call, operation, { arn, account: caller.account, shown: input.Name })
  if (existing) return createAgain(existing, { token, value })

  const secret = value ? addVersion(blank, { id: token, value, labels: [current], now }) : blank
  const replicated = replicate(call, secret, input)
  store.add(replicated)
  return {
    ARN: arn,
    Name: secret.name,
    VersionId: value && token,
    ReplicationStatus: replicationStatus(replicated),
  }
}

/** The name is taken: the same call once more is answered as the first was, any other is refused. */
function createAgain(
  { secret, arn }: LocatedSecret,
  { token, value }: { readonly token: string; readonly value: SecretValue | undefined },
): Output {
  if (secret.deletionDate) throw nameScheduledForDeletion()
  const version = secret.versions.find(({ id }) => id === token)
  if (!version) throw secretExists(secret.name)
  if (!value || !isSameValue(version.value, value)) throw tokenUsed(token, arn)
  return { ARN: arn, Name: secret.name, VersionId: token, ReplicationStatus: replicationStatus(secret) }
}
