import { pageOf } from '../page.ts'
import type { ValueOf } from '../shape.ts'
import { authorizedSecret } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { invalidNextToken } from './errors.ts'
import type { shapes } from './shapes.ts'

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html
 *
 * It works on a secret that is scheduled for deletion: the model gives it no error for that state.
 */
export function listSecretVersionIds(
  call: Call,
  input: ValueOf<(typeof shapes)['ListSecretVersionIds']>,
): Output {
  const { secret, arn } = authorizedSecret(call, input.SecretId)
  const listed = secret.versions.filter(({ labels }) => labels.length > 0 || input.IncludeDeprecated)
  const { items, nextToken } = pageOf(listed, {
    request: { arn, deprecated: input.IncludeDeprecated ?? false },
    nextToken: input.NextToken,
    maxResults: input.MaxResults,
    invalidNextToken,
  })
  return {
    ARN: arn,
    Name: secret.name,
    Versions: items.map(({ id, labels, createdDate, lastAccessedDate, kmsKeyId }) => ({
      VersionId: id,
      VersionStages: labels.length > 0 ? labels : undefined,
      CreatedDate: createdDate,
      LastAccessedDate: lastAccessedDate,
      KmsKeyIds: [kmsKeyId ?? 'DefaultEncryptionKey'],
    })),
    NextToken: nextToken,
  }
}
