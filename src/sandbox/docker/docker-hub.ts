import type { SandboxPart, SandboxWorld } from '../part.ts'
import type { Service } from '../service.ts'
import { type AccountSeed, createAccounts, parseAccount } from './account.ts'
import { createCatalogue } from './catalogue.ts'
import { hubOperation } from './hub-api.ts'
import { createHubQuota } from './hub-quota.ts'
import { parseImageSeed } from './image-seed.ts'
import { signingKeys } from './jwt.ts'
import { createPullLimits } from './pull-limit.ts'
import { registryFaults } from './registry-error.ts'
import { registryOperation } from './registry.ts'
import type { DockerHubStore } from './store.ts'
import { authFaults, authOperation, logIn, type Login } from './token-server.ts'

/** Docker Hub's three services, as far as logging in and pulling need them. */
export interface DockerHub extends SandboxPart {
  /** `auth.docker.io` */
  readonly auth: Service
  /** `registry-1.docker.io` */
  readonly registry: Service
  /** `hub.docker.com` */
  readonly hub: Service
  /** Tell the registry where its token server listens, for the `realm` of its challenges. */
  announce(urls: { readonly authUrl: string }): void
  /** What the token server would say to a login: for ECR, which logs in on its own. */
  logIn(login: Login): boolean
  state(): DockerHubState
}

/** What `GET /state` tells of Docker Hub: one entry for each token. */
interface DockerHubState {
  readonly accounts: readonly {
    readonly username: string
    readonly token: string
    readonly scope: string
    readonly plan: string
    readonly state: string
    readonly logins: number
    readonly pulls: number
  }[]
  readonly anonymousPulls: number
}

const seededAccount: AccountSeed = {
  username: 'sandbox',
  token: 'dckr_pat_sandbox_0123456789abcdefghi',
  scope: 'repo:public_read',
  plan: 'personal',
  state: 'active',
}

export function createDockerHub({ clock }: SandboxWorld): DockerHub {
  const quota = createHubQuota(clock)
  const store: DockerHubStore = {
    clock,
    accounts: createAccounts(),
    catalogue: createCatalogue(),
    pullLimits: createPullLimits(clock),
    pullsBegun: new Map(),
    issued: new Map(),
    authUrl: 'https://auth.docker.io',
    anonymousPulls: 0,
  }

  function seed(account: AccountSeed): void {
    store.accounts.seed(account)
    if (account.pullsLeft !== undefined) store.pullLimits.set(account.username, account.pullsLeft)
  }

  function reset(): void {
    store.accounts.clear()
    store.catalogue.reset()
    store.pullLimits.clear()
    store.pullsBegun.clear()
    store.issued.clear()
    store.anonymousPulls = 0
    quota.clear()
    seed(seededAccount)
  }

  reset()
  void signingKeys()
  return {
    auth: { recognise: (exchange) => authOperation(exchange, store) },
    registry: { recognise: (exchange) => registryOperation(exchange, store) },
    hub: { recognise: (exchange) => hubOperation(exchange, store, quota) },
    announce({ authUrl }) {
      store.authUrl = authUrl
    },
    logIn: (login) => logIn(login, store),
    state: () => ({
      accounts: store.accounts.all().map(({ username, token, scope, state, logins, pulls }) => ({
        username,
        token,
        scope,
        plan: store.accounts.planOf(username),
        state,
        logins,
        pulls,
      })),
      anonymousPulls: store.anonymousPulls,
    }),
    reset,
    ownFaults: { 'docker-auth': authFaults, 'docker-registry': registryFaults },
    seeds: {
      '/docker-hub/accounts': (body) => {
        seed(parseAccount(body))
      },
      '/docker-hub/images': (body) => {
        store.catalogue.push(parseImageSeed(body))
      },
    },
  }
}
