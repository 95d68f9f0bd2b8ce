import type { ValueOf } from '../shape.ts'
import { authorizedRegistry } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { checkCustomRole } from './create-rule.ts'
import { invalidParameter, nothingToUpdate, ruleNotFound } from './errors.ts'
import { listed } from './listed.ts'
import { prefixKey } from './prefix.ts'
import { identified, type Rule } from './rule.ts'
import type { shapes } from './shapes.ts'
import type { Registry } from './store.ts'
import { readUpstreamSecret } from './upstream-secret.ts'
import { needsCredential } from './upstream.ts'

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribePullThroughCacheRules.html */
export function describePullThroughCacheRules(
  call: Call,
  input: ValueOf<(typeof shapes)['DescribePullThroughCacheRules']>,
): Output {
  const registry = authorizedRegistry(call, input.registryId)
  const { items, nextToken } = listed([...registry.rules.values()], {
    input,
    naming: 'ecrRepositoryPrefixes',
    named: input.ecrRepositoryPrefixes,
    find: (prefix) => findRule(registry, prefix),
  })
  return {
    pullThroughCacheRules: items.map((rule) => ({ ...rule, registryId: registry.account })),
    nextToken,
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UpdatePullThroughCacheRule.html */
export function updatePullThroughCacheRule(
  call: Call,
  input: ValueOf<(typeof shapes)['UpdatePullThroughCacheRule']>,
): Output {
  const { registry, rule } = authorizedRule(call, input)
  const { credentialArn, customRoleArn } = input
  if (credentialArn === undefined && customRoleArn === undefined) throw nothingToUpdate()
  if (customRoleArn !== undefined) {
    if (rule.upstreamRegistry !== 'ecr') {
      throw invalidParameter('customRoleArn', 'is only supported for the upstream registry ecr')
    }
    checkCustomRole(customRoleArn, registry)
  }
  if (credentialArn !== undefined) {
    if (!needsCredential(rule.upstreamRegistry)) {
      throw invalidParameter(
        'credentialArn',
        `is not supported for the upstream registry ${rule.upstreamRegistry}`,
      )
    }
    const secret = readUpstreamSecret(call, credentialArn, registry)
    if (!secret.readable) throw secret.refusal
  }
  const changed: Rule = {
    ...rule,
    credentialArn: credentialArn ?? rule.credentialArn,
    customRoleArn: customRoleArn ?? rule.customRoleArn,
    updatedAt: call.now,
  }
  registry.rules.set(prefixKey(rule.ecrRepositoryPrefix), changed)
  return { ...identified(changed, registry), updatedAt: changed.updatedAt }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeletePullThroughCacheRule.html */
export function deletePullThroughCacheRule(
  call: Call,
  input: ValueOf<(typeof shapes)['DeletePullThroughCacheRule']>,
): Output {
  const { registry, rule } = authorizedRule(call, input)
  registry.rules.delete(prefixKey(rule.ecrRepositoryPrefix))
  return {
    ...identified(rule, registry),
    upstreamRegistryUrl: rule.upstreamRegistryUrl,
    createdAt: rule.createdAt,
  }
}

/**
 * The rule that a call names, for somebody who may do this with it.
 *
 * @throws `AccessDeniedException`, `PullThroughCacheRuleNotFoundException`
 */
export function authorizedRule(
  call: Call,
  { registryId, ecrRepositoryPrefix }: { readonly registryId?: string; readonly ecrRepositoryPrefix: string },
): { readonly registry: Registry; readonly rule: Rule } {
  const registry = authorizedRegistry(call, registryId)
  return { registry, rule: findRule(registry, ecrRepositoryPrefix) }
}

function findRule(registry: Registry, prefix: string): Rule {
  const rule = registry.rules.get(prefixKey(prefix))
  if (!rule) throw ruleNotFound()
  return rule
}
