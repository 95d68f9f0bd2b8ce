import { PullThroughCacheRule } from '@pulumi/aws/ecr/pullThroughCacheRule.js'
import { RepositoryCreationTemplate } from '@pulumi/aws/ecr/repositoryCreationTemplate.js'
import { getPartitionOutput } from '@pulumi/aws/getPartition.js'
import { getRegion } from '@pulumi/aws/getRegion.js'
import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  getStack,
  interpolate,
  type Output,
  output,
  rootStackResource,
} from '@pulumi/pulumi'
import type { RulePaths } from '../ecr/cached-reference.ts'
import { pullPolicy } from '../ecr/pull-permission.ts'
import { cachedPath } from './cached-path.ts'
import { explained, failOf } from './explained.ts'
import { existingRule } from './existing-rule.ts'
import { planCache } from './plan-cache.ts'
import type { PullThroughCacheArgs } from './pull-through-cache-args.ts'
import { sharedSecretArn } from './shared-secret.ts'

/**
 * A pull-through cache of ECR’s for one stack: a rule that reads the secret which all stacks share, and never makes it.
 *
 * ```ts
 * const cache = new PullThroughCache('docker-hub')
 * export const image = cache.image('debian:bookworm-slim')
 * ```
 *
 * The program fails, with what to do, if the secret is absent, scheduled for deletion or under a key of the customer’s:
 * a rule is never left out of a plan because its credential is missing.
 */
export class PullThroughCache extends ComponentResource {
  /** The rule’s `ecrRepositoryPrefix`. */
  public readonly prefix: Output<string>
  /** The host of the registry: `123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  public readonly registryUrl: Output<string>
  /** The secret that the rule reads; none for an upstream without credentials. */
  public readonly credentialArn: Output<string | undefined>
  /** The least that an identity needs to pull through this cache: an IAM policy, as JSON text. */
  public readonly pullPolicy: Output<string>

  /** @internal Left out of the declarations, since Pulumi would make an output of it in other languages. */
  private readonly rule: RulePaths

  /** @throws `ResourceError` if the arguments contradict each other, or ECR would not take them. */
  constructor(name: string, args: PullThroughCacheArgs = {}, opts: ComponentResourceOptions = {}) {
    super('pullthrough:index:PullThroughCache', name, args, opts)
    const invoke = { parent: this }
    const { rule, secretName, importId, template } = explained(this, () => planCache(getStack(), args))
    const { ecrRepositoryPrefix: prefix } = rule
    const place = args.region === undefined ? {} : { region: args.region }

    const region = output(args.region).apply(
      async (region) => region ?? (await getRegion({}, invoke).catch(failOf(this))).region,
    )
    const credentialArn = all([region, args.credentialArn]).apply(
      async ([region, given]): Promise<string | undefined> =>
        secretName === undefined
          ? given
          : sharedSecretArn({ name: secretName, region }, invoke).catch(failOf(this)),
    )
    const registryId = args.existing
      ? all([region, credentialArn]).apply(([region, credentialArn]) =>
          existingRule({ ...rule, region, credentialArn }, invoke).catch(failOf(this)),
        )
      : new PullThroughCacheRule(
          name,
          { ...rule, ...place, ...roleOf(args), credentialArn },
          {
            parent: this,
            // ECR keeps one rule for a prefix: the next cannot be made before the last is gone.
            deleteBeforeReplace: true,
            // A rule that the program made before, by the same name and without the component, is this one: if it says
            // which prefix, and no other place. Any other would be replaced, and the old rule deleted.
            aliases: plainRule(args, opts),
            ...(importId === undefined ? {} : { import: importId, retainOnDelete: true }),
          },
        ).registryId
    if (template) {
      const options = { parent: this, deleteBeforeReplace: true }
      new RepositoryCreationTemplate(name, { ...template, ...place }, options)
    }

    const { partition, dnsSuffix } = getPartitionOutput({}, invoke)
    this.rule = rule
    this.prefix = output(prefix)
    this.credentialArn = credentialArn
    this.registryUrl = interpolate`${registryId}.dkr.ecr.${region}.${dnsSuffix}`
    this.pullPolicy = all([partition, registryId, region]).apply(([partition, account, region]) =>
      pullPolicy({ partition, account, region }, prefix),
    )
    this.registerOutputs({
      prefix: this.prefix,
      registryUrl: this.registryUrl,
      credentialArn: this.credentialArn,
      pullPolicy: this.pullPolicy,
    })
  }

  /**
   * Where the cache keeps an image, `library/` included: `debian:12` → `…/docker-hub-dev/library/debian:12`. Whatever
   * uses it waits for the rule.
   *
   * @param reference as `docker pull` takes it: short for Docker Hub, with its registry for the others
   * @throws `ResourceError` if it is no reference, or of a registry that this rule does not cache.
   */
  public image(reference: string): Output<string> {
    const path = explained(this, () => cachedPath(reference, this.rule))
    return interpolate`${this.registryUrl}/${path}`
  }
}

function roleOf({ customRoleArn }: PullThroughCacheArgs) {
  return customRoleArn === undefined ? {} : { customRoleArn }
}

/** Where a rule without the component would be; nowhere if the prefix is left to us, or the place is another. */
function plainRule(
  { prefix, shared, region }: PullThroughCacheArgs,
  { parent, provider, providers }: ComponentResourceOptions,
) {
  const isSaid = prefix !== undefined || shared === true
  const isElsewhere = (region ?? parent ?? provider ?? providers) !== undefined
  return isSaid && !isElsewhere ? [{ parent: rootStackResource }] : []
}
