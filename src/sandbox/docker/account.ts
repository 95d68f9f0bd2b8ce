import { createHash } from 'node:crypto'

/**
 * What a personal access token may do, for every repository its owner reaches; each of `repo:…` includes those before
 * it. `cloud-sandboxes` logs in and may not even pull what is public.
 * https://docs.docker.com/security/access-tokens/reference/
 */
const patScopes = ['cloud-sandboxes', 'repo:public_read', 'repo:read', 'repo:write', 'repo:admin'] as const

export type PatScope = (typeof patScopes)[number]

/** `disabled` is deactivated by its owner and can be activated again; the last two are final. */
const patStates = ['active', 'disabled', 'expired', 'revoked'] as const

type PatState = (typeof patStates)[number]

/** A personal access token and what became of it. */
export interface Pat {
  readonly username: string
  readonly token: string
  scope: PatScope
  state: PatState
  /** Successful logins with it, at the token server and at the Hub API. */
  logins: number
  /** Manifests that were got with it. */
  pulls: number
}

/** What `POST /docker-hub/accounts` says. */
export interface AccountSeed {
  readonly username: string
  readonly token: string
  readonly scope?: PatScope
  readonly plan?: Plan
  readonly state?: PatState
  readonly pullsLeft?: number
}

/** Docker's subscriptions. https://www.docker.com/pricing/ */
const plans = ['personal', 'pro', 'team', 'business'] as const

export type Plan = (typeof plans)[number]

/** Docker Hub's users, by Docker ID, and their tokens: one user may have several. */
export interface Accounts {
  all(): readonly Pat[]
  planOf(username: string): Plan
  /** The token if it is one of this user's, whatever its state; a Docker ID is never an e-mail address. */
  find(username: string, token: string): Pat | undefined
  /**
   * Add a token, or change the one there is. What is absent stays, or starts as the least that Docker Hub gives. The
   * plan is the user's and holds for all of his tokens.
   */
  seed(seed: AccountSeed): void
  clear(): void
}

const leastPat = { scope: 'repo:public_read', state: 'active' } as const

export function createAccounts(): Accounts {
  const pats = new Map<string, Pat>()
  const planByUser = new Map<string, Plan>()
  const keyOf = (username: string, token: string) => JSON.stringify([username, token])
  return {
    all: () => [...pats.values()],
    planOf: (username) => planByUser.get(username) ?? 'personal',
    find: (username, token) => pats.get(keyOf(username, token)),
    seed({ username, token, scope, plan, state }) {
      const key = keyOf(username, token)
      const pat = pats.get(key) ?? { username, token, ...leastPat, logins: 0, pulls: 0 }
      pat.scope = scope ?? pat.scope
      pat.state = state ?? pat.state
      pats.set(key, pat)
      if (plan) planByUser.set(username, plan)
    },
    clear() {
      pats.clear()
      planByUser.clear()
    },
  }
}

/** A UUID that stays the same for a name: a user's id, a token's id. */
export function uuidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex')
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

/**
 * Read the body of `POST /docker-hub/accounts`.
 *
 * @throws `TypeError` that names what is wrong with it.
 */
export function parseAccount(body: unknown): AccountSeed {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TypeError('the body must be a JSON object')
  }
  const { username, token, scope, plan, state, pullsLeft } = body as Readonly<Record<string, unknown>>
  if (typeof username !== 'string' || !/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(username)) {
    throw new TypeError('"username" must be a Docker ID: lower-case letters, digits and separators')
  }
  if (typeof token !== 'string' || token === '') throw new TypeError('"token" must be a string')
  if (pullsLeft !== undefined && !isCount(pullsLeft)) {
    throw new TypeError('"pullsLeft" must be a whole number, not negative')
  }
  return {
    username,
    token,
    ...(scope === undefined ? {} : { scope: oneOf('scope', scope, patScopes) }),
    ...(plan === undefined ? {} : { plan: oneOf('plan', plan, plans) }),
    ...(state === undefined ? {} : { state: oneOf('state', state, patStates) }),
    ...(pullsLeft === undefined ? {} : { pullsLeft }),
  }
}

function oneOf<Word extends string>(name: string, value: unknown, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === value)
  if (word === undefined) throw new TypeError(`"${name}" must be one of ${words.join(', ')}`)
  return word
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
