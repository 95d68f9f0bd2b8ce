import type { Finding, Status } from '../../checks/finding.ts'

/** The colour of a status, in the terminal and in the picture. */
export type Tone = 'green' | 'yellow' | 'red' | 'grey'

const tones = {
  ok: 'green',
  warning: 'yellow',
  drift: 'red',
  missing: 'red',
  denied: 'red',
  unreachable: 'red',
  unknowable: 'yellow',
  skipped: 'grey',
} as const satisfies Record<Status, Tone>

const worstFirst = ['red', 'yellow', 'green', 'grey'] as const satisfies readonly Tone[]

export function toneOf(status: Status): Tone {
  return tones[status]
}

/** The tone of several findings as one: that of the worst; grey only if none was asked. */
export function worstTone(findings: readonly Finding[]): Tone {
  return worstFirst.find((tone) => findings.some(({ status }) => tones[status] === tone)) ?? 'grey'
}
