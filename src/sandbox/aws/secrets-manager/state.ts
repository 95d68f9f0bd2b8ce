import { locate, kmsKeyOf, type LocatedSecret, type SecretValue } from './secret.ts'
import type { SecretStore } from './store.ts'

/** One secret of `GET /state`, opened. */
export interface SecretState {
  readonly name: string
  readonly arn: string
  readonly description: string | null
  readonly kmsKeyId: string | null
  readonly tags: Readonly<Record<string, string>>
  readonly policy: unknown
  readonly deletedDate: string | null
  readonly versions: readonly VersionState[]
}

/** A version, deprecated ones included, with `secretString`, or with `secretBinary` in base64. */
interface VersionState {
  readonly id: string
  readonly labels: readonly string[]
  readonly secretString?: string
  readonly secretBinary?: string
}

/** Everything by account and Region, replicas in theirs. */
export function secretStates(
  store: SecretStore,
  now: Date,
): ReadonlyMap<string, ReadonlyMap<string, SecretState[]>> {
  const accounts = new Map<string, Map<string, SecretState[]>>()
  for (const secret of store.all(now)) {
    const regions = accounts.get(secret.account) ?? new Map<string, SecretState[]>()
    accounts.set(secret.account, regions)
    for (const region of [secret.region, ...secret.replicas.map((replica) => replica.region)]) {
      const located = locate(secret, region)
      if (located) regions.set(region, [...(regions.get(region) ?? []), secretState(located)])
    }
  }
  return accounts
}

function secretState(located: LocatedSecret): SecretState {
  const { secret, arn } = located
  return {
    name: secret.name,
    arn,
    description: secret.description ?? null,
    kmsKeyId: kmsKeyOf(located) ?? null,
    tags: Object.fromEntries((secret.tags ?? []).map(({ Key, Value }) => [Key, Value])),
    policy: secret.policy === undefined ? null : JSON.parse(secret.policy),
    deletedDate: secret.deletionDate?.toISOString() ?? null,
    versions: secret.versions.map(({ id, labels, value }) => ({ id, labels, ...openValue(value) })),
  }
}

function openValue(value: SecretValue): Pick<VersionState, 'secretString' | 'secretBinary'> {
  if (value.kind === 'string') return { secretString: value.text }
  return { secretBinary: value.bytes.toString('base64') }
}
