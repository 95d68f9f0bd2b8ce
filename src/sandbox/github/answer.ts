import type { Answer } from '../service.ts'

/** A JSON answer as GitHub sends it. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  }
}

/** What a successful write without a body answers. */
export const noContent: Answer = { status: 204 }

/**
 * GitHub's error body; its `status` is a string.
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function problem(
  status: number,
  message: string,
  documentation: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { message, documentation_url: documentation, status: String(status) }, headers)
}

/** A moment as GitHub writes it, to the second: `2020-01-10T14:59:22Z`. */
export function timestamp(moment: Date): string {
  return moment.toISOString().replace(/\.\d{3}Z$/, 'Z')
}
