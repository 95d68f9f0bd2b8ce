/** Whether a path ends as YAML files do. */
export function isYamlName(path: string): boolean {
  return /\.ya?ml$/.test(path)
}
