import { createCaller } from './caller.ts'
import type { Caller } from './iam/principal.ts'

/** An access key, and who uses it. */
export interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Only for temporary credentials, which cannot be used without it. */
  readonly sessionToken: string | undefined
  readonly caller: Caller
}

/** Everybody who can sign a request. */
export interface Identities {
  all(): readonly Identity[]
  find(accessKeyId: string): Identity | undefined
  add(identity: Identity): void
  /** Back to the seeded identity alone. */
  reset(): void
}

/** The account that is there from the start. */
export const seededAccount = '123456789012'

export const seededIdentity: Identity = parseIdentity({
  accessKeyId: 'AKIASANDBOX000000001',
  secretAccessKey: 'sandbox/secret/access/key/000000000000001',
  arn: `arn:aws:iam::${seededAccount}:user/sandbox`,
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
})

export function createIdentities(): Identities {
  let byKey = new Map<string, Identity>()
  const identities: Identities = {
    all: () => [...byKey.values()],
    find: (accessKeyId) => byKey.get(accessKeyId),
    add(identity) {
      byKey.set(identity.accessKeyId, identity)
    },
    reset() {
      byKey = new Map([[seededIdentity.accessKeyId, seededIdentity]])
    },
  }
  identities.reset()
  return identities
}

/**
 * Read the body of `POST /aws/identities`.
 *
 * @throws `TypeError` that names what is wrong with it.
 */
export function parseIdentity(body: unknown): Identity {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TypeError('the body must be a JSON object')
  }
  const members: Readonly<Record<string, unknown>> = { ...body }
  const known = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'arn', 'policy']
  const unknown = Object.keys(members).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new TypeError(`"${unknown}" is not one of ${known.join(', ')}`)
  const accessKeyId = readText(members, 'accessKeyId')
  if (!/^\w{16,128}$/.test(accessKeyId))
    throw new TypeError('"accessKeyId" must be 16 to 128 letters and digits')
  return {
    accessKeyId,
    secretAccessKey: readText(members, 'secretAccessKey'),
    sessionToken: members['sessionToken'] === undefined ? undefined : readText(members, 'sessionToken'),
    caller: createCaller(readText(members, 'arn'), members['policy']),
  }
}

function readText(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name]
  if (typeof value !== 'string' || value === '') throw new TypeError(`"${name}" must be a string`)
  return value
}
