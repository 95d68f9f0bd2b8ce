import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import type { GitHubAccess } from './github-access.ts'
import { runCommand } from './github-command.ts'
import { parseRemoteUrl } from './github-remote-url.ts'
import {
  fullName,
  type GitHubRepository,
  isSameRepository,
  parseGitHubRepository,
} from './github-repository.ts'

/** Where to look for the repositories to write to. */
export interface RepositoryWish {
  /** What the user asked for by name; wins over everything. */
  readonly repos?: readonly string[]
  /** The directory whose git remotes count; the world's if absent. */
  readonly cwd?: string
}

interface Remote {
  readonly remote: string
  readonly repository: GitHubRepository
}

/**
 * Find the repositories to write to: those asked for, else `GITHUB_REPOSITORY`, else the one that the git remotes
 * name.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if there is none, or the remotes name several: with a fork, a guess
 * would write to the wrong one.
 */
export async function resolveGitHubRepository(
  { repos = [], cwd }: RepositoryWish,
  { host }: Pick<GitHubAccess, 'host'>,
  world: World,
): Promise<readonly GitHubRepository[]> {
  if (repos.length > 0) return distinct(repos.map((text) => parseGitHubRepository(text)))
  const fromEnv = world.env['GITHUB_REPOSITORY']
  if (fromEnv) return [parseGitHubRepository(fromEnv, 'GITHUB_REPOSITORY')]
  return [await repositoryOfRemotes(cwd ?? world.cwd, host, world)]
}

async function repositoryOfRemotes(cwd: string, host: string, world: World): Promise<GitHubRepository> {
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
  const [repository, ...others] = distinct(remotes.map((remote) => remote.repository))
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

function distinct(repositories: readonly GitHubRepository[]): readonly GitHubRepository[] {
  return repositories.filter(
    (repository, index) => repositories.findIndex((other) => isSameRepository(repository, other)) === index,
  )
}

function noRepository(why: string): PullthroughError {
  return new PullthroughError('ERR_USAGE', `no GitHub repository to write to: ${why}`, {
    hint: 'name it with --repo OWNER/NAME',
  })
}
