import type { Fault } from '../broken-world.ts'
import { accountFaults } from './account.ts'
import { dockerHubFaults } from './docker-hub.ts'
import { githubFaults } from './github.ts'
import { policyFaults } from './policy.ts'
import { ruleFaults } from './rules.ts'
import { secretFaults } from './secret.ts'
import { oneOfSeveralFaults } from './several.ts'
import { sourceFaults } from './source.ts'
import { workflowFaults } from './workflow.ts'

/** Everything that can be wrong by itself, in the order of the report. */
export const faults: readonly Fault[] = [
  ...sourceFaults,
  ...dockerHubFaults,
  ...accountFaults,
  ...secretFaults,
  ...policyFaults,
  ...ruleFaults,
  ...githubFaults,
  ...workflowFaults,
  ...oneOfSeveralFaults,
]
