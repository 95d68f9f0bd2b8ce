import type { Answer } from '../service.ts'
import { json, problem } from './answer.ts'

/**
 * The versions GitHub supports, newest first.
 * https://docs.github.com/rest/about-the-rest-api/api-versions
 */
export const apiVersions = ['2026-03-10', '2022-11-28'] as const

const documentation = 'https://docs.github.com/rest/about-the-rest-api/api-versions'

/** What a request gets that names no version. */
const defaultVersion = '2022-11-28'

/**
 * The version that an `X-GitHub-Api-Version` header selects, or the refusal of one that GitHub does not have, whose
 * `errors` is a string. https://github.com/expipiplus1/update-nix-fetchgit/issues/79
 */
export function selectVersion(header: string | undefined): { version: string } | { refused: Answer } {
  if (header === undefined || header === '') return { version: defaultVersion }
  if (apiVersions.some((version) => version === header)) return { version: header }
  const [newest, ...others] = apiVersions.map((version) => `"${version}"`)
  const errors = `The version you specified in the "X-GitHub-API-Version" request header, "${header}", is not a supported version. The following versions are currently supported: ${newest ?? ''} (most recent) and ${others.join(', ')}.`
  return {
    refused: json(400, { message: 'Bad Request', errors, documentation_url: documentation, status: '400' }),
  }
}

/**
 * What a version answers that GitHub has withdrawn. It has withdrawn none so far.
 * https://docs.github.com/rest/about-the-rest-api/api-versions
 */
export const versionRetired: Answer = problem(
  410,
  'The API version in the "X-GitHub-API-Version" request header is no longer supported.',
  documentation,
)
