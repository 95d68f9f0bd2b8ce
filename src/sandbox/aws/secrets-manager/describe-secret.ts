import type { ValueOf } from '../shape.ts'
import { authorizedSecret } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { primaryRegion, replicationStatus } from './replication.ts'
import { kmsKeyOf, type LocatedSecret, type Secret } from './secret.ts'
import type { shapes } from './shapes.ts'

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
 *
 * It works on a secret that is scheduled for deletion too.
 */
export function describeSecret(call: Call, input: ValueOf<(typeof shapes)['DescribeSecret']>): Output {
  const found = authorizedSecret(call, input.SecretId)
  return {
    ...metadata(found),
    VersionIdsToStages: labelledVersions(found.secret),
    ReplicationStatus: found.replica ? undefined : replicationStatus(found.secret),
  }
}

/** What DescribeSecret and ListSecrets have in common; only what has a value is sent. */
export function metadata(found: LocatedSecret): Output {
  const { secret, replica } = found
  return {
    ARN: found.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: kmsKeyOf(found),
    LastChangedDate: secret.lastChangedDate,
    LastAccessedDate: replica ? replica.lastAccessedDate : secret.lastAccessedDate,
    DeletedDate: secret.deletionDate,
    Tags: secret.tags,
    CreatedDate: secret.createdDate,
    PrimaryRegion: primaryRegion(found),
  }
}

/** Deprecated versions are hidden; without a version the member is absent. */
export function labelledVersions({ versions }: Secret): Output | undefined {
  if (versions.length === 0) return undefined
  return Object.fromEntries(
    versions.filter(({ labels }) => labels.length > 0).map(({ id, labels }) => [id, labels]),
  )
}
