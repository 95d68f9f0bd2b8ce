import { randomInt } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { sandboxLogin } from './account.ts'
import type { Collaborator } from './collaborator.ts'
import { createKeyPair, type KeyPair } from './sealed-box.ts'

/** A secret or a variable as the service keeps it. */
export interface Entry {
  readonly value: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What secrets of one scope are sealed to. */
export interface ScopeKey {
  /** A decimal string of 18 or 19 digits that may start with a zero and does not fit a number. */
  readonly id: string
  readonly pair: KeyPair
}

/** A repository and what its Actions settings hold; entries are kept by upper-case name. */
export interface Repository {
  readonly id: number
  readonly createdAt: Date
  fullName: string
  /** Every name it has had and still answers to, in lower case. */
  readonly names: Set<string>
  archived: boolean
  private: boolean
  /** By login in lower case. */
  readonly collaborators: Map<string, Collaborator>
  key: ScopeKey
  readonly secrets: Map<string, Entry>
  readonly variables: Map<string, Entry>
  /** The secrets as they were before the last write, which a replica that lags still answers. */
  staleSecrets: ReadonlyMap<string, Entry>
}

/** What `POST /github/repositories` says. */
export interface RepositorySeed {
  readonly fullName: string
  readonly archived?: boolean
  readonly renamedTo?: string
  readonly private?: boolean
  readonly collaborators?: readonly Collaborator[]
}

/** All repositories; names are compared without case, as GitHub does. */
export interface Repositories {
  all(): readonly Repository[]
  /** `moved` if the name is a former one. */
  find(fullName: string): { readonly repository: Repository; readonly moved: boolean } | undefined
  byId(id: number): Repository | undefined
  /** Add a repository or change the one of that name; absent members stay as they are. */
  seed(seed: RepositorySeed): Repository
  clear(): void
}

export function createRepositories(clock: Clock): Repositories {
  const byName = new Map<string, Repository>()
  const formerNames = new Map<string, Repository>()
  let nextId = 364_462_192

  /** A name that is taken, or taken again, leads nowhere else any more. */
  function take(name: string, repository: Repository): void {
    formerNames.get(name)?.names.delete(name)
    formerNames.delete(name)
    byName.set(name, repository)
    repository.names.add(name)
  }

  function create(fullName: string): Repository {
    const repository: Repository = {
      id: nextId++,
      createdAt: clock.now(),
      fullName,
      names: new Set(),
      archived: false,
      private: false,
      collaborators: new Map([[sandboxLogin, { login: sandboxLogin, permission: 'admin' }]]),
      key: createScopeKey(),
      secrets: new Map(),
      variables: new Map(),
      staleSecrets: new Map(),
    }
    take(fullName.toLowerCase(), repository)
    return repository
  }

  function rename(repository: Repository, to: string): void {
    byName.delete(repository.fullName.toLowerCase())
    formerNames.set(repository.fullName.toLowerCase(), repository)
    take(to.toLowerCase(), repository)
    repository.fullName = to
  }

  return {
    all: () => [...byName.values()],
    find(fullName) {
      const name = fullName.toLowerCase()
      const current = byName.get(name)
      if (current) return { repository: current, moved: false }
      const former = formerNames.get(name)
      return former && { repository: former, moved: true }
    },
    byId: (id) => [...byName.values()].find((repository) => repository.id === id),
    seed({ fullName, archived, renamedTo, private: isPrivate, collaborators = [] }) {
      const repository = byName.get(fullName.toLowerCase()) ?? create(fullName)
      if (archived !== undefined) repository.archived = archived
      if (isPrivate !== undefined) repository.private = isPrivate
      for (const collaborator of collaborators) {
        repository.collaborators.set(collaborator.login.toLowerCase(), collaborator)
      }
      if (renamedTo !== undefined) rename(repository, renamedTo)
      return repository
    },
    clear() {
      byName.clear()
      formerNames.clear()
    },
  }
}

/** A new key for a scope, as after GitHub rotated it. */
export function createScopeKey(): ScopeKey {
  const digits = Array.from({ length: randomInt(18, 20) }, () => randomInt(10))
  return { id: digits.join(''), pair: createKeyPair() }
}

/** Note that secrets are about to change. */
export function rememberSecrets(repository: Repository): void {
  repository.staleSecrets = new Map(repository.secrets)
}
