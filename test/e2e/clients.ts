import { describe, type SuiteOptions } from 'vitest'

/** The real clients, where `.ci/run` says they are. */
export const clients = {
  pulumi: process.env['PULLTHROUGH_E2E_PULUMI'] ?? '',
  aws: process.env['PULLTHROUGH_E2E_AWS'] ?? '',
  gh: process.env['PULLTHROUGH_E2E_GH'] ?? '',
  skopeo: process.env['PULLTHROUGH_E2E_SKOPEO'] ?? '',
} as const

/** Whether these tests can run at all: they are skipped where a client is not there. */
const haveClients = Object.values(clients).every((path) => path !== '')

/** `describe` for tests that need the real clients. Where they are not, it says so in the title of what it skips. */
export function describeWithClients(title: string, options: SuiteOptions, tests: () => void): void
export function describeWithClients(title: string, tests: () => void): void
export function describeWithClients(title: string, ...rest: [SuiteOptions, () => void] | [() => void]): void {
  const [options, tests] = rest.length === 1 ? [{}, rest[0]] : rest
  const names = Object.keys(clients).map((name) => `PULLTHROUGH_E2E_${name.toUpperCase()}`)
  const reason = haveClients ? '' : ` [needs the real clients: ${names.join(', ')}]`
  describe.skipIf(!haveClients)(`${title}${reason}`, options, tests)
}
