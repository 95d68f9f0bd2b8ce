import { partitionOf } from '../arn.ts'

/** A secret in its primary Region. Never changed: an operation makes another one of it. */
export interface Secret {
  readonly account: string
  readonly region: string
  readonly name: string
  /** The six characters after the name in the ARN. */
  readonly suffix: string
  readonly description: string | undefined
  /** Absent for `aws/secretsmanager`. */
  readonly kmsKeyId: string | undefined
  /** Absent until the secret is first tagged; an empty list is something else. */
  readonly tags: readonly Tag[] | undefined
  /** The resource policy as it was sent. */
  readonly policy: string | undefined
  readonly createdDate: Date
  readonly lastChangedDate: Date
  readonly lastAccessedDate: Date | undefined
  /** When the recovery window ends, for a secret that is scheduled for deletion. */
  readonly deletionDate: Date | undefined
  /** In the order of their creation. */
  readonly versions: readonly Version[]
  readonly replicas: readonly Replica[]
}

export interface Tag {
  readonly Key: string
  readonly Value: string
}

/** A version: its value never changes, its labels do. Without labels it is deprecated. */
export interface Version {
  readonly id: string
  readonly value: SecretValue
  readonly labels: readonly string[]
  readonly createdDate: Date
  readonly lastAccessedDate: Date | undefined
  /** The key it is encrypted with; absent for `aws/secretsmanager`. */
  readonly kmsKeyId: string | undefined
}

export type SecretValue =
  { readonly kind: 'string'; readonly text: string } | { readonly kind: 'binary'; readonly bytes: Buffer }

/** A copy in another Region, or the failed attempt to make one. */
export interface Replica {
  readonly region: string
  readonly kmsKeyId: string | undefined
  readonly status: 'InSync' | 'Failed'
  readonly statusMessage: string | undefined
  readonly lastAccessedDate: Date | undefined
}

/** A secret as one Region sees it. */
export interface LocatedSecret {
  readonly secret: Secret
  readonly region: string
  /** Absent in the primary Region. */
  readonly replica: Replica | undefined
  /** A replica has the ARN of its primary but for the Region. */
  readonly arn: string
}

/** @returns `undefined` if the secret is neither in that Region nor replicated to it. */
export function locate(secret: Secret, region: string): LocatedSecret | undefined {
  const replica = secret.replicas.find(
    (candidate) => candidate.region === region && candidate.status === 'InSync',
  )
  if (secret.region !== region && !replica) return undefined
  return { secret, region, replica, arn: secretArn(secret, region) }
}

/** The ARN of a secret in a Region. */
export function secretArn(
  { account, name, suffix }: Pick<Secret, 'account' | 'name' | 'suffix'>,
  region: string,
): string {
  return `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:${name}-${suffix}`
}

/** The key that encrypts a secret in a Region; absent for `aws/secretsmanager`. */
export function kmsKeyOf({ secret, replica }: LocatedSecret): string | undefined {
  return replica ? replica.kmsKeyId : secret.kmsKeyId
}

export function isSameValue(left: SecretValue, right: SecretValue): boolean {
  if (left.kind === 'string') return right.kind === 'string' && left.text === right.text
  return right.kind === 'binary' && left.bytes.equals(right.bytes)
}
