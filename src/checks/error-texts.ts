import { stripVTControlCharacters } from 'node:util'
import { clientTexts } from './error-texts/client.ts'
import { dockerHubTexts } from './error-texts/docker-hub.ts'
import type { ErrorText, PossibleCause } from './error-texts/error-text.ts'
import { identityTexts } from './error-texts/identity.ts'
import { pullTexts } from './error-texts/pull.ts'
import { ruleTexts } from './error-texts/rule.ts'
import { secretTexts } from './error-texts/secret.ts'
import { workflowTexts } from './error-texts/workflow.ts'

/**
 * Texts that users bring to `doctor`, and what they mean. Where a text holds several, the first here is shown first.
 */
export const errorTexts = {
  ...pullTexts,
  ...dockerHubTexts,
  ...secretTexts,
  ...ruleTexts,
  ...identityTexts,
  ...workflowTexts,
  ...clientTexts,
} as const satisfies Readonly<Record<string, ErrorText>>

export type ErrorTextId = keyof typeof errorTexts

/** What a text that was recognised means. Nothing of the text itself is in it: that may hold a secret. */
export interface Explanation {
  readonly id: ErrorTextId
  readonly symptom: string
  /** The likeliest first. Where there are several, the text does not tell which it is: their checks do. */
  readonly causes: readonly PossibleCause[]
}

const entries = Object.entries<ErrorText>(errorTexts) as readonly (readonly [ErrorTextId, ErrorText])[]

/**
 * Say what the output of a failed pull, deployment or workflow means.
 *
 * @param text as it was printed, also with colours and broken lines. Of a long one the end is read, where errors are.
 * @returns the best explanation first; none if nothing is recognised.
 */
export function explainErrorText(text: string): readonly Explanation[] {
  const line = oneLine(text)
  const found = entries.filter(([, { patterns }]) => patterns.some((pattern) => pattern.test(line)))
  const exact = found.filter(([, { general }]) => general !== true)
  return (exact.length > 0 ? exact : found).map(([id, { symptom, causes }]) => ({ id, symptom, causes }))
}

/** How much of a text is read, in characters. */
const longest = 65_536

/**
 * A text as one line: without colours, the frames that tools draw, the escapes of JSON, and typographic apostrophes.
 */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text.slice(-longest))
    .replace(/\\{1,8}(["'/])/g, '$1')
    .replace(/\\[nrt]/g, ' ')
    .replace(/[‘’]/g, "'")
    .replace(/[\s\p{Cc}│╷╵]+/gu, ' ')
    .trim()
}
