/** The image that a cache is proven with unless another is named: small, and with many tags. */
export const usualImage = 'busybox'

/**
 * The tag to prove a cache with: one that the upstream has and the cache has not. Of many the highest version, since
 * the newest images are made for every platform and in a form that every registry takes; of others that are not
 * Windows’, which are large, the last by name.
 *
 * @returns `undefined` if the cache has them all.
 */
export function newTag(upstream: readonly string[], cached: ReadonlySet<string>): string | undefined {
  const isNew = upstream.filter((tag) => !cached.has(tag))
  const [highest] = isNew.filter((tag) => /^\d+(?:\.\d+)*$/.test(tag)).toSorted(byVersion)
  return (
    highest ??
    isNew
      .filter((tag) => !/windows|nanoserver|ltsc/.test(tag))
      .toSorted()
      .at(-1)
  )
}

/** `1.37.0` before `1.36.1` before `1.9`. */
function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((tag) => tag.split('.').map(Number))
  for (const [place, number] of (right ?? []).entries()) {
    const other = left?.[place] ?? -1
    if (number !== other) return number - other
  }
  return (right?.length ?? 0) - (left?.length ?? 0)
}
