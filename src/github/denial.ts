import { PullthroughError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { serverText } from '../server-text.ts'
import type { GitHubAnswer } from './answer.ts'

/** What was asked, and with which token, when GitHub said no. */
export interface Denied {
  /** `read the secrets of acme/widgets` */
  readonly action: string
  /** `acme/widgets` */
  readonly repository: string
  readonly token: Secret
  readonly tokenSource: string
}

/**
 * Explain a 403 or 404. GitHub answers 404 where the token may not even know; what the token has and what the
 * endpoint wants stands in headers.
 * https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function explainDenial(
  { status, headers, body }: GitHubAnswer,
  { action, repository, token, tokenSource }: Denied,
): PullthroughError {
  const said = serverText(body['message'], [token])
  const facts = [
    said === undefined ? `GitHub answered ${status}` : `GitHub answered ${status} ${said}`,
    ...headerFacts(headers, token),
  ].join('; ')
  const hidden = status === 404 ? `, or ${repository} does not exist` : ''
  return new PullthroughError(
    'ERR_DENIED',
    `the token from ${tokenSource} may not ${action}${hidden} (${facts})`,
    { hint: remedy(headers, said, { repository, token }) },
  )
}

/** What the headers tell of the token and of what it lacks. */
function headerFacts(headers: GitHubAnswer['headers'], token: Secret): readonly string[] {
  const permissions = serverText(headers['x-accepted-github-permissions'], [token])
  const scopes = headers['x-oauth-scopes'] === '' ? 'none' : serverText(headers['x-oauth-scopes'], [token])
  const acceptedScopes = serverText(headers['x-accepted-oauth-scopes'], [token])
  return [
    ...(permissions === undefined ? [] : [`needed permissions: ${permissions}`]),
    ...(scopes === undefined ? [] : [`the token’s scopes: ${scopes}`]),
    ...(scopes === undefined || acceptedScopes === undefined ? [] : [`needed scopes: ${acceptedScopes}`]),
  ]
}

function remedy(
  headers: GitHubAnswer['headers'],
  said: string | undefined,
  { repository, token }: Pick<Denied, 'repository' | 'token'>,
): string {
  const authorizeUrl = serverText(
    /^required; url=(https:\/\/[\x21-\x7e]+)$/.exec(headers['x-github-sso'] ?? '')?.[1],
    [token],
  )
  if (authorizeUrl !== undefined) return `authorize the token for the organization’s SSO: ${authorizeUrl}`
  const fineGrained = `"Secrets: read and write" and "Variables: read and write" on ${repository}`
  if (said !== undefined && /not accessible by integration/i.test(said)) {
    return `a workflow’s GITHUB_TOKEN can never write secrets: use a personal access token, or a GitHub App’s with ${fineGrained}`
  }
  // Only classic tokens have scopes.
  if (headers['x-oauth-scopes'] !== undefined && !hasScope(headers['x-oauth-scopes'], 'repo')) {
    return 'give the token the scope repo (of gh: gh auth refresh --scopes repo)'
  }
  return [
    `check the repository’s name, and that the token’s owner is a collaborator`,
    `a fine-grained token needs ${fineGrained}`,
    'a classic one the scope repo, and authorization where the organization uses SSO',
    'a workflow’s GITHUB_TOKEN can never write secrets',
  ].join('; ')
}

function hasScope(scopes: string, scope: string): boolean {
  return scopes.split(/\s*,\s*/).includes(scope)
}
