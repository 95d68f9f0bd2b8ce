import { parseArn, partitionOf } from '../arn.ts'
import type { Caller } from '../iam/principal.ts'
import { pullThroughCacheRole } from '../pull-through-cache-role.ts'
import { readSecretAs } from '../secrets-manager/secret-reader.ts'
import type { SecretValue } from '../secrets-manager/secret.ts'
import type { ServiceError } from '../service-error.ts'
import type { Call } from './call.ts'
import { secretNotFound, unableToAccessSecret, unableToDecryptSecret } from './errors.ts'
import type { Registry } from './store.ts'

/** What becomes of ECR's attempt to read a secret; `refusal` is what Create and Update say of it. */
export type UpstreamSecret =
  | { readonly readable: true; readonly value: SecretValue }
  | { readonly readable: false; readonly refusal: ServiceError }

/**
 * Read the secret of a rule as ECR does: by its service-linked role, through the secret's resource policy, in the
 * account and Region of the rule.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export function readUpstreamSecret(
  { world: { store, serviceLinkedRoles }, fault, now }: Pick<Call, 'world' | 'fault' | 'now'>,
  credentialArn: string,
  { account, region }: Registry,
): UpstreamSecret {
  const arn = parseArn(credentialArn)
  const here = arn?.account === account && arn.region === region && arn.partition === partitionOf(region)
  if (!here || fault?.kind === 'secret-lag') return { readable: false, refusal: secretNotFound() }
  const role =
    serviceLinkedRoles.has(account) || fault?.kind === 'reads-as' ? readerOf(account, fault) : undefined
  if (!role) return { readable: false, refusal: unableToAccessSecret() }
  const reading = readSecretAs(role, credentialArn, { store, now })
  switch (reading.outcome) {
    case 'read':
      return { readable: true, value: reading.value }
    case 'not-found':
      return { readable: false, refusal: secretNotFound() }
    case 'denied':
      return { readable: false, refusal: unableToAccessSecret() }
    case 'undecryptable':
      return { readable: false, refusal: unableToDecryptSecret() }
  }
}

/**
 * What ECR finds in a secret: a JSON object with the strings `username` and `accessToken`; other members are
 * ignored.
 *
 * @returns `undefined` for anything else
 */
export function parseUpstreamCredential(
  value: SecretValue,
): { readonly username: string; readonly accessToken: string } | undefined {
  if (value.kind !== 'string') return undefined
  const { username, accessToken } = parseMembers(value.text)
  if (typeof username !== 'string' || username === '') return undefined
  if (typeof accessToken !== 'string' || accessToken === '') return undefined
  return { username, accessToken }
}

/** The role, or the one that the fault `reads-as` names in its place. */
function readerOf(account: string, fault: Call['fault']): Caller {
  if (fault?.kind !== 'reads-as') return pullThroughCacheRole(account)
  const { role } = fault
  if (typeof role !== 'string') throw new TypeError('the fault reads-as needs a "role"')
  return pullThroughCacheRole(account, role)
}

function parseMembers(text: string): { readonly username?: unknown; readonly accessToken?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
