import type { SecretReader } from '../aws/secret-reader.ts'
import type { EcrRegistry } from '../ecr/registry.ts'
import { usesSecret } from '../ecr/rule-credential.ts'
import { answered, type Finding, skipped } from './finding.ts'
import { judgePolicy } from './policy.ts'
import type { RegionContext, RegionFacts } from './region-facts.ts'
import { judgeRules } from './rule.ts'
import { judgeSecret } from './secret.ts'

/** Ask a Region everything: all at once, and then each rule that uses the secret to be validated. */
export async function observeRegion(
  { region, secretName }: Pick<RegionFacts, 'region' | 'secretName'>,
  secret: SecretReader,
  registry: EcrRegistry,
): Promise<RegionFacts> {
  const [description, policy, templates, [rules, validations]] = await Promise.all([
    answered(secret.describe()),
    answered(secret.policy()),
    answered(registry.templates()),
    observeRules(secretName, registry),
  ])
  return { region, secretName, description, policy, rules, templates, validations }
}

async function observeRules(secretName: string, registry: EcrRegistry) {
  const rules = await answered(registry.rules())
  const using = (rules.value ?? []).filter((rule) => usesSecret(rule, secretName))
  const validations = await Promise.all(
    using.map(
      async ({ ecrRepositoryPrefix: prefix }) => [prefix, await answered(registry.validate(prefix))] as const,
    ),
  )
  return [rules, new Map(validations)] as const
}

/** Every finding about one Region. */
export function judgeRegion(facts: RegionFacts, context: RegionContext): readonly Finding[] {
  const findings = [
    ...judgeSecret(facts, context),
    ...judgePolicy(facts, context),
    ...judgeRules(facts, context),
  ]
  // One cause, told once: see `aws.identity`.
  const { description, policy, rules, templates, validations } = facts
  const unknownCaller = [description, policy, rules, templates, ...validations.values()].flatMap(
    ({ error }) => (error?.code === 'ERR_UNAUTHENTICATED' ? [error.message] : []),
  )
  return findings.map((finding) =>
    finding.status === 'denied' && unknownCaller.includes(finding.cause ?? '')
      ? skipped(finding.id, finding.target, 'AWS does not know the caller, see aws.identity')
      : finding,
  )
}
