/**
 * What is wrong with the name of a secret or a variable, in GitHub's words; `undefined` if nothing is.
 * https://docs.github.com/actions/reference/security/secrets#naming-your-secrets
 *
 * @param kind as GitHub's sentence starts: `Secret`, `Variable`
 */
export function nameProblem(kind: 'Secret' | 'Variable', name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `${kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).`
  }
  if (/^GITHUB_/i.test(name)) return `${kind} names must not start with GITHUB_.`
  return undefined
}

/** How GitHub keeps a name, whatever case it was sent in. */
export function storedName(name: string): string {
  return name.toUpperCase()
}
