/** The accounts that have ECR's service-linked role for the pull-through cache. */
export interface ServiceLinkedRoles {
  has(account: string): boolean
  add(account: string): void
  remove(account: string): void
  /** Back to the start: no account has the role. */
  reset(): void
}

/**
 * AWS makes the role with an account's first pull-through cache rule.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pullthroughcache.html
 */
export function createServiceLinkedRoles(): ServiceLinkedRoles {
  const accounts = new Set<string>()
  return {
    has: (account) => accounts.has(account),
    add(account) {
      accounts.add(account)
    },
    remove(account) {
      accounts.delete(account)
    },
    reset() {
      accounts.clear()
    },
  }
}
