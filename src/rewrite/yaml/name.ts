/** Whether a path ends as YAML files do. */
export function isYamlName(path: string): boolean {
  return /\.ya?ml$/.test(path)
}

/**
 * Whether a text has a line that begins with a key, as top-level keys do. It may stand inside of a text as well, so that
 * this is for a first look.
 *
 * @param value what its value begins with, in quotes or not
 */
export function hasTopLevelKey(text: string, key: string, value = ''): boolean {
  return new RegExp(String.raw`^\uFEFF?(?:--- )?["']?${key}["']?[ \t]*:[ \t]*["']?${value}`, 'm').test(text)
}
