import type { Decision } from '../aws/permissions.ts'
import { answerOf, type PolicyAnswer } from '../aws/policy-grant.ts'
import { loginAction, repositoryActions, repositoryArn } from '../ecr/pull-permission.ts'
import { found } from './causes/cause.ts'
import { imageCauses } from './causes/image.ts'
import { type Finding, ok, skipped } from './finding.ts'
import { type ImageFacts, imageTarget } from './image-facts.ts'
import { onceCached, unanswered } from './image-status.ts'

/** Whether an action is allowed, by what the caller’s policies and the registry’s say together. */
interface Verdict {
  readonly action: string
  readonly answer: 'allowed' | 'lacking' | 'denied' | 'unknown'
  /** Who denies it, or why it is not known. */
  readonly why?: string
}

/** The two that a registry policy can grant whatever its scope; both are about the import alone. */
const importActions: readonly string[] = ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository']

/** Whether the caller may pull the image, import it, and make its repository. */
export function judgePermissions(facts: ImageFacts): Finding {
  const { region, caller, permissions, hasRepository, path } = facts
  const target = imageTarget(facts)
  if (!path.cached || !path.rule) return skipped('image.permissions', target, 'no rule covers the image')
  if (!caller.value) return skipped('image.permissions', target, 'who the caller is, is not known')
  if (!permissions) return skipped('image.permissions', target, 'it was not asked for')
  if (permissions.error) {
    const { code, message } = permissions.error
    return code === 'ERR_DENIED' || code === 'ERR_STATE'
      ? found(imageCauses['permission-not-simulated'], target, { why: message })
      : unanswered('image.permissions', target, permissions.error)
  }
  const { principalArn, decisions } = permissions.value
  const verdicts = [loginAction, ...repositoryActions]
    .filter((action) => action !== 'ecr:CreateRepository' || hasRepository?.value !== true)
    .map((action) => judgeAction(action, decisions.get(action), facts))
  const actionsOf = (answer: Verdict['answer']) =>
    verdicts.filter((verdict) => verdict.answer === answer).map(({ action }) => action)
  const named = { region, path: path.cached.path, principalArn }
  // Who may not import may still pull what is there.
  const asItIs = (actions: readonly string[], finding: Finding) =>
    facts.hasImage?.value && actions.every((action) => importActions.includes(action))
      ? onceCached(finding)
      : finding

  const [denied] = verdicts.filter(({ answer }) => answer === 'denied')
  if (denied) {
    const { why: by = '' } = denied
    const actions = verdicts
      .filter(({ answer, why }) => answer === 'denied' && why === by)
      .map(({ action }) => action)
    return asItIs(actions, found(imageCauses['permission-denied'], target, { ...named, actions, by }))
  }
  const lacking = actionsOf('lacking')
  if (lacking.length > 0) {
    return asItIs(lacking, found(imageCauses['permission-lacking'], target, { ...named, actions: lacking }))
  }
  const unknown = actionsOf('unknown')
  if (unknown.length > 0) {
    const reasons = new Set(verdicts.flatMap(({ answer, why }) => (answer === 'unknown' && why ? [why] : [])))
    return found(imageCauses['permission-unknown'], target, {
      principalArn,
      actions: unknown,
      why: [...reasons].join('; '),
    })
  }
  return ok('image.permissions', target, `${principalArn} may; whoever else pulls needs the same`)
}

function judgeAction(action: string, own: Decision | undefined, facts: ImageFacts): Verdict {
  const registry = action === loginAction ? 'silent' : registryAnswer(action, facts)
  if (own?.answer === 'denied') return { action, answer: 'denied', why: 'a policy of the caller' }
  if (registry === 'denies') return { action, answer: 'denied', why: 'the registry policy' }
  if (own?.answer === 'allowed') return { action, answer: 'allowed' }
  if (registry === 'allows' && importActions.includes(action)) return { action, answer: 'allowed' }
  if (own === undefined) return { action, answer: 'unknown', why: 'IAM did not tell' }
  if (own.answer === 'unknown') {
    return { action, answer: 'unknown', why: `it hangs on ${own.keys.join(', ')}` }
  }
  switch (registry) {
    case 'allows':
      return {
        action,
        answer: 'unknown',
        why: 'whether the registry policy counts for it hangs on its scope',
      }
    case 'unknown':
      return { action, answer: 'unknown', why: 'it hangs on a condition of the registry policy' }
    case 'not-read':
      return { action, answer: 'unknown', why: 'the registry policy could not be read' }
    case 'silent':
      break
  }
  const { hasRepository } = facts
  if (action === 'ecr:CreateRepository' && hasRepository?.value === undefined) {
    return { action, answer: 'unknown', why: 'whether the repository is there already could not be asked' }
  }
  if (action !== loginAction && hasRepository?.value === true) {
    return { action, answer: 'unknown', why: 'the repository is there, and its own policy may allow it' }
  }
  return { action, answer: 'lacking' }
}

function registryAnswer(action: string, facts: ImageFacts): PolicyAnswer | 'not-read' {
  const { registryPolicy, caller, permissions, region, path } = facts
  if (registryPolicy.error) return 'not-read'
  if (!registryPolicy.value || !caller.value || !path.cached) return 'silent'
  return answerOf(registryPolicy.value, {
    action,
    resource: repositoryArn({ ...caller.value, region }, path.cached.path),
    principalArn: permissions?.value?.principalArn ?? caller.value.arn,
    callerArn: caller.value.arn,
  })
}
