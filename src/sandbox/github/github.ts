import type { SandboxPart, SandboxWorld } from '../part.ts'
import type { Service } from '../service.ts'
import { json, timestamp } from './answer.ts'
import type { RepositoryRoute } from './call.ts'
import { collaboratorRoutes } from './collaborators.ts'
import { operationOf } from './operation.ts'
import { createRateLimits } from './rate-limit.ts'
import { gitHubFaults } from './refusal.ts'
import { createRepositories, type Entry } from './repository.ts'
import { repositoryBody } from './repository-body.ts'
import { parseRepositorySeed } from './repository-seed.ts'
import { secretRoutes } from './secrets.ts'
import { serviceRoutes } from './service-routes.ts'
import type { GitHubStore } from './store.ts'
import { parseToken, type Token } from './token.ts'
import { variableRoutes } from './variables.ts'

/** GitHub's REST API, as far as repository secrets, variables and collaborators need it. */
export interface GitHub extends SandboxPart {
  /** By full name. */
  state(): Readonly<Record<string, RepositoryState>>
  readonly service: Service
  /** `acme/widgets` */
  readonly seededRepository: string
  readonly seededToken: string
}

/** What one repository of `GET /state` holds, opened, by name. Times are ISO 8601 in whole seconds. */
interface RepositoryState {
  readonly secrets: Readonly<Record<string, EntryState>>
  readonly variables: Readonly<Record<string, EntryState>>
}

interface EntryState {
  readonly value: string
  readonly createdAt: string
  readonly updatedAt: string
}

const seededRepository = 'acme/widgets'

/** A fine-grained token of the form that GitHub's have. */
const seededToken: Token = {
  token: `github_pat_11SANDBOX0${'0123456789'.repeat(7)}0`,
  kind: 'fine-grained',
  permissions: { metadata: 'read', secrets: 'write', actions_variables: 'write' },
  scopes: [],
  repositories: [seededRepository],
}

const repositoryRoute: RepositoryRoute = {
  method: 'GET',
  path: '',
  documentation: 'https://docs.github.com/rest/repos/repos#get-a-repository',
  needs: { permission: 'metadata', level: 'read', scope: 'repo', exempt: 'everybody' },
  handle: (call) => json(200, repositoryBody(call)),
}

export function createGitHub({ clock }: SandboxWorld): GitHub {
  const repositories = createRepositories(clock)
  const rateLimits = createRateLimits(clock)
  const tokens = new Map<string, Token>()
  const store: GitHubStore = {
    clock,
    repositories,
    tokens,
    rateLimits,
    routes: serviceRoutes(rateLimits),
    repositoryRoutes: [repositoryRoute, ...secretRoutes, ...variableRoutes, ...collaboratorRoutes],
  }

  function reset(): void {
    repositories.clear()
    rateLimits.clear()
    tokens.clear()
    repositories.seed({ fullName: seededRepository, private: true })
    tokens.set(seededToken.token, seededToken)
  }

  reset()
  return {
    service: { recognise: (exchange) => operationOf(exchange, store) },
    seededRepository,
    seededToken: seededToken.token,
    state: () =>
      Object.fromEntries(
        repositories
          .all()
          .map(({ fullName, secrets, variables }) => [
            fullName,
            { secrets: opened(secrets), variables: opened(variables) },
          ]),
      ),
    reset,
    ownFaults: { github: gitHubFaults },
    seeds: {
      '/github/repositories': (body) => {
        repositories.seed(parseRepositorySeed(body))
      },
      '/github/tokens': (body) => {
        const token = parseToken(body)
        tokens.set(token.token, token)
      },
    },
  }
}

function opened(entries: ReadonlyMap<string, Entry>): Record<string, EntryState> {
  return Object.fromEntries(
    [...entries].map(([name, { value, createdAt, updatedAt }]) => [
      name,
      { value, createdAt: timestamp(createdAt), updatedAt: timestamp(updatedAt) },
    ]),
  )
}
