import { type PairName, pairNames, recordName } from '../../github/sync-record.ts'
import { cause } from './cause.ts'

/** A repository under its present name. */
interface Place {
  readonly repository: string
  readonly archived: boolean
}

/** A repository that is archived, and what it was called when it was asked for if that is another name. */
interface Archived {
  readonly repository: string
  readonly formerly?: string
}

/** Secrets that GitHub changed after they were recorded, and when. */
interface Changed {
  readonly changed: readonly { readonly name: PairName; readonly at: string }[]
}

const place: Place = { repository: 'acme/widgets', archived: false }

const changed: Changed['changed'] = [{ name: 'DOCKER_HUB_TOKEN', at: '2026-11-24T00:00:00Z' }]

/** What can be wrong with a repository, its secrets and their record. */
export const githubCauses = {
  'repository-archived': cause<Archived>({
    check: 'github.repository',
    status: 'warning',
    symptom: 'Nothing fails until the credential changes.',
    cause: (facts) => `${named(facts)} is archived, so its secrets cannot change`,
    fix: ({ repository }) =>
      `unarchive ${repository} before the credential changes, or take it out of the repositories`,
    example: { repository: 'acme/widgets' },
  }),
  'repository-archived-out-of-step': cause<Archived>({
    check: 'github.repository',
    status: 'drift',
    symptom: '`pullthrough sync` refuses to write: `… is archived, so its secrets cannot change`.',
    cause: (facts) => `${named(facts)} is archived, so sync cannot mend its secrets`,
    fix: ({ repository }) =>
      `unarchive ${repository} and run: pullthrough sync --repo ${repository}; or take it out of the repositories`,
    example: { repository: 'acme/widgets' },
  }),
  'repository-renamed': cause<Required<Archived>>({
    check: 'github.repository',
    status: 'warning',
    symptom:
      'Nothing fails while GitHub redirects, which it does until another repository takes the old name.',
    cause: ({ repository, formerly }) => `${formerly} is now called ${repository}`,
    fix: ({ repository }) =>
      `write ${repository} where --repo, pullthrough.yaml or the git remote has the old name`,
    example: { repository: 'acme/gears', formerly: 'acme/widgets' },
  }),
  'pair-absent': cause<Place>({
    check: 'github.secrets',
    status: 'missing',
    symptom: 'In workflows, both values are empty: `Username and password required`.',
    cause: () => `${pairNames.join(' and ')} are not there`,
    fix: sync,
    example: place,
  }),
  'pair-half-there': cause<Place & { missing: PairName; present: PairName }>({
    check: 'github.secrets',
    status: 'missing',
    symptom: 'In workflows, one of the two values is empty.',
    cause: ({ missing, present }) => `${missing} is not there, only ${present} is: a half-written pair`,
    fix: sync,
    example: { ...place, missing: 'DOCKER_HUB_TOKEN', present: 'DOCKER_HUB_USERNAME' },
  }),
  'workflow-token-lists-no-secrets': cause<Place>({
    check: 'github.secrets',
    status: 'unknowable',
    symptom: '`Resource not accessible by integration`, whatever the workflow’s `permissions` say.',
    cause: () =>
      'a workflow’s own token may never list secrets; what the workflow got is compared with AWS instead, see workflow.credential',
    fix: otherToken,
    example: place,
  }),
  'record-absent': cause<Place>({
    check: 'github.record',
    status: 'missing',
    symptom: 'The secrets were never synced, or were written by another tool.',
    cause: () =>
      `there is no variable ${recordName}, so nothing tells which credential was synced last, or whether any was`,
    fix: sync,
    example: place,
  }),
  'record-edited': cause<Place>({
    check: 'github.record',
    status: 'drift',
    symptom: `Somebody edited the variable \`${recordName}\`.`,
    cause: () => `${recordName} was edited and is no record, so what the pair holds is unknown`,
    fix: sync,
    example: place,
  }),
  'record-hidden': cause<Place>({
    check: 'github.record',
    status: 'unknowable',
    symptom: 'Every sync writes the pair again.',
    cause: () => `the token may not read the variable ${recordName}, so what the pair holds is unknown`,
    fix: ({ repository }) =>
      `give the token "Variables: read and write" on ${repository} (a classic token: the scope repo)`,
    example: place,
  }),
  'workflow-token-reads-no-record': cause<Place>({
    check: 'github.record',
    status: 'unknowable',
    symptom: '`Resource not accessible by integration`, whatever the workflow’s `permissions` say.',
    cause: () =>
      `a workflow’s own token may not read the variable ${recordName}; what the workflow got is compared with AWS instead, see workflow.credential`,
    fix: otherToken,
    example: place,
  }),
  'pair-of-another-credential': cause<Place & Changed>({
    check: 'github.drift',
    status: 'drift',
    symptom: 'The source was changed and not synced; workflows still get the credential from before.',
    cause: ({ changed }) =>
      ['another credential than the source’s was synced last', ...changedLately(changed)].join(', and '),
    fix: sync,
    example: { ...place, changed: [] },
  }),
  'pair-changed': cause<Place & Changed>({
    check: 'github.drift',
    status: 'drift',
    symptom: 'Somebody, or another tool, wrote a secret by hand.',
    cause: ({ changed }) => [...changedLately(changed), 'so what the pair holds is unknown'].join(', '),
    fix: sync,
    example: { ...place, changed },
  }),
  'writers-hidden': cause<Place & { why: string }>({
    check: 'github.writers',
    status: 'unknowable',
    symptom: '`Must have push access to view repository collaborators.`',
    cause: ({ why }) => `who may change them is unknown: ${why}`,
    fix: ({ repository }) =>
      `ask with the token of somebody who may write to ${repository} (a classic token: with the scopes repo and read:org), or look at its settings`,
    example: {
      ...place,
      why: 'the token from GH_TOKEN may not list the collaborators of acme/widgets (GitHub answered 403 Must have push access to view repository collaborators.)',
    },
  }),
} as const

function named({ repository, formerly }: Archived): string {
  return formerly === undefined ? repository : `${repository} (once ${formerly})`
}

function changedLately(changed: Changed['changed']): readonly string[] {
  if (changed.length === 0) return []
  const names = changed.map(({ name, at }) => `${name} (${at})`)
  return [`${names.join(' and ')} changed at GitHub since the last sync`]
}

function sync({ repository, archived }: Place): string {
  const command = `run: pullthrough sync --repo ${repository}`
  return archived ? `unarchive ${repository} and ${command}` : command
}

function otherToken({ repository }: Place): string {
  return `to ask GitHub too, set GH_TOKEN to a token, or to that of a GitHub App, with "Secrets: read" and "Variables: read" on ${repository}`
}
