import type { Finding } from '../../src/checks/finding.ts'
import type { RepositoryExpectation, RepositoryFacts } from '../../src/checks/github.ts'
import { PullthroughError } from '../../src/errors.ts'
import type { ObservedRecord } from '../../src/github/sync-record.ts'
import { desired, otherDesired } from '../github/github-sandbox.ts'

export const asked = { owner: 'acme', name: 'widgets' }
export const target = 'acme/widgets'
export const both = { DOCKER_HUB_USERNAME: '2026-11-23T10:00:00Z', DOCKER_HUB_TOKEN: '2026-11-23T10:00:01Z' }
const record: ObservedRecord = {
  state: 'present',
  record: { version: desired.version, updatedAt: both },
}
export const anotherRecord: ObservedRecord = {
  state: 'present',
  record: { version: otherDesired.version, updatedAt: both },
}

export const healthy: RepositoryFacts = {
  asked,
  present: { value: { repository: asked, archived: false } },
  times: { value: both },
  record: { value: record },
  writers: {
    value: [
      { login: 'alice', role: 'admin' },
      { login: 'bob', role: 'write' },
    ],
  },
}

export const expected: RepositoryExpectation = {
  desiredVersion: { value: desired.version },
  isWorkflowToken: false,
}

/** The five findings, all well. */
const allOk = {
  'github.repository': { status: 'ok' },
  'github.secrets': { status: 'ok', detail: 'last changed 2026-11-23T10:00:01Z' },
  'github.record': { status: 'ok' },
  'github.drift': { status: 'ok' },
  'github.writers': { status: 'ok', detail: '2 may change them: alice (admin), bob' },
} satisfies Partial<Record<Finding['id'], Omit<Finding, 'id' | 'target'>>>

export type Findings = Record<keyof typeof allOk, Omit<Finding, 'id' | 'target'>>

/** Whole findings, all well but for some. */
export function findings(but: Partial<Findings>): readonly Finding[] {
  return Object.entries({ ...allOk, ...but }).map(([id, rest]) => ({
    id: id as keyof typeof allOk,
    target,
    ...rest,
  }))
}

export const sync = 'run: pullthrough sync --repo acme/widgets'
export const skip = (cause: string) => ({ status: 'skipped', cause }) as const
export const notWhole = skip('the pair is not whole, see github.secrets')
export const noRecord = skip('there is no record to compare with, see github.record')
export const unreadRecord = skip('the record cannot be read, see github.record')
export const notListed = skip('the secrets cannot be listed, see github.secrets')
export const noRepository = skip('the repository itself cannot be read, see github.repository')
export const noGitHub = skip('GitHub did not answer, see github.repository')

export const failures = {
  denied: new PullthroughError('ERR_DENIED', 'the token may not', { hint: 'let it' }),
  unauthenticated: new PullthroughError('ERR_UNAUTHENTICATED', 'GitHub does not accept the token'),
  limited: new PullthroughError('ERR_RATE_LIMITED', 'GitHub’s rate limit', { hint: 'wait' }),
  unreachable: new PullthroughError('ERR_UNREACHABLE', 'no answer from GitHub', {
    hint: 'check the network',
  }),
  unexpected: new PullthroughError('ERR_UNEXPECTED_ANSWER', 'GitHub answered 502'),
  invalid: new PullthroughError('ERR_CREDENTIAL_INVALID', 'the token is a placeholder'),
}
export const hidden = new PullthroughError(
  'ERR_DENIED',
  'the token from GH_TOKEN may not list the collaborators of acme/widgets (GitHub answered 403 Must have push access to view repository collaborators.)',
  { hint: 'check the repository’s name' },
)
export const red = {
  denied: { status: 'denied', cause: 'the token may not', fix: 'let it' },
  unauthenticated: { status: 'denied', cause: 'GitHub does not accept the token' },
  limited: { status: 'unreachable', cause: 'GitHub’s rate limit', fix: 'wait' },
  unreachable: { status: 'unreachable', cause: 'no answer from GitHub', fix: 'check the network' },
  unexpected: { status: 'unreachable', cause: 'GitHub answered 502' },
} as const

export const absentPair = {
  status: 'missing',
  cause: 'DOCKER_HUB_USERNAME and DOCKER_HUB_TOKEN are not there',
  fix: sync,
} as const
export const anotherCredential = {
  status: 'drift',
  cause: 'another credential than the source’s was synced last',
  fix: sync,
} as const
export const changedToken = {
  status: 'drift',
  cause:
    'DOCKER_HUB_TOKEN (2026-11-24T00:00:00Z) changed at GitHub since the last sync, so what the pair holds is unknown',
  fix: sync,
} as const
export const later = { ...both, DOCKER_HUB_TOKEN: '2026-11-24T00:00:00Z' }

/** Which check one read alone reddens, and which hang on it. */
export const reddened = {
  present: ['github.repository', {}],
  times: ['github.secrets', { 'github.drift': notListed }],
  record: ['github.record', { 'github.drift': unreadRecord }],
  writers: ['github.writers', {}],
} as const
