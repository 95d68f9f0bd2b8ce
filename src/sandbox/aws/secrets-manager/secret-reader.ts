import { parseArn } from '../arn.ts'
import type { Caller } from '../iam/principal.ts'
import { mayDo } from './authorization.ts'
import { current, holderOf } from './labels.ts'
import { findSecret, parseSecretId } from './secret-id.ts'
import { kmsKeyOf, type SecretValue } from './secret.ts'
import type { SecretStore } from './store.ts'

/** What becomes of somebody's attempt to read the current value of a secret. */
export type Reading =
  | { readonly outcome: 'read'; readonly value: SecretValue }
  /** Not there, gone, scheduled for deletion, or without a value. */
  | { readonly outcome: 'not-found' }
  /** A policy forbids it, or none allows it. */
  | { readonly outcome: 'denied' }
  /** A customer managed key encrypts it, which this reader is not known to be allowed to use. */
  | { readonly outcome: 'undecryptable' }

/**
 * Read a secret as another service does, with no request: ECR by its service-linked role.
 *
 * @param arn the secret's whole ARN
 */
export function readSecretAs(
  caller: Caller,
  arn: string,
  { store, now }: { readonly store: SecretStore; readonly now: Date },
): Reading {
  const parsed = parseArn(arn)
  const found =
    parsed && findSecret(parseSecretId(arn), { store, account: parsed.account, region: parsed.region, now })
  if (!found || found.secret.deletionDate) return { outcome: 'not-found' }
  const decision = mayDo(caller, {
    action: 'secretsmanager:GetSecretValue',
    subject: {
      arn: found.arn,
      account: found.secret.account,
      policy: found.secret.policy,
      tags: found.secret.tags,
      primaryRegion: found.secret.region,
    },
    region: found.region,
    now,
    requestKeys: { 'secretsmanager:SecretId': arn },
  })
  if (!decision.allowed) return { outcome: 'denied' }
  if (kmsKeyOf(found) !== undefined) return { outcome: 'undecryptable' }
  const version = holderOf(found.secret.versions, current)
  return version ? { outcome: 'read', value: version.value } : { outcome: 'not-found' }
}
