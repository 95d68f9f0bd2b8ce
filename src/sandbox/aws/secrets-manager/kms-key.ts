import type { Caller } from '../iam/principal.ts'
import { invalidParameter, otherAccountsDefaultKey } from './errors.ts'
import { kmsKeyOf, type LocatedSecret } from './secret.ts'

/** What the console and ReplicationStatus call the key that AWS manages. */
export const defaultKeyAlias = 'alias/aws/secretsmanager'

/**
 * Read a `KmsKeyId`: a key id, an alias, or the ARN of either. There is no KMS here: a key that could exist is taken
 * to exist and to be usable.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
 *
 * @returns `undefined` for `aws/secretsmanager`, which an empty text means too
 * @throws `InvalidParameterException`
 */
export function readKmsKeyId(keyId: string | undefined): string | undefined {
  if (keyId === undefined || keyId === '' || isDefaultKey(keyId)) return undefined
  if (!keyForms.some((form) => form.test(keyId))) {
    throw invalidParameter('The KmsKeyId is not the ID, the alias or the ARN of a KMS key.')
  }
  return keyId
}

/**
 * The key that AWS manages cannot be used from another account.
 *
 * @throws `InvalidRequestException`
 */
export function checkKeyReach(found: LocatedSecret, caller: Caller): void {
  if (found.secret.account !== caller.account && kmsKeyOf(found) === undefined)
    throw otherAccountsDefaultKey()
}

const keyForms = [
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^mrk-[0-9a-f]{32}$/,
  /^alias\/[a-zA-Z0-9/_-]{1,250}$/,
  /^arn:aws(-[a-z]+)*:kms:([a-z]+-)+\d+:\d{12}:(key\/[\w-]+|alias\/[a-zA-Z0-9/_-]{1,250})$/,
]

function isDefaultKey(keyId: string): boolean {
  return (
    keyId === defaultKeyAlias || /^arn:aws(-[a-z]+)*:kms:[^:]+:\d{12}:alias\/aws\/secretsmanager$/.test(keyId)
  )
}
