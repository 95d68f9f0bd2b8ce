import { expect, test } from 'vitest'
import { explainRefusal, tokenForm } from '../../src/registries/docker-hub-refusal.ts'
import { Secret } from '../../src/secret.ts'
import { tracesOf } from '../traces.ts'
import { credentialOf } from './docker-hub-sandbox.ts'

const pat = 'dckr_pat_CANARY0123456789abcdefghij'
const oat = 'dckr_oat_CANARY0123456789abcdefghijklmno'
const incorrect = 'incorrect username or password'
const create =
  'create a personal access token with "Public Repo Read-only" (https://docs.docker.com/go/access-tokens) and put it into the source'

test.each<[string, [string, string], unknown, string, string]>([
  [
    'a wrong personal access token',
    ['mona', pat],
    incorrect,
    'Docker Hub refuses the login of mona: incorrect username or password',
    'check that the username is the Docker ID that owns the token, and that the token was not deleted or deactivated',
  ],
  [
    'an e-mail address as username',
    ['mona@example.com', pat],
    incorrect,
    'Docker Hub refuses the login of mona@example.com: incorrect username or password',
    'give the Docker ID as username, not the e-mail address',
  ],
  [
    'a wrong password',
    ['mona', 'CANARY hunter2'],
    incorrect,
    'Docker Hub refuses the login of mona: incorrect username or password',
    `if the token is a password, ${create}`,
  ],
  [
    'an e-mail address and a password',
    ['mona@example.com', 'CANARY hunter2'],
    incorrect,
    'Docker Hub refuses the login of mona@example.com: incorrect username or password',
    `give the Docker ID as username, not the e-mail address; if the token is a password, ${create}`,
  ],
  [
    'an organization’s token',
    ['mona', oat],
    incorrect,
    'Docker Hub refuses the login of mona: incorrect username or password',
    'an organization access token logs in with the organization’s name as username',
  ],
  [
    'an expired token',
    ['mona', pat],
    'personal access token is expired',
    'Docker Hub refuses the login of mona: the token has expired, and with it even public images cannot be pulled',
    `${create}; the date of an expired one cannot be changed`,
  ],
  [
    'an expired organization’s token',
    ['acme', oat],
    'organization access token has expired',
    'Docker Hub refuses the login of acme: the token has expired, and with it even public images cannot be pulled',
    `${create}; the date of an expired one cannot be changed`,
  ],
  [
    'a token without the scope',
    ['mona', pat],
    'access token has insufficient scopes',
    'Docker Hub refuses the login of mona: the token is valid, but may not pull public images',
    'give the token at least "Public Repo Read-only"',
  ],
  [
    'an organization’s token without public repositories',
    ['acme', oat],
    'access token has insufficient scopes',
    'Docker Hub refuses the login of acme: the token is valid, but may not pull public images',
    'give the organization access token read access to public repositories',
  ],
  [
    'a password where a token is needed',
    ['mona', 'CANARY hunter2'],
    'your account must log in with a Personal Access Token (PAT) - learn more at docs.docker.com/go/access-tokens',
    'Docker Hub refuses the login of mona: the account takes no password here, since SSO or two-factor authentication is enforced',
    create,
  ],
  [
    'a reason that nobody knew',
    ['mona', pat],
    'account \n  suspended',
    'Docker Hub refuses the login of mona: “account suspended”',
    'check the username and the token at https://hub.docker.com',
  ],
  [
    'no reason',
    ['mona', pat],
    undefined,
    'Docker Hub refuses the login of mona: it gives no reason that can be shown',
    'check the username and the token at https://hub.docker.com',
  ],
  [
    'a reason that repeats the token',
    ['mona', pat],
    `${pat} is not a token`,
    'Docker Hub refuses the login of mona: it gives no reason that can be shown',
    'check the username and the token at https://hub.docker.com',
  ],
  [
    'a reason that repeats the header',
    ['mona', pat],
    `Basic ${Buffer.from(`mona:${pat}`).toString('base64')}`,
    'Docker Hub refuses the login of mona: it gives no reason that can be shown',
    'check the username and the token at https://hub.docker.com',
  ],
  [
    'a username with the token in it',
    [`mona/${pat}`, pat],
    incorrect,
    'Docker Hub refuses the login of this account: incorrect username or password',
    'check that the username is the Docker ID that owns the token, and that the token was not deleted or deactivated',
  ],
])('explains %s', (_, [username, token], text, message, hint) => {
  const error = explainRefusal(text, credentialOf(username, token))
  expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_REFUSED', message, hint })
  expect(tracesOf(error)).not.toContain('CANARY')
})

test.each([
  [pat, 'personal-access-token'],
  ['a7a5ef25-0123-4567-89ab-0123456789ab', 'personal-access-token'],
  [oat, 'organization-access-token'],
  ['hunter2', 'unknown'],
  ['', 'unknown'],
])('knows the form of %s', (token, form) => {
  expect(tokenForm(new Secret(token))).toBe(form)
})
