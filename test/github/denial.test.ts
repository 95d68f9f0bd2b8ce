import { expect, test } from 'vitest'
import { explainDenial } from '../../src/github/denial.ts'
import { Secret } from '../../src/secret.ts'

const denied = {
  action: 'list the secrets of acme/widgets',
  repository: 'acme/widgets',
  token: new Secret('ghp_CANARY'),
  tokenSource: 'GH_TOKEN',
}

const checklist =
  'check the repository’s name, and that the token’s owner is a collaborator; a fine-grained token needs "Secrets: read and write" and "Variables: read and write" on acme/widgets; a classic one the scope repo, and authorization where the organization uses SSO; a workflow’s GITHUB_TOKEN can never write secrets'

test.each<[string, number, Record<string, string>, string, { message: string; hint: string }]>([
  [
    'a 404, which may hide a repository',
    404,
    {},
    'Not Found',
    {
      message:
        'the token from GH_TOKEN may not list the secrets of acme/widgets, or acme/widgets does not exist (GitHub answered 404 Not Found)',
      hint: checklist,
    },
  ],
  [
    'a fine-grained token without the permission',
    403,
    { 'x-accepted-github-permissions': 'secrets=read' },
    'Resource not accessible by personal access token',
    {
      message:
        'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403 Resource not accessible by personal access token; needed permissions: secrets=read)',
      hint: checklist,
    },
  ],
  [
    'a classic token without the scope',
    404,
    { 'x-oauth-scopes': 'gist, read:org', 'x-accepted-oauth-scopes': 'repo' },
    'Not Found',
    {
      message:
        'the token from GH_TOKEN may not list the secrets of acme/widgets, or acme/widgets does not exist (GitHub answered 404 Not Found; the token’s scopes: gist, read:org; needed scopes: repo)',
      hint: 'give the token the scope repo (of gh: gh auth refresh --scopes repo)',
    },
  ],
  [
    'a classic token without any scope',
    403,
    { 'x-oauth-scopes': '', 'x-accepted-oauth-scopes': 'repo' },
    'Must have admin rights to Repository.',
    {
      message:
        'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403 Must have admin rights to Repository.; the token’s scopes: none; needed scopes: repo)',
      hint: 'give the token the scope repo (of gh: gh auth refresh --scopes repo)',
    },
  ],
  [
    'a classic token with the scope',
    404,
    { 'x-oauth-scopes': 'repo', 'x-accepted-oauth-scopes': 'repo' },
    'Not Found',
    {
      message:
        'the token from GH_TOKEN may not list the secrets of acme/widgets, or acme/widgets does not exist (GitHub answered 404 Not Found; the token’s scopes: repo; needed scopes: repo)',
      hint: checklist,
    },
  ],
  [
    'the token of a workflow',
    403,
    { 'x-accepted-github-permissions': 'secrets=read' },
    'Resource not accessible by integration',
    {
      message:
        'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403 Resource not accessible by integration; needed permissions: secrets=read)',
      hint: 'a workflow’s GITHUB_TOKEN can never write secrets: use a personal access token, or a GitHub App’s with "Secrets: read and write" and "Variables: read and write" on acme/widgets',
    },
  ],
  [
    'SSO',
    403,
    { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=AAAA' },
    'Resource protected by organization SAML enforcement.',
    {
      message:
        'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403 Resource protected by organization SAML enforcement.)',
      hint: 'authorize the token for the organization’s SSO: https://github.com/orgs/acme/sso?authorization_request=AAAA',
    },
  ],
  [
    'an answer that repeats the token',
    403,
    {},
    'token ghp_CANARY is bad',
    {
      message: 'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403)',
      hint: checklist,
    },
  ],
  [
    'an answer whose headers repeat the token',
    403,
    {
      'x-accepted-github-permissions': 'ghp_CANARY',
      'x-oauth-scopes': 'repo, ghp_CANARY',
      'x-accepted-oauth-scopes': 'ghp_CANARY',
      'x-github-sso': 'required; url=https://github.com/?ghp_CANARY',
    },
    '',
    {
      message: 'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403)',
      hint: checklist,
    },
  ],
  [
    'headers that would write on the terminal, in one line',
    403,
    { 'x-accepted-github-permissions': 'secrets=read\u001b[2J', 'x-oauth-scopes': 'repo\tx' },
    '',
    {
      message:
        'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403; needed permissions: secrets=read [2J; the token’s scopes: repo x)',
      hint: 'give the token the scope repo (of gh: gh auth refresh --scopes repo)',
    },
  ],
  ...['http://github.com/orgs/acme/sso', 'javascript:alert(1)', 'https://github.com/\u001b[2J'].map(
    (url): [string, number, Record<string, string>, string, { message: string; hint: string }] => [
      `SSO at ${JSON.stringify(url)}, which nobody should open`,
      403,
      { 'x-github-sso': `required; url=${url}` },
      '',
      {
        message: 'the token from GH_TOKEN may not list the secrets of acme/widgets (GitHub answered 403)',
        hint: checklist,
      },
    ],
  ),
])('explains %s', (_, status, headers, message, expected) => {
  expect(explainDenial({ status, headers, body: { message } }, denied)).toMatchObject({
    code: 'ERR_DENIED',
    ...expected,
  })
})
