import { observeDockerHub } from '../../checks/docker-hub.ts'
import { parseReader } from '../../destinations/resource-policy.ts'
import { type DockerHubUrls, dockerHubUrls } from '../../registries/docker-hub.ts'
import { openSource, regionOfSource } from '../../sources/index.ts'
import { identifyCaller } from '../../aws/caller.ts'
import { resolveRegions } from '../../aws/region.ts'
import { secretReader, secretsManagerConnection } from '../../aws/secret-reader.ts'
import { hasEcrRole } from '../../aws/service-linked-role.ts'
import { secretNames } from '../../credential.ts'
import { ecrRegistry } from '../../ecr/registry.ts'
import type { AwsToVerify, GitHubToVerify, VerifyOptions } from '../../engine/verify.ts'
import { resolveGitHubAccess, resolveGitHubRepository } from '../../github/access.ts'
import { githubActions } from '../../github/actions.ts'
import type { World } from '../../world.ts'
import type { Settings } from './settings.ts'
import type { SharedFlags } from './shared-flags.ts'

/** Which parts are asked. */
interface Parts {
  readonly aws: boolean
  readonly gitHub: boolean
}

/**
 * Make what it takes to verify, and begin with what hangs on nothing. What fails on the way becomes a finding.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` for an address or an ARN that cannot be one.
 */
export function wireVerify(
  settings: Settings<SharedFlags>,
  asked: Parts,
  world: World,
): VerifyOptions & { readonly urls: DockerHubUrls } {
  const policy = {
    policy: settings.policy ?? ('deny-others' as const),
    readers: settings.reader.map(parseReader),
  }
  const urls = dockerHubUrls(world.env)
  const source = openSource(settings, world)
  // A source that holds no credential may name a Region all the same.
  const region = source.then(
    (opened) => opened.region,
    () => regionOfSource(settings, world),
  )
  const aws = asked.aws ? wireAws(settings, region, world) : undefined
  const gitHub = asked.gitHub ? wireGitHub(settings, world) : undefined
  for (const question of [source, region, aws, gitHub]) question?.catch(() => undefined)
  return {
    source,
    dockerHub: (credential) => observeDockerHub(credential, urls, world),
    aws,
    gitHub,
    policy,
    account: settings.account,
    askedSource: settings.source,
    isWorkflow: world.env['GITHUB_ACTIONS'] === 'true',
    urls,
  }
}

/**
 * Make what it takes to ask AWS, and begin with what all Regions share.
 *
 * @param sourceRegion the Region that the source itself names, if it does
 *
 * @throws {@link PullthroughError} `ERR_USAGE` if no Region is given, or a name cannot be one.
 */
async function wireAws(
  settings: Settings<SharedFlags>,
  sourceRegion: Promise<string | undefined>,
  world: World,
): Promise<AwsToVerify> {
  const fromSource = await sourceRegion
  const regions = await resolveRegions([settings.region, fromSource ? [fromSource] : []], world)
  const [first = ''] = regions
  const caller = identifyCaller(first, world)
  const hasRole = hasEcrRole(partitionOf(first), world)
  // Whoever awaits them hears of their failure.
  for (const question of [caller, hasRole]) question.catch(() => undefined)
  const secretName = secretNames['docker-hub']
  return {
    caller,
    hasRole,
    regions: regions.map((region) => ({
      region,
      secretName,
      secret: secretReader({ region, secretName }, secretsManagerConnection(region, world), world),
      registry: ecrRegistry(region, world),
    })),
  }
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/**
 * Make what it takes to ask GitHub.
 *
 * @throws {@link PullthroughError} `ERR_USAGE` or `ERR_UNAUTHENTICATED` for what can be refused before any request.
 */
async function wireGitHub(settings: Settings<SharedFlags>, world: World): Promise<GitHubToVerify> {
  const access = await resolveGitHubAccess(world)
  const wish = { repos: settings.repo, cwd: settings.directory }
  const repositories = await resolveGitHubRepository(wish, access, world)
  const actions = githubActions({ ...access, onMutatingRequest: () => undefined }, world)
  return { repositories, actions, isWorkflowToken: access.isWorkflowToken }
}
