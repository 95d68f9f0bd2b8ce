/** The real clients, where `.ci/run` says they are. */
export const clients = {
  pulumi: process.env['PULLTHROUGH_E2E_PULUMI'] ?? '',
  aws: process.env['PULLTHROUGH_E2E_AWS'] ?? '',
  gh: process.env['PULLTHROUGH_E2E_GH'] ?? '',
} as const

/** Whether these tests can run at all: they are skipped where a client is not there. */
export const haveClients = Object.values(clients).every((path) => path !== '')
