import { locate, type LocatedSecret, type Secret } from './secret.ts'

/** Every secret of every account and Region. */
export interface SecretStore {
  /** All secrets that are not gone at a moment: the end of a recovery window deletes. */
  all(now: Date): readonly Secret[]
  /** What a Region of an account has under a name, replicas included. */
  find(place: Place, now: Date): LocatedSecret | undefined
  add(secret: Secret): void
  /** Put a changed secret in the place of the one it was made of. */
  replace(old: Secret, changed: Secret): void
  remove(secret: Secret): void
  clear(): void
}

interface Place {
  readonly account: string
  readonly region: string
  readonly name: string
}

export function createSecretStore(): SecretStore {
  let secrets: readonly Secret[] = []

  function all(now: Date): readonly Secret[] {
    secrets = secrets.filter(({ deletionDate }) => !deletionDate || deletionDate > now)
    return secrets
  }

  return {
    all,
    find({ account, region, name }, now) {
      for (const secret of all(now)) {
        if (secret.account !== account || secret.name !== name) continue
        const located = locate(secret, region)
        if (located) return located
      }
      return undefined
    },
    add(secret) {
      secrets = [...secrets, secret]
    },
    replace(old, changed) {
      secrets = secrets.map((secret) => (secret === old ? changed : secret))
    },
    remove(gone) {
      secrets = secrets.filter((secret) => secret !== gone)
    },
    clear() {
      secrets = []
    },
  }
}
