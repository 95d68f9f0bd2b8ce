import type { ResourceValidationArgs, ResourceValidationPolicy } from '@pulumi/policy'
import { type UpstreamRegistry, upstreamOfUrl, upstreams } from '../ecr/upstreams.ts'
import { withoutCredentials } from './credential-text.ts'
import { type Properties, sentValue, text } from './properties.ts'
import { parseSecretArn, sharedPrefix } from './shared-secret.ts'

const rules: ReadonlySet<string> = new Set([
  'aws:ecr/pullThroughCacheRule:PullThroughCacheRule',
  'aws-native:ecr:PullThroughCacheRule',
])

/** Hosts that other tools take for Docker Hub. ECR knows it by one name only. */
const otherHubHosts: readonly string[] = [
  'docker.io',
  'index.docker.io',
  'hub.docker.com',
  'registry.hub.docker.com',
]

/**
 * Requires a credential that ECR can use of every rule whose upstream asks for one: Docker Hub, and GitHub, GitLab,
 * Azure and Chainguard too, since ECR takes none of their rules without.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export const dockerHubRuleHasCredential: ResourceValidationPolicy = {
  name: 'docker-hub-rule-has-credential',
  description:
    'A cache rule whose upstream asks for a login names a secret that ECR can read: of the rule’s own account and Region, its name beginning with ecr-pullthroughcache/.',
  enforcementLevel: 'mandatory',
  validateResource: (args, report) => {
    if (!rules.has(args.type)) args.notApplicable('it is no pull-through cache rule')
    const upstream =
      upstreamOf(args.props, report) ?? args.notApplicable('its upstream is none that ECR knows')
    if (upstreams[upstream].credential !== 'required')
      args.notApplicable(`a rule for ${upstream} takes no secret`)
    const credentialArn = text(args.props, 'credentialArn')
    if (credentialArn === undefined) {
      report(
        `It caches ${upstream} and has no credentialArn. Give it the ARN that aws.secretsmanager.getSecret finds.`,
      )
      return
    }
    for (const problem of credentialProblems(credentialArn, args)) report(problem)
  },
}

/** Which upstream a rule is for; the AWS Cloud Control provider may name it instead of its host. */
function upstreamOf(props: Properties, report: (message: string) => void): UpstreamRegistry | undefined {
  const url = text(props, 'upstreamRegistryUrl')
  if (url === undefined) {
    const name = text(props, 'upstreamRegistry') ?? ''
    return Object.hasOwn(upstreams, name) ? (name as UpstreamRegistry) : undefined
  }
  const host = url
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/(?::443)?(?:\/.*)?$/, '')
  const known = otherHubHosts.includes(host) ? upstreams['docker-hub'].url : host
  const upstream = upstreamOfUrl(known)
  if (upstream !== undefined && known !== url) {
    report(`ECR does not know ${upstream} as ${withoutCredentials(url)}. Write ${known}.`)
  }
  return upstream
}

function* credentialProblems(credentialArn: string, args: ResourceValidationArgs): Generator<string> {
  const secret = parseSecretArn(credentialArn)
  const shown = withoutCredentials(credentialArn)
  if (secret === undefined) {
    yield `Its credentialArn is ${shown}, which is no ARN of a secret.`
    return
  }
  if (!secret.name.startsWith(sharedPrefix)) {
    yield `Its credentialArn is ${shown}, and ECR reads only secrets whose name begins with ${sharedPrefix}.`
  }
  const region = regionOf(args)
  if (region !== undefined && region !== secret.region) {
    yield `It is in ${region} and its credentialArn is ${shown}: ECR reads only secrets of the rule’s own Region.`
  }
  const account = accountOf(args)
  if (account !== undefined && account !== secret.account) {
    yield `It is in the account ${account} and its credentialArn is ${shown}: ECR reads only secrets of the rule’s own account.`
  }
}

/** Its own `region`, or its provider’s; `undefined` where neither is known. */
function regionOf({ props, provider }: ResourceValidationArgs): string | undefined {
  return [sentValue(props, 'region'), sentValue(provider?.props ?? {}, 'region')].find(
    (region): region is string => typeof region === 'string' && /^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(region),
  )
}

/** The one account that its provider may work in, if it is told of one. A provider’s lists arrive as JSON text. */
function accountOf({ provider }: ResourceValidationArgs): string | undefined {
  const allowed = sentValue(provider?.props ?? {}, 'allowedAccountIds')
  const accounts = (typeof allowed === 'string' ? allowed : JSON.stringify(allowed ?? '')).match(/\d{12}/g)
  return accounts?.length === 1 ? accounts[0] : undefined
}
