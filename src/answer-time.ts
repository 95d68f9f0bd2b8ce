/**
 * When a server sent its answer, by its own clock: the `Date` header; `undefined` without one.
 * https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
 */
export function parseDateHeader(text: string | null | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** A header in whole seconds (`Retry-After`, a limit's reset); `undefined` if it is anything else. */
export function parseSeconds(text: string | null | undefined): number | undefined {
  return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : undefined
}

/** A moment for the reader, to the second: `2026-11-23T10:00:00Z`. */
export function formatMoment(moment: Date): string {
  return moment.toISOString().replace(/\.\d+Z$/, 'Z')
}
