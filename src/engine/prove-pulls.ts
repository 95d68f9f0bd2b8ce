import { found } from '../checks/causes/cause.ts'
import { pullCauses } from '../checks/causes/pull.ts'
import { type Finding, failed, isRed, skipped, answered } from '../checks/finding.ts'
import { judgePull } from '../checks/pull.ts'
import { observePull, type PullQuestions } from '../checks/pull-facts.ts'
import type { RegionFacts } from '../checks/region-facts.ts'
import type { Credential } from '../credential.ts'
import { familiarReference, type ImageReference } from '../ecr/image-reference.ts'
import { shownUsername } from '../registries/docker-hub-refusal.ts'

/** What is to be pulled, and how a Region is asked. */
export interface PullsToProve {
  /** At its upstream. */
  readonly image: ImageReference
  /** Whether what the pulls bring into the cache is deleted again. */
  readonly cleanUp: boolean
  /** @param credential the source’s; `undefined` if it could not be read */
  readonly questions: (region: string, credential: Credential | undefined) => PullQuestions
}

/**
 * Pull through the cache of each Region, one after the other, so that each sees what its own pulls count at Docker Hub.
 *
 * @param verified what was found before: it says why a pull fails
 *
 * @throws {@link PullthroughError} `ERR_INTERRUPTED`, and nothing else: every other failure is a finding.
 */
export async function provePulls(
  { image, cleanUp, questions }: PullsToProve,
  regions: readonly Pick<RegionFacts, 'region' | 'rules'>[],
  credential: Credential | undefined,
  verified: readonly Finding[],
): Promise<readonly Finding[]> {
  const username = credential && shownUsername(credential)
  const findings: Finding[] = []
  for (const { region, rules } of regions) {
    if (rules.error) {
      findings.push(skipped('pull.new', region, 'the rules could not be read, see rule.present'))
      continue
    }
    const asked = questions(region, credential)
    const facts = await answered(observePull({ region, upstream: image, cleanUp }, rules.value, asked))
    if (facts.error) findings.push(failed('pull.new', region, facts.error))
    else if (!facts.value) {
      findings.push(uncovered(image, region, verified))
    } else {
      const isRuleInvalid = (prefix: string) =>
        verified.some(
          (finding) =>
            finding.id === 'rule.valid' && finding.target === `${region} rule ${prefix}` && isRed(finding),
        )
      findings.push(...judgePull(facts.value, { username, isRuleInvalid }))
    }
  }
  return findings
}

/** That Docker Hub has no rule at all is found already. */
function uncovered(image: ImageReference, region: string, verified: readonly Finding[]): Finding {
  const shown = familiarReference(image)
  const isKnown = verified.some(
    (finding) => finding.id === 'rule.present' && finding.target.startsWith(`${region} `) && isRed(finding),
  )
  return isKnown && image.domain === 'docker.io'
    ? skipped('pull.new', region, `no rule covers ${shown}, see rule.present`)
    : found(pullCauses['not-covered'], region, { image: shown, region })
}
