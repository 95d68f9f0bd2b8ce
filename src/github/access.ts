import { PullthroughError } from '../errors.ts'
import { parseBaseUrl } from '../http.ts'
import { Secret } from '../secret.ts'
import type { World } from '../world.ts'
import { repositoryOfRemotes } from './git-remotes.ts'
import { type CommandOutcome, runCommand } from './command.ts'
import { distinctRepositories, type GitHubRepository, parseGitHubRepository } from './repository.ts'

/** How to reach GitHub, and as whom. */
export interface GitHubAccess {
  readonly token: Secret
  /** Where the token comes from: `GH_TOKEN`, `gh auth token`. */
  readonly tokenSource: string
  /**
   * Whether it is an App's token in a workflow run: as a rule the run's own `GITHUB_TOKEN`, for which no permission for
   * secrets and variables exists.
   * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
   */
  readonly isWorkflowToken: boolean
  /** The REST API's base URL, without a slash at the end. */
  readonly apiUrl: string
  /** The host of web pages and git remotes: `github.com`. */
  readonly host: string
}

/**
 * Find the API and a token for it, with the variables that GitHub Actions and `gh` use.
 *
 * The API is `GITHUB_API_URL`, else that of `GH_HOST`, else github.com's. The token is `GH_TOKEN`, `GITHUB_TOKEN`, or
 * what `gh auth token` prints; for GitHub Enterprise Server `GH_ENTERPRISE_TOKEN` and `GITHUB_ENTERPRISE_TOKEN` come
 * first, and as with `gh`, a `GH_TOKEN` goes to such a host only if `GITHUB_API_URL` names it.
 * https://cli.github.com/manual/gh_help_environment
 *
 * @throws {@link PullthroughError} `ERR_UNAUTHENTICATED` if there is no token, `ERR_USAGE` if a variable is wrong.
 */
export async function resolveGitHubAccess(world: World): Promise<GitHubAccess> {
  const { apiUrl, host } = resolveApi(world.env)
  const variables = tokenVariables(host, world.env)
  const variable = variables.find((name) => world.env[name])
  if (variable !== undefined) {
    const text = world.env[variable] ?? ''
    const isWorkflowToken = world.env['GITHUB_ACTIONS'] === 'true' && text.startsWith(installationPrefix)
    return { token: parseToken(text, variable), tokenSource: variable, isWorkflowToken, apiUrl, host }
  }
  const ghPath = world.env['GH_PATH'] ?? ''
  const outcome = await runCommand(
    ghPath === '' ? 'gh' : ghPath,
    ['auth', 'token', '--hostname', host],
    world.cwd,
    world,
  )
  if (outcome.state === 'done' && outcome.output.trim() !== '') {
    return {
      token: parseToken(outcome.output.trim(), 'gh auth token'),
      tokenSource: 'gh auth token',
      isWorkflowToken: false,
      apiUrl,
      host,
    }
  }
  throw noToken(host, variables, outcome, world.env)
}

/** https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats */
const installationPrefix = 'ghs_'

/** Where to look for the repositories to write to. */
export interface RepositoryWish {
  /** What the user asked for by name; wins over everything. */
  readonly repos?: readonly string[]
  /** The directory whose git remotes count; the world's if absent. */
  readonly cwd?: string
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
  if (repos.length > 0) return distinctRepositories(repos.map((text) => parseGitHubRepository(text)))
  const fromEnv = world.env['GITHUB_REPOSITORY']
  if (fromEnv) return [parseGitHubRepository(fromEnv, 'GITHUB_REPOSITORY')]
  return [await repositoryOfRemotes(cwd ?? world.cwd, host, world)]
}

type Environment = World['env']

function resolveApi(env: Environment): { apiUrl: string; host: string } {
  const ghHost = parseHost(env['GH_HOST'])
  const apiVariable = env['GITHUB_API_URL']
  if (apiVariable) {
    const apiUrl = parseBaseUrl('GITHUB_API_URL', apiVariable)
    return { apiUrl, host: hostOfApi(new URL(apiUrl)) ?? ghHost ?? new URL(apiUrl).host }
  }
  const host = ghHost ?? 'github.com'
  return { apiUrl: parseBaseUrl('GH_HOST', apiOfHost(host)), host }
}

function parseHost(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(text)) return text.toLowerCase()
  throw new PullthroughError('ERR_USAGE', `GH_HOST is not a host name: ${JSON.stringify(text)}`, {
    hint: 'write it without scheme and path: github.example.com',
  })
}

/** The rule of `gh`: `github.localhost` speaks plain http, on loopback. */
function apiOfHost(host: string): string {
  if (host === 'github.localhost') return 'http://api.github.localhost'
  return isEnterpriseServer(host) ? `https://${host}/api/v3` : `https://api.${host}`
}

/** The host behind an API's URL, if the URL has a known form. */
function hostOfApi({ host, hostname, pathname }: URL): string | undefined {
  if (pathname.endsWith('/api/v3')) return host
  const [, site] = /^api\.(github\.com|github\.localhost|.+\.ghe\.com)$/.exec(hostname) ?? []
  return site
}

function isEnterpriseServer(host: string): boolean {
  return host !== 'github.com' && host !== 'github.localhost' && !host.endsWith('.ghe.com')
}

function tokenVariables(host: string, env: Environment): readonly string[] {
  const general = ['GH_TOKEN', 'GITHUB_TOKEN']
  if (!isEnterpriseServer(host)) return general
  const enterprise = ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN']
  return env['GITHUB_API_URL'] ? [...enterprise, ...general] : enterprise
}

/** A token is sent in a header, and a header with another character would end up, token and all, in an error. */
function parseToken(text: string, source: string): Secret {
  if (/^[\x21-\x7e]+$/.test(text)) return new Secret(text)
  throw new PullthroughError(
    'ERR_USAGE',
    `the token from ${source} contains white space or another character that no GitHub token has`,
    { hint: `set ${source} to the token alone, without quotes or line breaks` },
  )
}

function noToken(
  host: string,
  variables: readonly string[],
  outcome: CommandOutcome,
  env: Environment,
): PullthroughError {
  const gh = outcome.state === 'missing' ? 'gh is not installed' : `gh is not logged in to ${host}`
  const unused = env['GH_TOKEN'] && !variables.includes('GH_TOKEN')
  const why = unused ? ` (GH_TOKEN is for github.com; with GITHUB_API_URL it goes to ${host} too)` : ''
  return new PullthroughError(
    'ERR_UNAUTHENTICATED',
    `there is no GitHub token for ${host}: ${variables.join(' and ')} are not set, and ${gh}${why}`,
    { hint: `set ${variables[0] ?? 'GH_TOKEN'}, or run: gh auth login --hostname ${host}` },
  )
}
