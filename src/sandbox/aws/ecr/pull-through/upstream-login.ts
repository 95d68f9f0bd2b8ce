import { ask, type Upstream } from './upstream-request.ts'
import { problemOf, UpstreamRefusal } from './upstream-refusal.ts'

/** What the secret of a rule holds. */
export interface UpstreamCredential {
  readonly username: string
  readonly accessToken: string
}

/**
 * Log in to a registry as its challenge says: a token from its token server, for a user and his access token.
 * https://distribution.github.io/distribution/spec/auth/token/
 *
 * @param repository what is to be pulled; without it only the login is tried
 * @returns what stands in `Authorization`; `undefined` for a registry that asks for nothing
 * @throws `UpstreamRefusal`
 */
export async function logInToUpstream(
  upstream: Upstream,
  { username, accessToken }: UpstreamCredential,
  repository?: string,
): Promise<string | undefined> {
  const { status, headers } = await ask(`${upstream.url}/v2/`, upstream)
  if (status === 200) return undefined
  if (status !== 401) throw new UpstreamRefusal(problemOf(status))
  const { realm, service } = readChallenge(headers.get('www-authenticate') ?? '')
  if (service !== undefined) realm.searchParams.set('service', service)
  if (repository !== undefined) realm.searchParams.set('scope', `repository:${repository}:pull`)
  const authorization = `Basic ${Buffer.from(`${username}:${accessToken}`).toString('base64')}`
  const answer = await ask(realm.href, upstream, { headers: { authorization }, redirect: 'error' })
  if (answer.status !== 200) throw new UpstreamRefusal(problemOf(answer.status))
  return `Bearer ${readToken(await answer.body())}`
}

/** Whether a registry lets somebody in; not if it cannot be asked. */
export async function logsIn(
  upstream: Upstream,
  { username, secret: accessToken }: { readonly username: string; readonly secret: string },
): Promise<boolean> {
  try {
    await logInToUpstream(upstream, { username, accessToken })
    return true
  } catch (error) {
    if (error instanceof UpstreamRefusal) return false
    throw error
  }
}

/** Whether a URL may be sent a credential: encrypted, or to this machine. */
export function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  return protocol === 'http:' && (hostname === 'localhost' || /^127(\.\d+){3}$|^\[::1\]$/.test(hostname))
}

function readChallenge(challenge: string): { readonly realm: URL; readonly service: string | undefined } {
  const [, params = ''] = /^bearer +(.*)$/i.exec(challenge) ?? []
  const values = new Map(Array.from(params.matchAll(/(\w+)="([^"]*)"/g), ([, name, value]) => [name, value]))
  const realm = values.get('realm')
  if (realm === undefined || !URL.canParse(realm) || !isSafe(new URL(realm))) {
    throw new UpstreamRefusal('upstream-unavailable')
  }
  return { realm: new URL(realm), service: values.get('service') }
}

function readToken(body: Buffer): string {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    const { token, access_token: accessToken }: Readonly<Record<string, unknown>> = { ...(value as object) }
    const given = token ?? accessToken
    if (typeof given === 'string') return given
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new UpstreamRefusal('upstream-unavailable')
}
