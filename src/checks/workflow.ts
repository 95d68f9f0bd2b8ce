import { found } from './causes/cause.ts'
import { workflowCauses } from './causes/workflow.ts'
import { type Answered, type Finding, ok, skipped } from './finding.ts'
import { type RegionFacts, secretTarget } from './region-facts.ts'
import { currentVersion } from './secret.ts'

/**
 * Inside a workflow run the environment has GitHub’s own values: if their fingerprint is the version that AWS holds,
 * GitHub and AWS hold the same credential. Nothing else can tell, since neither gives its value away.
 */
export function judgeWorkflow(facts: RegionFacts, version: Answered<string>): Finding {
  const target = `workflow and ${secretTarget(facts)}`
  const secret = facts.description.value
  if (version.error) {
    return skipped('workflow.credential', target, 'this run has no credential in its environment')
  }
  const current = secret && currentVersion(secret)
  if (current === undefined)
    return skipped('workflow.credential', target, 'AWS holds no credential to compare')
  return current === version.value
    ? ok('workflow.credential', target, 'the same credential, by its fingerprint')
    : found(workflowCauses['workflow-has-another-credential'], target, {})
}

/**
 * In a workflow the source is what GitHub gave, which may be the older of two credentials: what is wrong between the
 * places is mended where the real source is.
 */
export function mendedAtSource(finding: Finding): Finding {
  const { id, status } = finding
  const isBetweenPlaces = id === 'secret.version' || id === 'github.drift'
  if (!isBetweenPlaces || status !== 'drift') return finding
  return { ...finding, fix: workflowCauses['workflow-has-another-credential'].fix({}) }
}
