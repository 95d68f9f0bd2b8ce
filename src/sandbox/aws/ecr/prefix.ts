/**
 * What a prefix is compared by: "there is always an assumed / applied to the end of the prefix". `ROOT` is nothing
 * special here.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export function prefixKey(prefix: string): string {
  return prefix.replace(/\/$/, '')
}
