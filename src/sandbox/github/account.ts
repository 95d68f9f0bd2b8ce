/** Whom the user tokens of the sandbox belong to. */
export const sandboxLogin = 'sandbox'

/** An account as GitHub embeds it: its "simple user". */
export function simpleUser(base: string, login: string, type: 'User' | 'Organization') {
  const url = `${base}/users/${login}`
  return {
    login,
    id: idOf(login),
    node_id: Buffer.from(`04:User${idOf(login)}`).toString('base64'),
    avatar_url: `https://avatars.githubusercontent.com/u/${idOf(login)}?v=4`,
    gravatar_id: '',
    url,
    html_url: `https://github.com/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  }
}

/** A number that stays the same for a name. */
function idOf(login: string): number {
  let id = 1_000_000
  for (const character of login.toLowerCase()) id = (id * 31 + character.charCodeAt(0)) % 200_000_000
  return id
}
