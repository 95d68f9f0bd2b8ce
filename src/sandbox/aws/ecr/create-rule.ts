import { parseArn } from '../arn.ts'
import { pullThroughCacheRole } from '../pull-through-cache-role.ts'
import type { ValueOf } from '../shape.ts'
import { authorize, authorizedRegistry } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { invalidParameter, limitExceeded, ruleExists, upstreamNeedsCredential } from './errors.ts'
import { prefixKey } from './prefix.ts'
import { identified, type Rule } from './rule.ts'
import type { shapes } from './shapes.ts'
import type { Registry } from './store.ts'
import { readUpstreamSecret } from './upstream-secret.ts'
import { needsCredential, readUpstream, type UpstreamRegistry } from './upstream.ts'

type Input = ValueOf<(typeof shapes)['CreatePullThroughCacheRule']>

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html */
export function createPullThroughCacheRule(call: Call, input: Input): Output {
  const registry = authorizedRegistry(call, input.registryId)
  checkRegion(registry)
  const upstream = readUpstream(input.upstreamRegistryUrl, input.upstreamRegistry)
  checkPrefixes(input)
  checkCredential(input, upstream, registry)
  const key = prefixKey(input.ecrRepositoryPrefix)
  if (registry.rules.has(key)) throw ruleExists()
  if (registry.rules.size >= mostRules) throw limitExceeded()
  makeServiceLinkedRole(call, registry)
  if (input.credentialArn !== undefined) {
    const secret = readUpstreamSecret(call, input.credentialArn, registry)
    if (!secret.readable) throw secret.refusal
  }
  const rule: Rule = {
    ecrRepositoryPrefix: input.ecrRepositoryPrefix,
    upstreamRegistryUrl: input.upstreamRegistryUrl,
    upstreamRegistry: upstream,
    credentialArn: input.credentialArn,
    customRoleArn: input.customRoleArn,
    // Terraform's tests of rules for other registries would find a difference if those were given one too.
    upstreamRepositoryPrefix: input.upstreamRepositoryPrefix ?? (upstream === 'ecr' ? 'ROOT' : undefined),
    createdAt: call.now,
    updatedAt: call.now,
  }
  registry.rules.set(key, rule)
  return {
    ...identified(rule, registry),
    upstreamRegistryUrl: rule.upstreamRegistryUrl,
    upstreamRegistry: rule.upstreamRegistry,
    createdAt: rule.createdAt,
  }
}

/**
 * A role that ECR takes on to pull from another account's ECR has to be in the registry's own account.
 *
 * @throws `InvalidParameterException`
 */
export function checkCustomRole(roleArn: string, { account }: Registry): void {
  const arn = parseArn(roleArn)
  if (arn?.service !== 'iam' || arn.account !== account || !/^role\/./.test(arn.resource)) {
    throw invalidParameter('customRoleArn', 'must be the ARN of a role in the account of the registry')
  }
}

/** Not adjustable. https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const mostRules = 50

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html */
function checkRegion({ region }: Registry): void {
  if (/^(cn|us-gov)-/.test(region)) {
    throw invalidParameter('region', `pull through cache rules are not supported in ${region}`)
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html */
function checkPrefixes({ ecrRepositoryPrefix, upstreamRepositoryPrefix = 'ROOT' }: Input): void {
  if (ecrRepositoryPrefix === 'ROOT' && upstreamRepositoryPrefix !== 'ROOT') {
    throw invalidParameter('upstreamRepositoryPrefix', 'must be ROOT where the ECR repository prefix is ROOT')
  }
}

function checkCredential(
  { credentialArn, customRoleArn, upstreamRegistryUrl }: Input,
  upstream: UpstreamRegistry,
  registry: Registry,
): void {
  if (needsCredential(upstream)) {
    if (credentialArn === undefined) throw upstreamNeedsCredential()
  } else if (credentialArn !== undefined) {
    throw invalidParameter('credentialArn', `is not supported for the upstream registry ${upstream}`)
  }
  if (customRoleArn !== undefined) {
    if (upstream !== 'ecr')
      throw invalidParameter('customRoleArn', 'is only supported for the upstream registry ecr')
    checkCustomRole(customRoleArn, registry)
  } else if (upstream === 'ecr' && !upstreamRegistryUrl.startsWith(`${registry.account}.`)) {
    throw invalidParameter('customRoleArn', "must not be null for another account's registry")
  }
}

/**
 * The first rule of an account makes the role that ECR reads secrets with; whoever creates it has to be allowed to.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pullthroughcache.html
 */
function makeServiceLinkedRole(call: Call, { account }: Registry): void {
  const { serviceLinkedRoles: roles } = call.world
  if (roles.has(account)) return
  authorize(call, {
    action: 'iam:CreateServiceLinkedRole',
    resource: pullThroughCacheRole(account).principalArn,
    account,
    keys: { 'iam:AWSServiceName': 'pullthroughcache.ecr.amazonaws.com' },
  })
  roles.add(account)
}
