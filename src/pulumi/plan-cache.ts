import type { RepositoryCreationTemplateArgs } from '@pulumi/aws/ecr/repositoryCreationTemplate.js'
import type { RulePaths } from '../ecr/cached-reference.ts'
import { PullthroughError } from '../errors.ts'
import { prefixProblem, stackPrefix } from './prefix.ts'
import type { PullThroughCacheArgs } from './pull-through-cache-args.ts'
import { templateArgs } from './repositories.ts'
import { ruleUpstream } from './upstream.ts'

/** What the arguments of a cache come to, before anything is asked or made. */
interface CachePlan {
  readonly rule: RulePaths & { readonly upstreamRepositoryPrefix?: string }
  /** The secret that the rule reads; `undefined` if its upstream takes none. */
  readonly secretName: string | undefined
  /** By which Pulumi imports the rule, if it is to be taken over. */
  readonly importId: string | undefined
  readonly template: Omit<RepositoryCreationTemplateArgs, 'region'> | undefined
}

/** @throws {@link PullthroughError} `ERR_USAGE` if the arguments contradict each other, or ECR would not take them. */
export function planCache(stack: string, args: PullThroughCacheArgs): CachePlan {
  const { url, usualPrefix, secretName } = ruleUpstream(args)
  const { upstreamRepositoryPrefix, repositories } = args
  refuseMisplaced(args)
  const prefix = rulePrefix(usualPrefix, stack, args)
  return {
    rule: {
      ecrRepositoryPrefix: prefix,
      upstreamRegistryUrl: url,
      ...(upstreamRepositoryPrefix === undefined ? {} : { upstreamRepositoryPrefix }),
    },
    secretName,
    importId: args.adopt ? importId(prefix, args) : undefined,
    template: repositories && templateArgs(prefix, repositories),
  }
}

/** What ECR would refuse at `pulumi up`, or take for something else. */
function refuseMisplaced({
  upstream,
  upstreamRepositoryPrefix,
  customRoleArn,
  region,
}: PullThroughCacheArgs) {
  if (region === '') throw misused('region is empty', 'name a Region, or leave it out for the provider’s')
  if (upstream === 'ecr') return
  if (customRoleArn !== undefined) {
    throw misused('customRoleArn is for the upstream ecr alone', 'leave it out')
  }
  if (upstreamRepositoryPrefix !== undefined) {
    throw misused('upstreamRepositoryPrefix is for the upstream ecr alone', 'leave it out')
  }
}

/**
 * The prefix of the rule that a stack makes, or relies on: given, the upstream’s usual one, or of the stack’s own. A
 * rule has one owner; another stack that makes the same prefix is refused by ECR
 * (`PullThroughCacheRuleAlreadyExistsException`).
 */
function rulePrefix(usualPrefix: string, stack: string, args: PullThroughCacheArgs): string {
  const { prefix, shared = false, existing = false, adopt = false, repositories } = args
  if (prefix !== undefined && shared) throw misused('prefix and shared are both given', 'keep one of them')
  if (existing && adopt) {
    throw misused(
      'existing and adopt are both given',
      'existing leaves the rule to its owner, adopt makes this stack the owner: keep one of them',
    )
  }
  if (existing && repositories) {
    throw misused(
      'repositories is given for a rule that another stack owns',
      'give it in the stack that owns the rule',
    )
  }
  const wanted = prefix ?? (shared || existing || adopt ? usualPrefix : stackPrefix(usualPrefix, stack))
  const problem = prefixProblem(wanted)
  if (problem === undefined) return wanted
  throw misused(
    `the prefix ${JSON.stringify(wanted)} does not do: ${problem}`,
    'give another prefix, or none: then it is made of the stack’s name',
  )
}

/** https://www.pulumi.com/registry/packages/aws/how-to-guides/enhanced-region-support/ */
function importId(prefix: string, { region }: PullThroughCacheArgs): string {
  if (region === undefined) return prefix
  if (typeof region === 'string') return `${prefix}@${region}`
  throw misused(
    'adopt needs a Region that is known beforehand',
    'give region as a plain text, or leave it out',
  )
}

function misused(what: string, hint: string): PullthroughError {
  return new PullthroughError('ERR_USAGE', what, { hint })
}
