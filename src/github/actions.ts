import { parseDateHeader } from '../answer-time.ts'
import { PullthroughError } from '../errors.ts'
import { membersOf } from '../json-object.ts'
import type { Secret } from '../secret.ts'
import { serverText } from '../server-text.ts'
import type { World } from '../world.ts'
import type { GitHubAnswer } from './answer.ts'
import { githubClient, type GitHubClientOptions } from './client.ts'
import { explainDenial } from './denial.ts'
import { fullName, type GitHubRepository, readFullName } from './repository.ts'
import {
  type ObservedRecord,
  type PairName,
  pairNames,
  type PairTimes,
  parseSyncRecord,
  recordName,
} from './sync-record.ts'
import { type PublicKey, seal } from './sealed-box.ts'

/** Who may push to a repository, as GitHub lists them. */
export interface Writer {
  readonly login: string
  /** The highest role that the account has: `admin`, `maintain`, `write`, or one that the organization made. */
  readonly role: string
}

/**
 * The calls on a repository and on its Actions secrets and variables, each with its meaning.
 * https://docs.github.com/en/rest/actions/secrets, https://docs.github.com/en/rest/actions/variables
 *
 * Each throws a {@link PullthroughError}: those of `GitHubRequest`, and `ERR_DENIED`.
 */
export interface GitHubActions {
  /** The repository under its present name. */
  readRepository(
    repository: GitHubRepository,
  ): Promise<{ readonly repository: GitHubRepository; readonly archived: boolean }>
  /** When each secret of the pair was last changed. */
  listPairTimes(repository: GitHubRepository): Promise<PairTimes>
  /** The key of the repository's secrets, and of nothing else. */
  readPublicKey(repository: GitHubRepository): Promise<PublicKey>
  readRecord(repository: GitHubRepository): Promise<ObservedRecord>
  /**
   * The collaborators with push access or more, members of teams and of the organization among them.
   * https://docs.github.com/en/rest/collaborators/collaborators#list-repository-collaborators
   */
  readWriters(repository: GitHubRepository): Promise<readonly Writer[]>
  /** @returns GitHub's own time when it said that the secret is written. */
  putSecret(repository: GitHubRepository, name: PairName, value: Secret, publicKey: PublicKey): Promise<Date>
  /** Write the record's variable; `denied` if the token may not. `exists` says which of two calls to try first. */
  writeRecord(repository: GitHubRepository, value: string, exists: boolean): Promise<'written' | 'denied'>
}

export function githubActions(options: GitHubClientOptions, world: World): GitHubActions {
  const { token, tokenSource } = options
  const request = githubClient(options, world)

  /** What an answer other than the expected ones means. */
  function refusal(answer: GitHubAnswer, action: string, repository: GitHubRepository): PullthroughError {
    if (answer.status === 403 || answer.status === 404) {
      return explainDenial(answer, { action, repository: fullName(repository), token, tokenSource })
    }
    const said = serverText(answer.body['message'], [token]) ?? 'without saying why'
    return new PullthroughError(
      'ERR_UNEXPECTED_ANSWER',
      `GitHub will not ${action}: ${answer.status}, ${said}`,
      answer.status === 410
        ? { hint: 'get a newer pullthrough: GitHub has retired this version of its API' }
        : {},
    )
  }

  /** Each page of a list, a hundred items long. */
  async function* pages(
    endpoint: string,
    action: string,
    repository: GitHubRepository,
  ): AsyncGenerator<GitHubAnswer, void> {
    for (let page = 1; ; page += 1) {
      const answer = await request(endpoint, { ...path(repository), per_page: 100, page })
      if (answer.status !== 200) throw refusal(answer, `${action} of ${fullName(repository)}`, repository)
      yield answer
      if (!/\brel="next"/.test(answer.headers['link'] ?? '')) return
    }
  }

  async function readPublicKey(repository: GitHubRepository): Promise<PublicKey> {
    const answer = await request(`GET ${secrets}/public-key`, path(repository))
    if (answer.status !== 200)
      throw refusal(answer, `read the public key of ${fullName(repository)}`, repository)
    const { key_id: id, key } = answer.body
    if (typeof id !== 'string' || typeof key !== 'string') throw unreadable('a public key')
    return { id, key }
  }

  return {
    readPublicKey,

    async readRepository(repository) {
      const answer = await request('GET /repos/{owner}/{repo}', path(repository))
      if (answer.status !== 200) throw refusal(answer, `see ${fullName(repository)}`, repository)
      const { full_name: present, archived } = answer.body
      const known = typeof present === 'string' ? readFullName(present) : undefined
      if (!known) throw unreadable('a repository')
      return { repository: known, archived: archived === true }
    },

    async listPairTimes(repository) {
      const updatedAt: Partial<Record<PairName, string>> = {}
      for await (const { body } of pages(`GET ${secrets}`, 'list the secrets', repository)) {
        Object.assign(updatedAt, pairTimesIn(body['secrets']))
      }
      return updatedAt
    },

    async readWriters(repository) {
      const writers: Writer[] = []
      for await (const { items } of pages(collaborators, 'list the collaborators', repository)) {
        writers.push(...writersIn(items, token))
      }
      return writers
    },

    async readRecord(repository) {
      const answer = await request(`GET ${variables}/{name}`, { ...path(repository), name: recordName })
      if (answer.status === 200) return recordIn(answer.body['value'])
      if (isDenied(answer)) return { state: 'unknowable' }
      if (answer.status === 404) return { state: 'absent' }
      throw refusal(answer, `read the variable ${recordName} of ${fullName(repository)}`, repository)
    },

    async putSecret(repository, name, value, publicKey) {
      const put = async (key: PublicKey) =>
        request(`PUT ${secrets}/{secret_name}`, {
          ...path(repository),
          secret_name: name,
          encrypted_value: await seal(value, key),
          key_id: key.id,
        })
      const first = await put(publicKey)
      // GitHub may have replaced the key since it was read.
      const answer = first.status === 422 ? await put(await readPublicKey(repository)) : first
      if (answer.status === 201 || answer.status === 204) {
        return parseDateHeader(answer.headers['date']) ?? world.now()
      }
      throw refusal(answer, `write ${name} of ${fullName(repository)}`, repository)
    },

    async writeRecord(repository, value, exists) {
      const update = () =>
        request(`PATCH ${variables}/{name}`, { ...path(repository), name: recordName, value })
      const create = () => request(`POST ${variables}`, { ...path(repository), name: recordName, value })
      // There is no call that does both; what we saw may have changed since.
      const first = await (exists ? update() : create())
      const answer = first.status === (exists ? 404 : 409) ? await (exists ? create() : update()) : first
      if (answer.status === 201 || answer.status === 204) return 'written'
      if (answer.status === 403 || answer.status === 404) return 'denied'
      throw refusal(answer, `write the variable ${recordName} of ${fullName(repository)}`, repository)
    },
  }
}

const secrets = '/repos/{owner}/{repo}/actions/secrets'
const variables = '/repos/{owner}/{repo}/actions/variables'
const collaborators = 'GET /repos/{owner}/{repo}/collaborators?permission=push'

function path({ owner, name }: GitHubRepository): { readonly owner: string; readonly repo: string } {
  return { owner, repo: name }
}

/** The pair's times in a list of secrets. */
function pairTimesIn(secrets: unknown): PairTimes {
  if (!Array.isArray(secrets)) throw unreadable('a list of secrets')
  const times: Partial<Record<PairName, string>> = {}
  for (const secret of secrets as readonly unknown[]) {
    const { name, updated_at: updatedAt } = membersOf(secret)
    const ours = pairNames.find((candidate) => candidate === name)
    if (!ours) continue
    if (typeof updatedAt !== 'string' || Number.isNaN(Date.parse(updatedAt)))
      throw unreadable('a list of secrets')
    times[ours] = updatedAt
  }
  return times
}

function writersIn(items: readonly unknown[] | undefined, token: Secret): readonly Writer[] {
  if (!items) throw unreadable('a list of collaborators')
  return items.map((collaborator) => {
    const members = membersOf(collaborator)
    const login = serverText(members['login'], [token])
    const role = serverText(members['role_name'], [token])
    if (login === undefined || role === undefined) throw unreadable('a list of collaborators')
    return { login, role }
  })
}

function recordIn(value: unknown): ObservedRecord {
  const record = typeof value === 'string' ? parseSyncRecord(value) : undefined
  return record ? { state: 'present', record } : { state: 'unreadable' }
}

/** Whether the token may not read it: 403, or a 404 whose headers name a scope that the token lacks. */
function isDenied({ status, headers }: GitHubAnswer): boolean {
  if (status === 403) return true
  const scopes = headers['x-oauth-scopes']?.split(/\s*,\s*/)
  const accepted = headers['x-accepted-oauth-scopes']?.split(/\s*,\s*/).filter((scope) => scope !== '') ?? []
  return (
    status === 404 &&
    scopes !== undefined &&
    accepted.length > 0 &&
    !accepted.some((scope) => scopes.includes(scope))
  )
}

function unreadable(what: string): PullthroughError {
  return new PullthroughError('ERR_UNEXPECTED_ANSWER', `GitHub answered with something else than ${what}`, {
    hint: 'check GITHUB_API_URL or GH_HOST, and any proxy',
  })
}
