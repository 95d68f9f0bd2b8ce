import { formatMoment } from '../answer-time.ts'
import type { PullthroughError } from '../errors.ts'
import type { GitHubActions, Writer } from '../github/actions.ts'
import { fullName, type GitHubRepository, isSameRepository } from '../github/repository.ts'
import {
  changesSince,
  missingNames,
  type ObservedRecord,
  pairNames,
  type PairTimes,
} from '../github/sync-record.ts'
import { found } from './causes/cause.ts'
import { githubCauses } from './causes/github.ts'
import { type Answered, answered, type CheckId, failed, type Finding, ok, skipped } from './finding.ts'

/** What GitHub answered about one repository. */
export interface RepositoryFacts {
  /** As it was asked for. */
  readonly asked: GitHubRepository
  /** The repository under its present name. */
  readonly present: Answered<{ readonly repository: GitHubRepository; readonly archived: boolean }>
  readonly times: Answered<PairTimes>
  readonly record: Answered<ObservedRecord>
  readonly writers: Answered<readonly Writer[]>
}

/** Ask GitHub everything about a repository at once. */
export async function observeRepository(
  asked: GitHubRepository,
  actions: Pick<GitHubActions, 'readRepository' | 'listPairTimes' | 'readRecord' | 'readWriters'>,
): Promise<RepositoryFacts> {
  const [present, times, record, writers] = await Promise.all([
    answered(actions.readRepository(asked)),
    answered(actions.listPairTimes(asked)),
    answered(actions.readRecord(asked)),
    answered(actions.readWriters(asked)),
  ])
  return { asked, present, times, record, writers }
}

/** What a repository is compared with. */
export interface RepositoryExpectation {
  /** The fingerprint of the source's credential, see `version.ts`. */
  readonly desiredVersion: Answered<string>
  /** See `GitHubAccess`: such a token may see neither secrets nor variables. */
  readonly isWorkflowToken: boolean
}

/** Judge what GitHub answered: a finding for each of the five checks, in their order. Pure. */
export function judgeRepository(facts: RepositoryFacts, expected: RepositoryExpectation): readonly Finding[] {
  const { asked, present } = facts
  const target = fullName(asked)
  if (present.error && isRefusal(present.error)) {
    return [
      failed('github.repository', target, present.error),
      ...hanging.map((id) =>
        skipped(id, target, 'the repository itself cannot be read, see github.repository'),
      ),
    ]
  }
  const repository = present.value?.repository ?? asked
  const subject: Subject = {
    ...facts,
    ...expected,
    target,
    place: { repository: fullName(repository), archived: present.value?.archived ?? false },
  }
  const others = [judgeSecrets(subject), judgeRecord(subject), judgeDrift(subject), judgeWriters(subject)]
  return [judgeItself(subject, others), ...others]
}

/** The checks that have no answer without the repository. */
const hanging = [
  'github.secrets',
  'github.record',
  'github.drift',
  'github.writers',
] as const satisfies readonly CheckId[]

/** Everything that is known of one repository. */
interface Subject extends RepositoryFacts, RepositoryExpectation {
  readonly target: string
  readonly place: { readonly repository: string; readonly archived: boolean }
}

function judgeItself({ asked, present, target, place }: Subject, others: readonly Finding[]): Finding {
  if (present.error) return failed('github.repository', target, present.error)
  const { repository } = place
  const formerly = isSameRepository(present.value.repository, asked) ? undefined : target
  if (place.archived) {
    const mustChange = others.some(({ status }) => status === 'missing' || status === 'drift')
    const cause = githubCauses[mustChange ? 'repository-archived-out-of-step' : 'repository-archived']
    return found(cause, target, { repository, ...(formerly === undefined ? {} : { formerly }) })
  }
  if (formerly !== undefined) {
    return found(githubCauses['repository-renamed'], target, { repository, formerly })
  }
  return ok('github.repository', target)
}

function judgeSecrets(subject: Subject): Finding {
  const { times, target, place, isWorkflowToken } = subject
  if (times.error) {
    if (isWorkflowToken && times.error.code === 'ERR_DENIED') {
      return found(githubCauses['workflow-token-lists-no-secrets'], target, place)
    }
    return unanswered('github.secrets', times.error, subject)
  }
  const [missing, ...more] = missingNames(times.value)
  if (missing === undefined) return ok('github.secrets', target, `last changed ${lastOf(times.value)}`)
  const present = pairNames.find((name) => name !== missing)
  if (present === undefined || more.length > 0) return found(githubCauses['pair-absent'], target, place)
  return found(githubCauses['pair-half-there'], target, { ...place, missing, present })
}

function judgeRecord(subject: Subject): Finding {
  const { record, target, place, isWorkflowToken } = subject
  if (record.error) return unanswered('github.record', record.error, subject)
  switch (record.value.state) {
    case 'present':
      return ok('github.record', target)
    case 'absent':
      return found(githubCauses['record-absent'], target, place)
    case 'unreadable':
      return found(githubCauses['record-edited'], target, place)
    case 'unknowable':
      return found(
        githubCauses[isWorkflowToken ? 'workflow-token-reads-no-record' : 'record-hidden'],
        target,
        place,
      )
  }
}

/** What is wrong is told even where not all can be asked; that all is right, only where it can. */
function judgeDrift({ times, record, desiredVersion, target, place }: Subject): Finding {
  const skip = (why: string) => skipped('github.drift', target, why)
  if (record.value?.state === 'absent') return skip('there is no record to compare with, see github.record')
  if (record.value?.state !== 'present') return skip('the record cannot be read, see github.record')
  const ours = record.value.record
  const changed = changesSince(ours, times.value ?? {}).map(({ name, at }) => ({ name, at: momentOf(at) }))
  if (desiredVersion.value !== undefined && ours.version !== desiredVersion.value) {
    return found(githubCauses['pair-of-another-credential'], target, { ...place, changed })
  }
  if (changed.length > 0) return found(githubCauses['pair-changed'], target, { ...place, changed })
  if (times.error) return skip('the secrets cannot be listed, see github.secrets')
  if (missingNames(times.value).length > 0) return skip('the pair is not whole, see github.secrets')
  if (desiredVersion.error)
    return skip('unchanged since the last sync, but the source’s credential cannot be read')
  return ok('github.drift', target)
}

function judgeWriters(subject: Subject): Finding {
  const { writers, target, place } = subject
  if (writers.error) {
    if (writers.error.code === 'ERR_DENIED') {
      return found(githubCauses['writers-hidden'], target, { ...place, why: writers.error.message })
    }
    return unanswered('github.writers', writers.error, subject)
  }
  return ok('github.writers', target, describeWriters(writers.value))
}

/** Why a read has no answer. That GitHub as a whole gives none is said once, of the repository. */
function unanswered(id: CheckId, error: PullthroughError, { present, target }: Subject): Finding {
  const isSaid = present.error?.code === error.code && concernsAll.includes(error.code)
  return isSaid
    ? skipped(id, target, 'GitHub did not answer, see github.repository')
    : failed(id, target, error)
}

const concernsAll: readonly PullthroughError['code'][] = ['ERR_UNREACHABLE', 'ERR_RATE_LIMITED']

/** Whether GitHub shows the caller nothing of the repository. */
function isRefusal({ code }: PullthroughError): boolean {
  return code === 'ERR_DENIED' || code === 'ERR_UNAUTHENTICATED'
}

/** How many writers are named. */
const named = 10

/** `2 may change them: alice (admin), bob` */
function describeWriters(writers: readonly Writer[]): string {
  if (writers.length === 0) return 'GitHub lists nobody who may change them'
  const names = writers.map(({ login, role }) => (role === 'write' ? login : `${login} (${role})`))
  const more = names.length > named ? ` and ${names.length - named} more` : ''
  return `${names.length} may change them: ${names.slice(0, named).join(', ')}${more}`
}

/** The last time that GitHub gave. */
function lastOf(times: PairTimes): string {
  return Object.values(times).map(momentOf).sort().at(-1) ?? 'never'
}

/** A time that GitHub gave, in our form. */
function momentOf(time: string): string {
  return formatMoment(new Date(time))
}
