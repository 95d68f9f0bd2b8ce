/**
 * Whether a lookup of the AWS provider failed because there is no such thing, and not because it was denied or not
 * answered. The provider wraps AWS’s answer into a sentence of its own.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/retry/errors.go
 */
export function isNotFound(error: unknown): boolean {
  return (
    error instanceof Error &&
    /couldn't find resource|ResourceNotFoundException|PullThroughCacheRuleNotFoundException|empty result/.test(
      error.message,
    )
  )
}
