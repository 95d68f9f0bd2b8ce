import { type CheckId, type Finding, skipped } from './finding.ts'

/** What `pulumi up` makes, or makes right. */
const ofUp: readonly CheckId[] = ['rule.present', 'rule.upstream', 'rule.credential', 'rule.template']

/**
 * Before `pulumi up`, a rule that is absent, or wrong in a way that `up` mends, is no reason to stop: such findings are
 * left to it, each with its cause, and so is ECR’s login through a rule that points to the wrong place. All else stays
 * as it is: what `up` does not mend (the credential, the secret, its policy), and what could not be asked.
 */
export function leftToUp(findings: readonly Finding[]): readonly Finding[] {
  const left = findings.filter(({ id, status }) => ofUp.includes(id) && isWrong(status))
  const targets = new Set(left.filter(({ id }) => id !== 'rule.template').map(({ target }) => target))
  return findings.map((finding) => {
    const { id, target, status, cause = '' } = finding
    const follows = id === 'rule.valid' && isWrong(status) && targets.has(target)
    return left.includes(finding) || follows ? skipped(id, target, `${cause}: left to pulumi up`) : finding
  })
}

function isWrong(status: Finding['status']): boolean {
  return status === 'missing' || status === 'drift'
}
