import type { Credential } from '../credential.ts'
import { PullthroughError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { serverText } from '../server-text.ts'

/** What a credential's form says of it, by Docker's prefixes. Older personal access tokens are UUIDs. */
export type TokenForm = 'personal-access-token' | 'organization-access-token' | 'unknown'

/** https://docs.docker.com/security/access-tokens/ */
export function tokenForm(token: Secret): TokenForm {
  const text = token.reveal()
  if (text.startsWith('dckr_oat_')) return 'organization-access-token'
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
  return text.startsWith('dckr_pat_') || isUuid ? 'personal-access-token' : 'unknown'
}

/**
 * What `Authorization: Basic` carries.
 * https://www.rfc-editor.org/rfc/rfc7617
 */
export function basicCredentials({ username, token }: Credential): Secret {
  return new Secret(Buffer.from(`${username}:${token.reveal()}`).toString('base64'))
}

/** The username as it may stand in a message. */
export function shownUsername(credential: Credential): string {
  return serverText(credential.username, [credential.token]) ?? 'this account'
}

/**
 * Explain a 401 of the token endpoint. It has several meanings, which only its text tells apart.
 *
 * @param text what Docker Hub said, as it came
 */
export function explainRefusal(text: unknown, credential: Credential): PullthroughError {
  const said = typeof text === 'string' ? text : ''
  const { reason, hint } = meanings.find(({ pattern }) => pattern.test(said))?.explain(credential) ?? {
    reason: quoted(text, credential),
    hint: 'check the username and the token at https://hub.docker.com',
  }
  return new PullthroughError(
    'ERR_CREDENTIAL_REFUSED',
    `Docker Hub refuses the login of ${shownUsername(credential)}: ${reason}`,
    { hint },
  )
}

interface Explanation {
  readonly reason: string
  readonly hint: string
}

const createToken =
  'create a personal access token with "Public Repo Read-only" (https://docs.docker.com/go/access-tokens) and put it into the source'

const meanings: readonly {
  readonly pattern: RegExp
  readonly explain: (credential: Credential) => Explanation
}[] = [
  {
    pattern: /must log ?in with a personal access token/i,
    explain: () => ({
      reason: 'the account takes no password here, since SSO or two-factor authentication is enforced',
      hint: createToken,
    }),
  },
  {
    pattern: /access token (is|has) expired/i,
    explain: () => ({
      reason: 'the token has expired, and with it even public images cannot be pulled',
      hint: `${createToken}; the date of an expired one cannot be changed`,
    }),
  },
  {
    pattern: /insufficient scopes?/i,
    explain: ({ token }) => ({
      reason: 'the token is valid, but may not pull public images',
      hint:
        tokenForm(token) === 'organization-access-token'
          ? 'give the organization access token read access to public repositories'
          : 'give the token at least "Public Repo Read-only"',
    }),
  },
  {
    pattern: /incorrect username or password/i,
    explain: (credential) => ({
      reason: 'incorrect username or password',
      hint: likelyMistakes(credential).join('; '),
    }),
  },
]

/** Why a login is "incorrect", judged by the looks of the two values. */
function likelyMistakes({ username, token }: Credential): readonly string[] {
  const form = tokenForm(token)
  const mistakes = [
    ...(username.includes('@') ? ['give the Docker ID as username, not the e-mail address'] : []),
    ...(form === 'organization-access-token'
      ? ['an organization access token logs in with the organization’s name as username']
      : []),
    ...(form === 'unknown' ? [`if the token is a password, ${createToken}`] : []),
  ]
  if (mistakes.length > 0) return mistakes
  return [
    'check that the username is the Docker ID that owns the token, and that the token was not deleted or deactivated',
  ]
}

function quoted(text: unknown, credential: Credential): string {
  const said = serverText(text, [credential.token, basicCredentials(credential)])
  return said === undefined ? 'it gives no reason that can be shown' : `“${said}”`
}
