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

/**
 * The calls on a repository's Actions secrets and variables that a sync makes, each with its meaning.
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
      for (let page = 1; ; page += 1) {
        const answer = await request(`GET ${secrets}`, { ...path(repository), per_page: 100, page })
        if (answer.status !== 200)
          throw refusal(answer, `list the secrets of ${fullName(repository)}`, repository)
        Object.assign(updatedAt, pairTimesIn(answer.body['secrets']))
        if (!/\brel="next"/.test(answer.headers['link'] ?? '')) return updatedAt
      }
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
