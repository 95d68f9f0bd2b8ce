/** A git remote's URL that has the form of a forge's: a host and exactly two parts. */
export interface RemoteUrl {
  /** Lower case, without port; `ssh.github.com` and `www.github.com` are `github.com`. */
  readonly host: string
  readonly owner: string
  readonly name: string
}

const schemes: readonly string[] = ['ssh:', 'git+ssh:', 'git:', 'http:', 'https:', 'git+https:']

/** Read a remote's URL, in any form that git takes; `undefined` if it is not of the form OWNER/NAME on a host. */
export function parseRemoteUrl(text: string): RemoteUrl | undefined {
  const isUrl = text.includes('://') && URL.canParse(text)
  const { host, path } = isUrl ? splitUrl(new URL(text)) : splitScpForm(text)
  const match = /^\/?([^/\s]+)\/([^/\s]+?)(?:\.git)?\/?$/.exec(path)
  const [, owner, name] = match ?? []
  if (!host || !owner || !name) return undefined
  return { host: forgeHost(host), owner, name }
}

function splitUrl({ protocol, hostname, pathname }: URL): { host: string; path: string } {
  return schemes.includes(protocol) ? { host: hostname, path: pathname } : { host: '', path: '' }
}

/**
 * `user@host:path`; a single letter before the colon is a drive of Windows.
 * https://git-scm.com/docs/git-clone#_git_urls
 */
function splitScpForm(text: string): { host: string; path: string } {
  const [, host = '', path = ''] = /^(?:[^@/\s]+@)?([^:/@\s]{2,}):(?!\/\/)(.+)$/.exec(text) ?? []
  return { host, path }
}

/** GitHub answers ssh on port 443 as `ssh.github.com`. */
function forgeHost(host: string): string {
  const name = host.toLowerCase().replace(/^www\./, '')
  return name === 'ssh.github.com' ? 'github.com' : name
}
