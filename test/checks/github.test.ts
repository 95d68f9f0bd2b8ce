import { describe, expect, test } from 'vitest'
import { githubCauses } from '../../src/checks/causes/github.ts'
import { judgeRepository, type RepositoryExpectation, type RepositoryFacts } from '../../src/checks/github.ts'
import {
  absentPair,
  anotherCredential,
  anotherRecord,
  asked,
  both,
  changedToken,
  expected,
  failures,
  findings,
  type Findings,
  healthy,
  hidden,
  later,
  noGitHub,
  noRecord,
  noRepository,
  notListed,
  notWhole,
  red,
  reddened,
  skip,
  sync,
  unreadRecord,
} from './github-findings.ts'

interface Case {
  readonly facts?: Partial<RepositoryFacts>
  readonly expectation?: Partial<RepositoryExpectation>
  readonly findings: Partial<Findings>
}

const cases: Record<string, Case> = {
  'all is well': { findings: {} },
  'a name in other letters': {
    facts: { present: { value: { repository: { owner: 'Acme', name: 'Widgets' }, archived: false } } },
    findings: {},
  },
  'the source cannot be read': {
    expectation: { desiredVersion: { error: failures.invalid } },
    findings: {
      'github.drift': skip('unchanged since the last sync, but the source’s credential cannot be read'),
    },
  },

  'it is archived': {
    facts: { present: { value: { repository: asked, archived: true } } },
    findings: {
      'github.repository': {
        status: 'warning',
        cause: 'acme/widgets is archived, so its secrets cannot change',
        fix: 'unarchive acme/widgets before the credential changes, or take it out of the repositories',
      },
    },
  },
  'it is archived, and whether the pair must change is not known': {
    facts: { present: { value: { repository: asked, archived: true } }, times: { error: failures.denied } },
    findings: {
      'github.repository': {
        status: 'warning',
        cause: 'acme/widgets is archived, so its secrets cannot change',
        fix: 'unarchive acme/widgets before the credential changes, or take it out of the repositories',
      },
      'github.secrets': red.denied,
      'github.drift': notListed,
    },
  },
  'it is archived, and the pair must change': {
    facts: {
      present: { value: { repository: asked, archived: true } },
      record: { value: anotherRecord },
    },
    findings: {
      'github.repository': {
        status: 'drift',
        cause: 'acme/widgets is archived, so sync cannot mend its secrets',
        fix: `unarchive acme/widgets and ${sync}; or take it out of the repositories`,
      },
      'github.drift': { ...anotherCredential, fix: `unarchive acme/widgets and ${sync}` },
    },
  },
  'it was renamed': {
    facts: { present: { value: { repository: { owner: 'acme', name: 'gears' }, archived: false } } },
    findings: {
      'github.repository': {
        status: 'warning',
        cause: 'acme/widgets is now called acme/gears',
        fix: 'write acme/gears where --repo, pullthrough.yaml or the git remote has the old name',
      },
    },
  },
  'it was renamed, and is archived without a pair': {
    facts: {
      present: { value: { repository: { owner: 'acme', name: 'gears' }, archived: true } },
      times: { value: {} },
    },
    findings: {
      'github.repository': {
        status: 'drift',
        cause: 'acme/gears (once acme/widgets) is archived, so sync cannot mend its secrets',
        fix: 'unarchive acme/gears and run: pullthrough sync --repo acme/gears; or take it out of the repositories',
      },
      'github.secrets': {
        ...absentPair,
        fix: 'unarchive acme/gears and run: pullthrough sync --repo acme/gears',
      },
      'github.drift': notWhole,
    },
  },

  'nothing was ever synced': {
    facts: { times: { value: {} }, record: { value: { state: 'absent' } } },
    findings: {
      'github.secrets': absentPair,
      'github.record': {
        status: 'missing',
        cause:
          'there is no variable DOCKER_HUB_CREDENTIALS_SYNC, so nothing tells which credential was synced last, or whether any was',
        fix: sync,
      },
      'github.drift': noRecord,
    },
  },
  'both secrets are missing': {
    facts: { times: { value: {} } },
    findings: { 'github.secrets': absentPair, 'github.drift': notWhole },
  },
  'the token is missing': {
    facts: { times: { value: { DOCKER_HUB_USERNAME: both.DOCKER_HUB_USERNAME } } },
    findings: {
      'github.secrets': {
        status: 'missing',
        cause: 'DOCKER_HUB_TOKEN is not there, only DOCKER_HUB_USERNAME is: a half-written pair',
        fix: sync,
      },
      'github.drift': notWhole,
    },
  },
  'the username is missing, and the token was changed': {
    facts: { times: { value: { DOCKER_HUB_TOKEN: later.DOCKER_HUB_TOKEN } } },
    findings: {
      'github.secrets': {
        status: 'missing',
        cause: 'DOCKER_HUB_USERNAME is not there, only DOCKER_HUB_TOKEN is: a half-written pair',
        fix: sync,
      },
      'github.drift': changedToken,
    },
  },

  'there is no record': {
    facts: { record: { value: { state: 'absent' } } },
    findings: {
      'github.record': {
        status: 'missing',
        cause:
          'there is no variable DOCKER_HUB_CREDENTIALS_SYNC, so nothing tells which credential was synced last, or whether any was',
        fix: sync,
      },
      'github.drift': noRecord,
    },
  },
  'the record was edited': {
    facts: { record: { value: { state: 'unreadable' } } },
    findings: {
      'github.record': {
        status: 'drift',
        cause: 'DOCKER_HUB_CREDENTIALS_SYNC was edited and is no record, so what the pair holds is unknown',
        fix: sync,
      },
      'github.drift': unreadRecord,
    },
  },
  'the token may not read the record': {
    facts: { record: { value: { state: 'unknowable' } } },
    findings: {
      'github.record': {
        status: 'unknowable',
        cause:
          'the token may not read the variable DOCKER_HUB_CREDENTIALS_SYNC, so what the pair holds is unknown',
        fix: 'give the token "Variables: read and write" on acme/widgets (a classic token: the scope repo)',
      },
      'github.drift': unreadRecord,
    },
  },

  'another credential was synced last': {
    facts: { record: { value: anotherRecord } },
    findings: { 'github.drift': anotherCredential },
  },
  'a secret changed since the record': {
    facts: { times: { value: later } },
    findings: {
      'github.secrets': { status: 'ok', detail: 'last changed 2026-11-24T00:00:00Z' },
      'github.drift': changedToken,
    },
  },
  'both changed since the record, which is of another credential': {
    facts: {
      times: {
        value: { DOCKER_HUB_USERNAME: '2026-11-25T00:00:00+01:00', DOCKER_HUB_TOKEN: '2026-11-24T00:00:00Z' },
      },
      record: { value: anotherRecord },
    },
    findings: {
      'github.secrets': { status: 'ok', detail: 'last changed 2026-11-24T23:00:00Z' },
      'github.drift': {
        status: 'drift',
        cause:
          'another credential than the source’s was synced last, and DOCKER_HUB_USERNAME (2026-11-24T23:00:00Z) and DOCKER_HUB_TOKEN (2026-11-24T00:00:00Z) changed at GitHub since the last sync',
        fix: sync,
      },
    },
  },
  'a secret changed, and the source cannot be read': {
    facts: { times: { value: later } },
    expectation: { desiredVersion: { error: failures.invalid } },
    findings: {
      'github.secrets': { status: 'ok', detail: 'last changed 2026-11-24T00:00:00Z' },
      'github.drift': changedToken,
    },
  },
  'the secrets cannot be listed, and another credential was synced last': {
    facts: { times: { error: failures.denied }, record: { value: anotherRecord } },
    findings: { 'github.secrets': red.denied, 'github.drift': anotherCredential },
  },

  'GitHub hides the repository': {
    facts: { present: { error: failures.denied } },
    findings: {
      'github.repository': red.denied,
      'github.secrets': noRepository,
      'github.record': noRepository,
      'github.drift': noRepository,
      'github.writers': noRepository,
    },
  },
  'GitHub does not know the token': {
    facts: {
      present: { error: failures.unauthenticated },
      times: { error: failures.unauthenticated },
      record: { error: failures.unauthenticated },
      writers: { error: failures.unauthenticated },
    },
    findings: {
      'github.repository': red.unauthenticated,
      'github.secrets': noRepository,
      'github.record': noRepository,
      'github.drift': noRepository,
      'github.writers': noRepository,
    },
  },
  'GitHub is out of reach': {
    facts: {
      present: { error: failures.unreachable },
      times: { error: failures.unreachable },
      record: { error: failures.unreachable },
      writers: { error: failures.unreachable },
    },
    findings: {
      'github.repository': red.unreachable,
      'github.secrets': noGitHub,
      'github.record': noGitHub,
      'github.drift': unreadRecord,
      'github.writers': noGitHub,
    },
  },
  'the token has used up its requests': {
    facts: {
      present: { error: failures.limited },
      times: { error: failures.limited },
      record: { error: failures.limited },
      writers: { error: failures.limited },
    },
    findings: {
      'github.repository': red.limited,
      'github.secrets': noGitHub,
      'github.record': noGitHub,
      'github.drift': unreadRecord,
      'github.writers': noGitHub,
    },
  },
  'every answer is something unexpected, which names its own request': {
    facts: {
      present: { error: failures.unexpected },
      times: { error: failures.unexpected },
      record: { error: failures.unexpected },
      writers: { error: failures.unexpected },
    },
    findings: {
      'github.repository': red.unexpected,
      'github.secrets': red.unexpected,
      'github.record': red.unexpected,
      'github.drift': unreadRecord,
      'github.writers': red.unexpected,
    },
  },
  'several reads fail, each for a reason of its own': {
    facts: {
      present: { error: failures.unreachable },
      times: { error: failures.limited },
      record: { error: failures.unexpected },
      writers: { error: failures.unreachable },
    },
    findings: {
      'github.repository': red.unreachable,
      'github.secrets': red.limited,
      'github.record': red.unexpected,
      'github.drift': unreadRecord,
      'github.writers': noGitHub,
    },
  },

  'nobody is listed who may write': {
    facts: { writers: { value: [] } },
    findings: { 'github.writers': { status: 'ok', detail: 'GitHub lists nobody who may change them' } },
  },
  'ten may write': {
    facts: { writers: { value: writersNamed(10) } },
    findings: {
      'github.writers': {
        status: 'ok',
        detail: '10 may change them: w1, w2, w3, w4, w5, w6, w7, w8, w9, w10',
      },
    },
  },
  'more may write than are worth naming': {
    facts: { writers: { value: writersNamed(250) } },
    findings: {
      'github.writers': {
        status: 'ok',
        detail: '250 may change them: w1, w2, w3, w4, w5, w6, w7, w8, w9, w10 and 240 more',
      },
    },
  },
  'the token may not ask who may write': {
    facts: { writers: { error: hidden } },
    findings: {
      'github.writers': {
        status: 'unknowable',
        cause:
          'who may change them is unknown: the token from GH_TOKEN may not list the collaborators of acme/widgets (GitHub answered 403 Must have push access to view repository collaborators.)',
        fix: 'ask with the token of somebody who may write to acme/widgets (a classic token: with the scopes repo and read:org), or look at its settings',
      },
    },
  },

  'a workflow’s token': {
    facts: { times: { error: failures.denied }, record: { value: { state: 'unknowable' } } },
    expectation: { isWorkflowToken: true },
    findings: {
      'github.secrets': {
        status: 'unknowable',
        cause:
          'a workflow’s own token may never list secrets; what the workflow got is compared with AWS instead, see workflow.credential',
        fix: 'to ask GitHub too, set GH_TOKEN to a token, or to that of a GitHub App, with "Secrets: read" and "Variables: read" on acme/widgets',
      },
      'github.record': {
        status: 'unknowable',
        cause:
          'a workflow’s own token may not read the variable DOCKER_HUB_CREDENTIALS_SYNC; what the workflow got is compared with AWS instead, see workflow.credential',
        fix: 'to ask GitHub too, set GH_TOKEN to a token, or to that of a GitHub App, with "Secrets: read" and "Variables: read" on acme/widgets',
      },
      'github.drift': unreadRecord,
    },
  },
  'a workflow’s token for another repository': {
    facts: {
      present: { error: failures.denied },
      times: { error: failures.denied },
      record: { value: { state: 'unknowable' } },
      writers: { error: failures.denied },
    },
    expectation: { isWorkflowToken: true },
    findings: {
      'github.repository': red.denied,
      'github.secrets': noRepository,
      'github.record': noRepository,
      'github.drift': noRepository,
      'github.writers': noRepository,
    },
  },
  'a workflow’s token, while GitHub fails': {
    facts: { times: { error: failures.unexpected } },
    expectation: { isWorkflowToken: true },
    findings: { 'github.secrets': red.unexpected, 'github.drift': notListed },
  },
}

function writersNamed(count: number) {
  return Array.from({ length: count }, (_, index) => ({ login: `w${index + 1}`, role: 'write' }))
}

describe('judges', () => {
  test.each(Object.entries(cases))('%s', (_, { facts, expectation, findings: but }) => {
    expect(judgeRepository({ ...healthy, ...facts }, { ...expected, ...expectation })).toEqual(findings(but))
  })

  test.each(
    (['present', 'times', 'record', 'writers'] as const).flatMap((read) =>
      (['limited', 'unreachable', 'unexpected'] as const).map((failure) => [read, failure] as const),
    ),
  )('only what hangs on the read of %s as failed where it is %s', (read, failure) => {
    const [id, skips] = reddened[read]
    const facts = { ...healthy, [read]: { error: failures[failure] } }
    expect(judgeRepository(facts, expected)).toEqual(findings({ [id]: red[failure], ...skips }))
  })

  test('with every cause that there is, in the words of its example', () => {
    const judged = Object.values(cases).flatMap(({ facts, expectation }) =>
      judgeRepository({ ...healthy, ...facts }, { ...expected, ...expectation }),
    )
    const told = judged.map(({ id, status, cause, fix }) => ({ id, status, cause, fix }))
    for (const { check, status, example } of Object.values(githubCauses)) {
      expect(told).toContainEqual({ id: check, status, ...example })
    }
  })
})
