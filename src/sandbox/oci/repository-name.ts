/**
 * Whether a registry may have a repository of this name.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export function isRepositoryName(name: string): boolean {
  const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
  return name.length <= 255 && name.split('/').every((part) => component.test(part))
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export function isTag(text: string): boolean {
  return /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(text)
}
