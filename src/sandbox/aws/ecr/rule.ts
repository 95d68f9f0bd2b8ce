import type { Registry } from './store.ts'
import type { UpstreamRegistry } from './upstream.ts'

/** A pull-through cache rule. Never changed: an update makes another one of it. */
export interface Rule {
  /** As it was sent, with or without a slash at the end. */
  readonly ecrRepositoryPrefix: string
  readonly upstreamRegistryUrl: string
  readonly upstreamRegistry: UpstreamRegistry
  readonly credentialArn: string | undefined
  readonly customRoleArn: string | undefined
  /** `ROOT` for the upstream `ecr` unless it was sent; else as it was sent. */
  readonly upstreamRepositoryPrefix: string | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What every operation on a rule answers; each adds members of its own. */
export function identified(rule: Rule, { account }: Registry) {
  return {
    ecrRepositoryPrefix: rule.ecrRepositoryPrefix,
    registryId: account,
    credentialArn: rule.credentialArn,
    customRoleArn: rule.customRoleArn,
    upstreamRepositoryPrefix: rule.upstreamRepositoryPrefix,
  }
}
