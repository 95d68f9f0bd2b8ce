import type { Input } from '@pulumi/pulumi'
import type { RepositoriesArgs } from './repositories.ts'

/** What a `PullThroughCache` is made with. For Docker Hub, nothing needs to be given. */
export interface PullThroughCacheArgs {
  /**
   * The registry that is cached, by ECR’s name: `docker-hub` (unless it says otherwise), `github-container-registry`,
   * `gitlab-container-registry`, `azure-container-registry`, `chainguard`, `ecr-public`, `k8s`, `quay` or `ecr`.
   */
  upstream?: string
  /** The upstream’s host, where it is not one for all: `NAME.azurecr.io`, `ACCOUNT.dkr.ecr.REGION.amazonaws.com`. */
  upstreamRegistryUrl?: string
  /** The rule’s `ecrRepositoryPrefix`. Unless it or `shared` is given, one of the stack’s own: `docker-hub-dev`. */
  prefix?: string
  /** The upstream’s usual prefix, `docker-hub`: for the one stack of the account and Region that owns it. */
  shared?: boolean
  /** Another stack owns the rule: look it up and see that it is right, make nothing. */
  existing?: boolean
  /**
   * Take over a rule that was made by hand. While this is set the rule outlives the stack, since another stack could
   * have taken it over too; take it out again after one `pulumi up`, and the rule is the stack’s own.
   */
  adopt?: boolean
  /** Where the rule is, and its secret; the provider’s Region unless it says otherwise. */
  region?: Input<string>
  /** The secret with the upstream’s credential. For Docker Hub `ecr-pullthroughcache/docker-hub`, which sync makes. */
  secretName?: string
  /**
   * The secret’s ARN, where it is known: nothing is looked up then, and nothing about the secret is checked. For a secret
   * that another part of the program makes, or an identity that may not call `DescribeSecret`.
   */
  credentialArn?: Input<string>
  /** For the upstream `ecr` in another account: the role that ECR takes on there. */
  customRoleArn?: Input<string>
  /** For the upstream `ecr`: the part of its repositories that is cached. */
  upstreamRepositoryPrefix?: string
  /** How the repositories of the cache are made; by ECR’s defaults if it is left out. */
  repositories?: RepositoriesArgs
}
