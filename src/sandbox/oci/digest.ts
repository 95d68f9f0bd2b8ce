/**
 * Whether it is a digest that a registry may be asked for: of an algorithm that is registered, and as long as its
 * digests are.
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms
 */
export function isDigest(text: string): boolean {
  return /^sha256:[a-f0-9]{64}$|^sha512:[a-f0-9]{128}$/.test(text)
}

/** Whether it is meant as a digest, right or wrong: no tag has a colon. */
export function looksLikeDigest(reference: string): boolean {
  return reference.includes(':')
}
