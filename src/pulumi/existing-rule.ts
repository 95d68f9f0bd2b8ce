import { getPullThroughCacheRule } from '@pulumi/aws/ecr/getPullThroughCacheRule.js'
import type { InvokeOptions } from '@pulumi/pulumi'
import type { RulePaths } from '../ecr/cached-reference.ts'
import { pointsTo } from '../ecr/rule-credential.ts'
import { PullthroughError } from '../errors.ts'
import { isNotFound } from './not-found.ts'

/** What a rule must be for a stack that relies on it. */
export interface WantedRule extends RulePaths {
  readonly region: string
  /** The secret’s ARN; `undefined` for an upstream without one. */
  readonly credentialArn: string | undefined
}

/**
 * Read a rule that another stack owns, and see that it is the one that is wanted.
 *
 * @returns the account, which is the registry’s id
 * @throws {@link PullthroughError} `ERR_STATE` if there is no such rule, or it is another one.
 */
export async function existingRule(wanted: WantedRule, opts: InvokeOptions): Promise<string> {
  const { ecrRepositoryPrefix: prefix, region, upstreamRegistryUrl, credentialArn } = wanted
  const rule = await getPullThroughCacheRule({ ecrRepositoryPrefix: prefix, region }, opts).catch(
    (error: unknown) => {
      if (!isNotFound(error)) throw error
      throw new PullthroughError('ERR_STATE', `there is no pull-through cache rule ${prefix} in ${region}`, {
        hint: 'run pulumi up in the stack that owns it, or leave `existing` out, so that this stack makes a rule of its own',
      })
    },
  )
  if (rule.upstreamRegistryUrl !== upstreamRegistryUrl) {
    throw new PullthroughError(
      'ERR_STATE',
      `the rule ${prefix} in ${region} caches ${rule.upstreamRegistryUrl}, not ${upstreamRegistryUrl}`,
      { hint: 'name the prefix of another rule, or leave `existing` out' },
    )
  }
  // The provider says neither `undefined` nor the empty text reliably of what ECR leaves out.
  const actual = rule.credentialArn || undefined
  if (credentialArn !== undefined && !pointsTo({ credentialArn: actual }, credentialArn)) {
    throw new PullthroughError(
      'ERR_STATE',
      `the rule ${prefix} in ${region} uses ${actual ?? 'no secret'}, not ${credentialArn}`,
      { hint: 'run pulumi up in the stack that owns it, so that it points to the secret of today' },
    )
  }
  return rule.registryId
}
