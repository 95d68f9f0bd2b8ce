import { PullthroughError } from '../errors.ts'
import { parseRemoteUrl } from './remote-url.ts'

/** A repository on one GitHub host. */
export interface GitHubRepository {
  readonly owner: string
  readonly name: string
}

/**
 * Read `OWNER/NAME`.
 *
 * An owner has up to 39 letters, digits and hyphens (and an underscore if an enterprise manages the account); a
 * repository up to 100 letters, digits, `-`, `_` and `.`.
 * https://docs.github.com/en/repositories/creating-and-managing-repositories/creating-a-new-repository
 *
 * @param from where the text comes from: `--repo`, `GITHUB_REPOSITORY`
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if it is not of this form.
 */
export function parseGitHubRepository(text: string, from = '--repo'): GitHubRepository {
  const repository = readFullName(text)
  if (repository) return repository
  // A URL may carry a password.
  const shown = JSON.stringify(text.replace(/\/\/[^/@]*@/, '//'))
  throw new PullthroughError('ERR_USAGE', `${from} is not a GitHub repository: ${shown}`, {
    hint: `write OWNER/NAME, such as ${likelyMeant(text) ?? 'acme/widgets'}`,
  })
}

/** Read `OWNER/NAME`; `undefined` if the text is anything else. */
export function readFullName(text: string): GitHubRepository | undefined {
  const [owner = '', name = '', ...rest] = text.split('/')
  return rest.length === 0 && isOwner(owner) && isName(name) ? { owner, name } : undefined
}

/** `acme/widgets` */
export function fullName({ owner, name }: GitHubRepository): string {
  return `${owner}/${name}`
}

/** GitHub compares names without regard to case. */
export function isSameRepository(one: GitHubRepository, other: GitHubRepository): boolean {
  return fullName(one).toLowerCase() === fullName(other).toLowerCase()
}

/** Each repository once, in the order of their first mention. */
export function distinctRepositories(repositories: readonly GitHubRepository[]): readonly GitHubRepository[] {
  return repositories.filter(
    (repository, index) => repositories.findIndex((other) => isSameRepository(repository, other)) === index,
  )
}

function isOwner(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/.test(text)
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(text) && !/^\.{1,2}$/.test(text) && !/\.git$/i.test(text)
}

/** What a URL, `HOST/OWNER/NAME` or a name with `.git` probably stands for. */
function likelyMeant(text: string): string | undefined {
  const meant =
    parseRemoteUrl(text) ?? parseRemoteUrl(`https://${text}`) ?? parseRemoteUrl(`https://x/${text}`)
  return meant && isOwner(meant.owner) && isName(meant.name) ? fullName(meant) : undefined
}
