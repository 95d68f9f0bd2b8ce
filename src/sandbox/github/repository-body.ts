import { sandboxLogin, simpleUser } from './account.ts'
import { timestamp } from './answer.ts'
import type { RepositoryCall } from './call.ts'
import { permissionsObject } from './collaborator.ts'
import { may, type Needs, type Token } from './token.ts'

/**
 * A repository as `GET /repos/{owner}/{repo}` answers it: every required member of GitHub's schema "Full Repository".
 * https://docs.github.com/rest/repos/repos#get-a-repository
 */
export function repositoryBody({ repository, base, token }: RepositoryCall) {
  const { id, fullName, archived, createdAt } = repository
  const [owner = '', name = ''] = fullName.split('/')
  const url = `${base}/repos/${fullName}`
  const html = `https://github.com/${fullName}`
  const created = timestamp(createdAt)
  return {
    id,
    node_id: Buffer.from(`010:Repository${id}`).toString('base64'),
    name,
    full_name: fullName,
    private: repository.private,
    owner: simpleUser(base, owner, 'Organization'),
    html_url: html,
    description: null,
    fork: false,
    url,
    forks_url: `${url}/forks`,
    keys_url: `${url}/keys{/key_id}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    teams_url: `${url}/teams`,
    hooks_url: `${url}/hooks`,
    issue_events_url: `${url}/issues/events{/number}`,
    events_url: `${url}/events`,
    assignees_url: `${url}/assignees{/user}`,
    branches_url: `${url}/branches{/branch}`,
    tags_url: `${url}/tags`,
    blobs_url: `${url}/git/blobs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    statuses_url: `${url}/statuses/{sha}`,
    languages_url: `${url}/languages`,
    stargazers_url: `${url}/stargazers`,
    contributors_url: `${url}/contributors`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    commits_url: `${url}/commits{/sha}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    comments_url: `${url}/comments{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    contents_url: `${url}/contents/{+path}`,
    compare_url: `${url}/compare/{base}...{head}`,
    merges_url: `${url}/merges`,
    archive_url: `${url}/{archive_format}{/ref}`,
    downloads_url: `${url}/downloads`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    labels_url: `${url}/labels{/name}`,
    releases_url: `${url}/releases{/id}`,
    deployments_url: `${url}/deployments`,
    created_at: created,
    updated_at: created,
    pushed_at: created,
    git_url: `git://github.com/${fullName}.git`,
    ssh_url: `git@github.com:${fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived,
    disabled: false,
    open_issues_count: 0,
    license: null,
    visibility: repository.private ? 'private' : 'public',
    forks: 0,
    open_issues: 0,
    watchers: 0,
    default_branch: 'main',
    ...(token ? { permissions: permissionsOf(token, repository) } : {}),
    network_count: 0,
    subscribers_count: 0,
  }
}

const administration: Needs = {
  permission: 'administration',
  level: 'write',
  scope: 'repo',
  exempt: 'nobody',
}

/** The role of the token's user where the token was given the repository; an app has what it was granted. */
function permissionsOf(token: Token, repository: RepositoryCall['repository']) {
  if (token.kind === 'app') {
    const contents: Needs = { ...administration, permission: 'contents' }
    const admin = may(token, administration, repository)
    const push = may(token, contents, repository)
    return { admin, maintain: admin, push, triage: push, pull: true }
  }
  const given = may(token, { ...administration, permission: 'metadata', level: 'read' }, repository)
  return permissionsObject(given ? repository.collaborators.get(sandboxLogin)?.permission : 'pull')
}
