import type { Answer } from '../service.ts'
import { problem } from './answer.ts'

/**
 * The versions GitHub supports, newest first.
 * https://docs.github.com/rest/about-the-rest-api/api-versions
 */
export const apiVersions = ['2026-03-10', '2022-11-28'] as const

/** What a request gets that names no version. */
const defaultVersion = '2022-11-28'

/**
 * The version that an `X-GitHub-Api-Version` header selects, or the refusal: 410 for a date before the oldest
 * supported version, which stands for one that was retired, and 400 for anything else.
 * The text is that of https://github.com/expipiplus1/update-nix-fetchgit/issues/79
 */
export function selectVersion(header: string | undefined): { version: string } | { refused: Answer } {
  if (header === undefined || header === '') return { version: defaultVersion }
  if (apiVersions.some((version) => version === header)) return { version: header }
  const supported = apiVersions.map((version, index) => `"${version}"${index === 0 ? ' (most recent)' : ''}`)
  const message = `The version you specified in the "X-GitHub-API-Version" request header, "${header}", is not a supported version. The following versions are currently supported: ${supported.join(', ')}.`
  const retired = /^\d{4}-\d{2}-\d{2}$/.test(header) && header < defaultVersion
  return { refused: problem(retired ? 410 : 400, message, 'https://docs.github.com/rest') }
}
