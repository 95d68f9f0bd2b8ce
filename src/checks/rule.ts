import { denialOf } from '../aws/ecr-denial.ts'
import { isCustomerKey } from '../destinations/secret-plan.ts'
import type { CacheRule, Validation } from '../ecr/registry.ts'
import { isDockerHubRule, pointsTo, secretNamesIn, usesSecret } from '../ecr/rule-credential.ts'
import { templateFor } from '../ecr/template.ts'
import { found } from './causes/cause.ts'
import { ecrCauses } from './causes/ecr.ts'
import { type Answered, failed, type Finding, ok, skipped } from './finding.ts'
import { type RegionContext, type RegionFacts, subjectOf } from './region-facts.ts'
import { currentVersion, isOurVersion } from './secret.ts'

/**
 * How many rules a Region takes; not adjustable.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
 */
const mostRules = 50

/** Few enough to say so. */
const fewLeft = 5

/** The cache rules of a Region, as far as the secret and Docker Hub are concerned. */
export function judgeRules(facts: RegionFacts, context: RegionContext): readonly Finding[] {
  const { region, rules, secretName } = facts
  const target = `${region} cache rules`
  if (rules.error) {
    const why = 'the rules could not be read'
    return [failed('rule.present', target, rules.error), skipped('rule.quota', target, why)]
  }
  const using = rules.value.filter((rule) => usesSecret(rule, secretName))
  return [
    judgePresence(facts, target),
    judgeQuota(facts, rules.value.length, target),
    ...using.flatMap((rule) => judgeRule(rule, facts, context)),
  ]
}

function judgePresence({ region, rules, secretName, description }: RegionFacts, target: string): Finding {
  const forDockerHub = (rules.value ?? []).filter(isDockerHubRule)
  const using = forDockerHub.filter((rule) => usesSecret(rule, secretName))
  if (using.length > 0) {
    const prefixes = using.map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix).join(', ')
    return ok('rule.present', target, `${prefixes} ${using.length === 1 ? 'uses' : 'use'} the secret`)
  }
  const secretArn = description.value?.arn
  const [other] = forDockerHub
  if (!other) {
    return found(ecrCauses['rule-absent'], target, { region, secretArn })
  }
  const others = forDockerHub
    .map((rule) => `${rule.ecrRepositoryPrefix} uses ${secretNamesIn(rule)[0] ?? 'none'}`)
    .join(', ')
  const prefix = other.ecrRepositoryPrefix
  return found(ecrCauses['rule-uses-another-secret'], target, { region, prefix, others, secretArn })
}

function judgeQuota({ region }: RegionFacts, count: number, target: string): Finding {
  if (count > mostRules - fewLeft) {
    return found(ecrCauses['rules-run-short'], target, { region, count, most: mostRules })
  }
  return ok('rule.quota', target, `${count} of ${mostRules} rules`)
}

function judgeRule(rule: CacheRule, facts: RegionFacts, context: RegionContext): readonly Finding[] {
  const { region, validations } = facts
  const prefix = rule.ecrRepositoryPrefix
  const target = `${region} rule ${prefix}`
  return [
    isDockerHubRule(rule)
      ? ok('rule.upstream', target, rule.upstreamRegistryUrl)
      : found(ecrCauses['rule-of-another-upstream'], target, {
          region,
          prefix,
          upstream: rule.upstreamRegistryUrl,
        }),
    judgeCredential(rule, facts, target),
    judgeValidation(rule, validations.get(prefix), facts, context, target),
    judgeTemplate(rule, facts, target),
  ]
}

function judgeCredential(rule: CacheRule, { region, description }: RegionFacts, target: string): Finding {
  const { ecrRepositoryPrefix: prefix, credentialArn = '' } = rule
  if (description.error) {
    return skipped('rule.credential', target, 'the secret could not be looked at')
  }
  if (!description.value) {
    return found(ecrCauses['rule-points-to-no-secret'], target, { region, prefix, credentialArn })
  }
  const secretArn = description.value.arn
  return pointsTo(rule, secretArn)
    ? ok('rule.credential', target, credentialArn)
    : found(ecrCauses['rule-points-to-old-secret'], target, { region, prefix, credentialArn, secretArn })
}

function judgeValidation(
  rule: CacheRule,
  validation: Answered<Validation | undefined> | undefined,
  facts: RegionFacts,
  context: RegionContext,
  target: string,
): Finding {
  const { region } = facts
  const { ecrRepositoryPrefix: prefix } = rule
  if (!validation) return skipped('rule.valid', target, 'it was not asked for')
  if (validation.error) return failed('rule.valid', target, validation.error)
  if (!validation.value) return found(ecrCauses['rule-vanished'], target, { region, prefix })
  if (validation.value.isValid) {
    return ok('rule.valid', target, 'ECR reads the secret and logs in with it')
  }
  const { failure } = validation.value
  const reasons = reasonsFor(rule, facts, context)
  const [first = unexplained] = reasons
  const because = (reasons.length > 0 ? reasons : [unexplained]).map((reason) => reason.because).join('; ')
  return found(ecrCauses['rule-cannot-log-in'], target, {
    region,
    prefix,
    failure,
    because,
    remedy: first.remedy,
  })
}

interface Reason {
  readonly because: string
  readonly remedy: string
}

const unexplained: Reason = {
  because: 'nothing else that was asked here explains it',
  remedy:
    'run it again in a minute, for ECR may see a new secret late; if it stays, run: pullthrough sync, and see https://health.aws.amazon.com',
}

/** Why ECR cannot log in, as far as the other answers tell. What ECR itself says is undocumented text. */
function reasonsFor(
  rule: CacheRule,
  { region, description, policy }: RegionFacts,
  { version, loginFailure, hasRole }: RegionContext,
): readonly Reason[] {
  const secret = description.value
  const reasons: Reason[] = []
  const see = (because: string, check: string) => {
    reasons.push({ because, remedy: `do what mends ${check}` })
  }
  if (!isDockerHubRule(rule)) see('its upstream is not Docker Hub', 'rule.upstream')
  if (!description.error && !secret) see('the secret is not there', 'secret.present')
  if (secret?.deletedDate) see('the secret is scheduled for deletion', 'secret.present')
  if (secret && !pointsTo(rule, secret.arn)) see('the rule points to another ARN', 'rule.credential')
  if (isCustomerKey(secret?.kmsKeyId)) see('ECR cannot use the secret’s key', 'secret.key')
  if (secret && currentVersion(secret) === undefined) see('the secret has no current value', 'secret.labels')
  const subject = secret && subjectOf(region, secret.arn)
  if (subject && policy.value?.Statement.some((statement) => denialOf(statement, subject) === 'certain')) {
    see('the resource policy shuts ECR out', 'policy.denial')
  }
  if (hasRole.value === false) see('ECR’s service-linked role is not there', 'aws.role')
  const current = secret && currentVersion(secret)
  if (current !== undefined && version.value !== undefined) {
    if (current !== version.value) {
      const because = isOurVersion(current)
        ? 'AWS holds another credential than the source'
        : 'another hand wrote the secret’s current version'
      see(because, 'secret.version')
    } else if (loginFailure?.code === 'ERR_CREDENTIAL_REFUSED') {
      see('Docker Hub refuses the credential itself', 'docker-hub.login')
    }
  }
  if (reasons.length > 0) return reasons
  if (loginFailure) see('whether Docker Hub accepts the credential is not known', 'docker-hub.login')
  if (version.error) {
    see('which credential it is cannot be told, for the source could not be read', 'the source')
  }
  return reasons
}

function judgeTemplate(rule: CacheRule, { region, templates }: RegionFacts, target: string): Finding {
  if (templates.error) return failed('rule.template', target, templates.error)
  const prefix = rule.ecrRepositoryPrefix
  const template = templateFor(prefix, templates.value)
  if (!template) {
    return ok('rule.template', target, 'no template: the cache makes repositories with ECR’s defaults')
  }
  const { encryptionType = 'AES256', hasResourceTags, customRoleArn, imageTagMutability } = template
  const facts = { region, prefix, template: template.prefix }
  if ((hasResourceTags || encryptionType !== 'AES256') && !customRoleArn) {
    return found(ecrCauses['template-needs-a-role'], target, facts)
  }
  if (imageTagMutability?.startsWith('IMMUTABLE')) {
    return found(ecrCauses['template-freezes-tags'], target, facts)
  }
  return ok('rule.template', target, `template ${template.prefix}`)
}
