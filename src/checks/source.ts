import type { Credential } from '../credential.ts'
import { shownUsername } from '../registries/docker-hub-refusal.ts'
import type { OpenSource } from '../sources/source.ts'
import { type Answered, failed, type Finding, ok, skipped } from './finding.ts'

/** What came of reading the source. */
export interface SourceFacts {
  readonly opened: Answered<OpenSource>
  readonly credential: Answered<Credential>
}

/** Whether the source could be read, and what it holds. An error of the one kind says nothing of the other. */
export function judgeSource({ opened, credential }: SourceFacts): readonly Finding[] {
  const target = opened.value?.description ?? 'source'
  const error = opened.error ?? credential.error
  if (!error) {
    const [warning] = opened.value?.warnings ?? []
    return [
      ok('source.read', target),
      warning === undefined
        ? ok(
            'source.credential',
            target,
            credential.value && `the credential of ${shownUsername(credential.value)}`,
          )
        : { id: 'source.credential', target, status: 'warning', cause: warning },
    ]
  }
  switch (error.code) {
    case 'ERR_CREDENTIAL_MISSING':
    case 'ERR_CREDENTIAL_INVALID':
      return [ok('source.read', target), failed('source.credential', target, error)]
    default:
      return [
        failed('source.read', target, error),
        skipped('source.credential', target, 'the source could not be read'),
      ]
  }
}
