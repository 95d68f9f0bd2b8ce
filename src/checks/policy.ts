import { denialOf } from '../aws/ecr-denial.ts'
import type { PolicyStatement, PolicySubject } from '../aws/policy-document.ts'
import { letsEverybodyIn } from '../aws/public-policy.ts'
import { isOurStatement, nameOfStatement, planPolicy } from '../destinations/resource-policy.ts'
import { found } from './causes/cause.ts'
import { secretCauses } from './causes/secret.ts'
import { failed, type Finding, ok, skipped } from './finding.ts'
import { type RegionContext, type RegionFacts, roleFor, secretTarget, subjectOf } from './region-facts.ts'

/** The secret’s resource policy: what it says, whom it lets in, and whether it shuts ECR out. */
export function judgePolicy(facts: RegionFacts, { policy: options }: RegionContext): readonly Finding[] {
  const { region, secretName: name, description, policy } = facts
  const target = `${secretTarget(facts)} policy`
  const secret = description.value
  if (policy.error && !secret?.deletedDate) {
    const why = 'the policy could not be read'
    return [
      failed('policy.meaning', target, policy.error),
      skipped('policy.public', target, why),
      skipped('policy.denial', target, why),
    ]
  }
  if (!secret || policy.error) {
    const why = secret?.deletedDate
      ? 'the secret is scheduled for deletion'
      : description.error
        ? 'the secret could not be looked at'
        : 'there is no secret'
    return [
      skipped('policy.meaning', target, why),
      skipped('policy.public', target, why),
      skipped('policy.denial', target, why),
    ]
  }
  const subject = subjectOf(region, secret.arn)
  const statements = policy.value?.Statement ?? []
  const everybody = statements.find(letsEverybodyIn)
  return [
    judgeMeaning(facts, options, subject, target),
    everybody
      ? found(secretCauses['policy-is-public'], target, {
          region,
          name,
          statement: nameOfStatement(everybody),
        })
      : ok('policy.public', target),
    judgeDenial(facts, subject, target),
  ]
}

function judgeMeaning(
  { policy }: RegionFacts,
  options: RegionContext['policy'],
  subject: PolicySubject,
  target: string,
): Finding {
  if (!policy.value) return found(secretCauses['policy-absent'], target, {})
  // A denial that shuts ECR out is a finding of its own, and hides no difference here.
  const harmless = {
    ...policy.value,
    Statement: policy.value.Statement.filter((statement) => !isShuttingOut(statement, subject)),
  }
  const { action, because } = planPolicy(options, harmless, subject)
  if (action !== 'keep') return found(secretCauses['policy-differs'], target, { because })
  const others = policy.value.Statement.filter((statement) => !isOurStatement(statement))
  if (others.length === 0) return ok('policy.meaning', target, because)
  const named = [...new Set(others.map(nameOfStatement))].join(', ')
  return found(secretCauses['policy-has-other-statements'], target, { statements: named })
}

function isShuttingOut(statement: PolicyStatement, subject: PolicySubject): boolean {
  return !isOurStatement(statement) && denialOf(statement, subject) === 'certain'
}

function judgeDenial(
  { policy, region, validations }: RegionFacts,
  subject: PolicySubject,
  target: string,
): Finding {
  const statements = policy.value?.Statement ?? []
  const certain = statements.find((statement) => denialOf(statement, subject) === 'certain')
  if (certain) {
    return found(secretCauses['policy-shuts-ecr-out'], target, {
      statement: nameOfStatement(certain),
      role: roleFor(region, subject.secretArn ?? ''),
    })
  }
  const possible = statements.find((statement) => denialOf(statement, subject) === 'possible')
  if (!possible) return ok('policy.denial', target)
  if ([...validations.values()].some(({ value }) => value?.isValid)) {
    return ok('policy.denial', target, 'ECR has just read the secret')
  }
  return found(secretCauses['policy-may-shut-ecr-out'], target, { statement: nameOfStatement(possible) })
}
