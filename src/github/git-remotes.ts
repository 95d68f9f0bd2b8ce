import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import { runCommand } from './command.ts'
import { parseRemoteUrl } from './remote-url.ts'
import { distinctRepositories, fullName, type GitHubRepository } from './repository.ts'

interface Remote {
  readonly remote: string
  readonly repository: GitHubRepository
}

/**
 * The one repository on a host that the git remotes of a directory name.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if they name none or several, or cannot be read.
 */
export async function repositoryOfRemotes(
  cwd: string,
  host: string,
  world: World,
): Promise<GitHubRepository> {
  const outcome = await runCommand('git', ['remote', '-v'], cwd, world)
  switch (outcome.state) {
    case 'missing':
      throw noRepository('git is not installed')
    case 'failed':
      throw noRepository(`git cannot read the remotes of ${cwd}: ${outcome.reason}`)
    case 'done':
      return onlyRepository(outcome.output, cwd, host)
  }
}

function onlyRepository(output: string, cwd: string, host: string): GitHubRepository {
  const { remotes, otherHosts } = readRemotes(output, host)
  const [repository, ...others] = distinctRepositories(remotes.map((remote) => remote.repository))
  if (!repository) {
    const elsewhere = otherHosts.length > 0 ? `, only on ${otherHosts.join(', ')}` : ''
    throw noRepository(`${cwd} has no git remote on ${host}${elsewhere}`)
  }
  if (others.length > 0) {
    const list = remotes.map((remote) => `${remote.remote} is ${fullName(remote.repository)}`).join(', ')
    throw new PullthroughError('ERR_USAGE', `the git remotes of ${cwd} name several repositories: ${list}`, {
      hint: 'say which one with --repo OWNER/NAME',
    })
  }
  return repository
}

/** Read what `git remote -v` prints: `origin<TAB>URL (fetch)`. URLs may carry a password, so none is kept. */
function readRemotes(
  output: string,
  host: string,
): { remotes: readonly Remote[]; otherHosts: readonly string[] } {
  const remotes = new Map<string, Remote>()
  const otherHosts = new Set<string>()
  for (const line of output.split('\n')) {
    const [, remote, url] = /^(\S+)\t(\S+)/.exec(line) ?? []
    const parsed = url === undefined ? undefined : parseRemoteUrl(url)
    if (!remote || !parsed) continue
    if (parsed.host === hostname(host)) {
      const repository = { owner: parsed.owner, name: parsed.name }
      remotes.set(`${remote} ${fullName(repository).toLowerCase()}`, { remote, repository })
    } else {
      otherHosts.add(parsed.host)
    }
  }
  return { remotes: [...remotes.values()], otherHosts: [...otherHosts] }
}

function hostname(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '')
}

function noRepository(why: string): PullthroughError {
  return new PullthroughError('ERR_USAGE', `no GitHub repository to write to: ${why}`, {
    hint: 'name it with --repo OWNER/NAME',
  })
}
