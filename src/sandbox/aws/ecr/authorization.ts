import { accessDenied } from '../access-denied.ts'
import { partitionOf } from '../arn.ts'
import { globalKeys } from '../global-keys.ts'
import { decide } from '../iam/policy.ts'
import { parsePolicyDocument, type PolicyDocument } from '../iam/policy-document.ts'
import { type ContextEntries, createContext } from '../iam/request-context.ts'
import type { Call } from './call.ts'
import type { Tag } from './repository.ts'
import type { Registry } from './store.ts'

/**
 * The registry that a call is about, for somebody who may do this with its rules, templates or policy. They have no
 * ARN, and no policy but the caller's own counts.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 *
 * @param registryId the caller's account unless it was sent
 * @throws `AccessDeniedException`
 */
export function authorizedRegistry(call: Call, registryId = call.caller.account): Registry {
  authorize(call, { resource: '*', account: registryId })
  return call.world.registries.registry({ account: registryId, region: call.region })
}

/**
 * The registry of a repository, for somebody whom his own or the registry's policy allows this.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
 *
 * @param name `*` for every repository
 * @param action the call's own unless something else has to be allowed too
 * @throws `AccessDeniedException`
 */
export function authorizedRepositories(
  call: Call,
  {
    registryId = call.caller.account,
    name,
    action,
    tags,
  }: {
    readonly registryId: string | undefined
    readonly name: string
    readonly action?: string
    readonly tags?: readonly Tag[] | undefined
  },
): Registry {
  const registry = call.world.registries.registry({ account: registryId, region: call.region })
  authorize(call, {
    action,
    resource: repositoryArn(registry, name),
    account: registryId,
    policy: registry.policy,
    keys: {
      ...tagKeys(['aws:RequestTag'], tags),
      ...tagKeys(['aws:ResourceTag', 'ecr:ResourceTag'], registry.repositories.get(name)?.tags),
      'aws:TagKeys': tags?.map(({ Key }) => Key),
    },
  })
  return registry
}

/** @throws `AccessDeniedException` */
export function authorize(
  call: Call,
  {
    action = `ecr:${call.operation}`,
    resource,
    account,
    policy,
    keys = {},
  }: {
    readonly action?: string | undefined
    readonly resource: string
    readonly account: string
    /** The registry policy, where it counts. */
    readonly policy?: string | undefined
    readonly keys?: ContextEntries
  },
): void {
  const { caller, region, now } = call
  const context = createContext({ ...globalKeys(caller, { region, resourceAccount: account, now }), ...keys })
  const request = { caller, action, resource, resourceAccount: account, context }
  const decision = decide(request, readStoredPolicy(policy))
  if (!decision.allowed) throw accessDenied(caller.arn, { action, shown: resource, decision })
}

/** `arn:aws:ecr:us-east-1:123456789012:repository/docker-hub/library/alpine` */
export function repositoryArn(
  { account, region }: Pick<Registry, 'account' | 'region'>,
  name: string,
): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`
}

function tagKeys(prefixes: readonly string[], tags: readonly Tag[] = []): ContextEntries {
  return Object.fromEntries(
    prefixes.flatMap((prefix) => tags.map(({ Key, Value }) => [`${prefix}/${Key}`, Value])),
  )
}

/** PutRegistryPolicy has checked it. */
function readStoredPolicy(policy: string | undefined): PolicyDocument | undefined {
  return policy === undefined ? undefined : parsePolicyDocument(JSON.parse(policy), 'resource')
}
