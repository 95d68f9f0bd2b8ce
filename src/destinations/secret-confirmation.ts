import { setTimeout as sleep } from 'node:timers/promises'
import type { CacheRule, EcrRegistry } from '../ecr/registry.ts'
import { isDockerHubRule, pointsTo } from '../ecr/rule-credential.ts'
import { PullthroughError } from '../errors.ts'
import type { World } from '../world.ts'
import type { Change, Confirmation } from './destination.ts'
import type { ObservedSecret, SecretCall } from './secret-plan.ts'

/** What {@link confirmSecret} works with. */
export interface SecretConfirmation {
  readonly observed: ObservedSecret
  /** The changes that took effect. */
  readonly done: readonly Change<SecretCall>[]
  readonly registry: Pick<EcrRegistry, 'rules' | 'validate'>
  /** Put a policy, as JSON text; none takes it away. */
  readonly putPolicy: (policy: string | undefined) => Promise<void>
}

/** How long ECR may take to see what was written: it is asked again after each of these, in milliseconds. */
const pauses = [0, 1000, 2000, 4000]

/**
 * Let ECR itself try the secret through each rule that uses it. A policy with which it cannot, though it could with
 * the one before, is taken back; a value with which it cannot is told.
 */
export async function confirmSecret(
  { observed, done, registry, putPolicy }: SecretConfirmation,
  world: World,
): Promise<Confirmation> {
  // No rule can point to the ARN of a secret that was made just now.
  const [first] = done
  if (observed.state !== 'present' || !first) return nothing
  const { subject, policy } = observed
  const objectTo = ({ target }: Change<SecretCall>, error: PullthroughError): Confirmation => ({
    objections: [{ target, error }],
    warnings: [],
  })
  let failure: string | undefined
  try {
    const rules = (await registry.rules()).filter(
      (rule) => isDockerHubRule(rule) && pointsTo(rule, subject.secretArn ?? ''),
    )
    failure = await failureOf(rules, registry, world)
    if (failure === undefined) return nothing
    const changed = done.find((change) => policyIn(change) !== undefined)
    if (!changed) return objectTo(first, unusable(failure))
    await putPolicy(policy && JSON.stringify(policy))
    if ((await failureOf(rules, registry, world)) === undefined) {
      return objectTo(changed, brokenByPolicy(failure))
    }
    await putPolicy(policyIn(changed))
    return objectTo(first, unusable(failure))
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    if (error.code === 'ERR_INTERRUPTED') return objectTo(done.at(-1) ?? first, error)
    if (failure !== undefined) return objectTo(done.at(-1) ?? first, unusable(`${failure}; ${error.message}`))
    return { objections: [], warnings: [notAsked(error)] }
  }
}

/** The policy that a change puts, if it puts one. */
function policyIn({ calls }: Change<SecretCall>): string | undefined {
  return calls.flatMap((call) => (call.operation === 'PutResourcePolicy' ? [call.policy] : []))[0]
}

const nothing: Confirmation = { objections: [], warnings: [] }

/** What ECR says against the first rule that does not work; it is given time to see what was written. */
async function failureOf(
  rules: readonly CacheRule[],
  registry: Pick<EcrRegistry, 'validate'>,
  { signal }: World,
): Promise<string | undefined> {
  let failure: string | undefined
  for (const pause of pauses) {
    await sleep(pause, undefined, { signal }).catch(() => {
      throw new PullthroughError('ERR_INTERRUPTED', 'interrupted before ECR had tried what was written', {
        hint: 'run: pullthrough verify',
      })
    })
    const validations = await Promise.all(
      rules.map(async ({ ecrRepositoryPrefix: prefix }) => ({
        prefix,
        validation: await registry.validate(prefix),
      })),
    )
    const invalid = validations.find(({ validation }) => validation?.isValid === false)
    if (!invalid || invalid.validation?.isValid !== false) return undefined
    failure = `through the rule ${invalid.prefix} it says “${invalid.validation.failure}”`
  }
  return failure
}

function unusable(failure: string): PullthroughError {
  return new PullthroughError('ERR_STATE', `it is written, but ECR cannot log in with it: ${failure}`, {
    hint: 'run: pullthrough verify',
  })
}

function brokenByPolicy(failure: string): PullthroughError {
  return new PullthroughError(
    'ERR_STATE',
    `with this policy ECR could not use the secret (${failure}), so the policy that was there is back, with which it can`,
    { hint: 'keep to what works: pullthrough sync --policy allow-only' },
  )
}

function notAsked({ message }: PullthroughError): string {
  return `it is written, but whether ECR can use it could not be asked: ${message}; see pullthrough verify`
}
