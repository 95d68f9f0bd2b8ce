import { accessDenied } from '../access-denied.ts'
import { partitionOf } from '../arn.ts'
import { globalKeys } from '../global-keys.ts'
import { type Decision, decide } from '../iam/policy.ts'
import { parsePolicyDocument, type PolicyDocument } from '../iam/policy-document.ts'
import { type ContextEntries, createContext } from '../iam/request-context.ts'
import type { Call } from './call.ts'
import { readRepositoryPolicy } from './repository-settings.ts'
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

/** What somebody wants to do with a repository. */
interface RepositoryUse {
  /** The caller's account if absent. */
  readonly registryId: string | undefined
  /** `*` for every repository. */
  readonly name: string
  /** The call's own unless something else has to be allowed too. */
  readonly action?: string
  readonly tags?: readonly Tag[] | undefined
}

/**
 * The registry of a repository, for somebody whom his own policy, the registry's or the repository's allows this.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
 *
 * @throws `AccessDeniedException`
 */
export function authorizedRepositories(call: Call, use: RepositoryUse): Registry {
  const registryId = use.registryId ?? call.caller.account
  authorize(call, wished(call, use))
  return call.world.registries.registry({ account: registryId, region: call.region })
}

/** Whether somebody may do something with a repository, where a refusal has words of its own. */
export function mayUseRepository(call: Call, use: RepositoryUse): boolean {
  return decisionOn(call, wished(call, use)).allowed
}

function wished(
  call: Call,
  { registryId = call.caller.account, name, action = `ecr:${call.operation}`, tags }: RepositoryUse,
): Wish {
  const registry = call.world.registries.registry({ account: registryId, region: call.region })
  const repository = registry.repositories.get(name)
  return {
    action,
    resource: repositoryArn(registry, name),
    account: registryId,
    policies: [
      registry.policy === undefined ? undefined : readRegistryPolicy(registry.policy),
      repository?.policy === undefined ? undefined : readRepositoryPolicy(repository.policy),
    ],
    keys: {
      ...tagKeys(['aws:RequestTag'], tags),
      ...tagKeys(['aws:ResourceTag', 'ecr:ResourceTag'], repository?.tags),
      'aws:TagKeys': tags?.map(({ Key }) => Key),
    },
  }
}

interface Wish {
  /** The call's own if absent. */
  readonly action?: string
  readonly resource: string
  readonly account: string
  /** The policies of the registry and the repository, where they count. */
  readonly policies?: readonly (PolicyDocument | undefined)[]
  readonly keys?: ContextEntries
}

/** @throws `AccessDeniedException` */
export function authorize(call: Call, wish: Wish): void {
  const decision = decisionOn(call, wish)
  if (decision.allowed) return
  const { action = `ecr:${call.operation}`, resource } = wish
  throw accessDenied(call.caller.arn, { action, shown: resource, decision })
}

function decisionOn(
  { caller, region, now, operation }: Call,
  { action = `ecr:${operation}`, resource, account, policies = [], keys = {} }: Wish,
): Decision {
  const context = createContext({ ...globalKeys(caller, { region, resourceAccount: account, now }), ...keys })
  return decide({ caller, action, resource, resourceAccount: account, context }, ...policies)
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
function readRegistryPolicy(policy: string): PolicyDocument {
  return parsePolicyDocument(JSON.parse(policy), 'resource')
}
