/**
 * The first words of the paths of GitHub's REST API, and of those below a repository: to tell what the sandbox leaves
 * out (501) from what GitHub does not have either (404). `test/conformance` compares it with GitHub's description.
 * https://docs.github.com/rest
 */
const words = new Set(
  `advisories agents app app-manifests applications apps assignments classrooms codes_of_conduct credentials emojis
  enterprises events feeds gists gitignore graphql installation issues licenses markdown marketplace_listing meta
  networks notifications octocat organizations orgs rate_limit repos repositories search teams user users versions
  zen`.split(/\s+/),
)

const repositoryWords = new Set(
  `actions activity agents assignees attestations autolinks automated-security-fixes branches check-runs check-suites
  code-quality code-scanning code-security-configuration codeowners codespaces collaborators comments commits
  community compare contents contributors copilot dependabot dependency-graph deployments dispatches environments
  events forks generate git hash-algorithm hooks immutable-releases import installation interaction-limits invitations
  issue-types issues keys labels languages license merge-upstream merges milestones notifications pages
  private-vulnerability-reporting properties pulls readme releases rules rulesets secret-scanning
  security-advisories stacks stargazers stats statuses subscribers subscription tags tarball teams topics traffic
  transfer vulnerability-alerts zipball`.split(/\s+/),
)

/** Whether GitHub has something at a path, as far as its first words tell. */
export function isGitHubPath(path: string): boolean {
  const [, first = '', , , fourth] = path.split('/')
  if (first === 'repos' && fourth !== undefined) return repositoryWords.has(fourth)
  return words.has(first)
}
