import type { ECRClient, PullThroughCacheRule, RepositoryCreationTemplate } from '@aws-sdk/client-ecr'
import { askAws } from '../aws/ask.ts'
import { clientConfig, watchRequests } from '../aws/client.ts'
import type { Secret } from '../secret.ts'
import { serverText } from '../server-text.ts'
import type { World } from '../world.ts'

/** A pull-through cache rule, as far as it matters here. */
export interface CacheRule {
  /** Without the `/` that ECR assumes at its end. */
  readonly ecrRepositoryPrefix: string
  /** `registry-1.docker.io` */
  readonly upstreamRegistryUrl: string
  /** `docker-hub`; older rules may lack it. */
  readonly upstreamRegistry: string | undefined
  readonly credentialArn: string | undefined
  readonly upstreamRepositoryPrefix: string | undefined
}

/** What ECR found when it tried a rule itself. The failure's text is for people: AWS does not document it. */
export type Validation = { readonly isValid: true } | { readonly isValid: false; readonly failure: string }

/** A repository creation template, as far as it matters here. */
export interface CreationTemplate {
  /** Without a `/` at its end; `ROOT` for what no other template covers. */
  readonly prefix: string
  /** `PULL_THROUGH_CACHE`, `REPLICATION` … */
  readonly appliedFor: readonly string[]
  readonly imageTagMutability: string | undefined
  readonly encryptionType: string | undefined
  readonly hasResourceTags: boolean
  readonly customRoleArn: string | undefined
}

type Sdk = typeof import('@aws-sdk/client-ecr')

/**
 * Looks at the private registry of one Region. Nothing here changes anything. Every call throws a
 * {@link PullthroughError} if it gets no answer.
 */
export interface EcrRegistry {
  /** All rules, page after page. */
  rules(): Promise<readonly CacheRule[]>
  /**
   * Let ECR read a rule's secret and log in upstream with it. No pull is counted.
   * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ValidatePullThroughCacheRule.html
   *
   * @returns `undefined` if there is no rule of that prefix.
   */
  validate(prefix: string): Promise<Validation | undefined>
  /** All templates, page after page. */
  templates(): Promise<readonly CreationTemplate[]>
  /** The registry's policy as JSON text; `undefined` if there is none. */
  registryPolicy(): Promise<string | undefined>
  /** Whether a repository is there. */
  hasRepository(repositoryName: string): Promise<boolean>
  /** Whether an image is there, by tag or digest; `false` too if its repository is not. */
  hasImage(
    repositoryName: string,
    image: { readonly imageTag?: string; readonly imageDigest?: string },
  ): Promise<boolean>
}

/**
 * The registry of one Region.
 *
 * @param secrets what ECR reads, should it repeat that in a text: such a text is not shown
 */
export function ecrRegistry(region: string, world: World, secrets: readonly Secret[] = []): EcrRegistry {
  let connection: Promise<{ readonly client: ECRClient; readonly sdk: Sdk }> | undefined
  const connect = () =>
    (connection ??= import('@aws-sdk/client-ecr').then((sdk) => {
      const client = new sdk.ECRClient(clientConfig('ECR', region, world))
      watchRequests(client, world)
      return { client, sdk }
    }))
  const options = { abortSignal: world.signal }

  const ask = <Output>(operation: string, sent: Promise<Output>, notFound?: string) =>
    askAws(sent, { service: 'ecr', operation, region }, world, notFound)

  return {
    async rules() {
      const { client, sdk } = await connect()
      return everyPage(async (nextToken) => {
        const command = new sdk.DescribePullThroughCacheRulesCommand({ maxResults: 1000, nextToken })
        const page = await ask('DescribePullThroughCacheRules', client.send(command, options))
        return { items: (page?.pullThroughCacheRules ?? []).map(readRule), nextToken: page?.nextToken }
      })
    },

    async validate(ecrRepositoryPrefix) {
      const { client, sdk } = await connect()
      const command = new sdk.ValidatePullThroughCacheRuleCommand({ ecrRepositoryPrefix })
      const found = await ask(
        'ValidatePullThroughCacheRule',
        client.send(command, options),
        'PullThroughCacheRuleNotFoundException',
      )
      if (!found) return undefined
      if (found.isValid === true) return { isValid: true }
      return {
        isValid: false,
        failure: serverText(found.failure, secrets) ?? 'it gives no reason that can be shown',
      }
    },

    async templates() {
      const { client, sdk } = await connect()
      return everyPage(async (nextToken) => {
        const command = new sdk.DescribeRepositoryCreationTemplatesCommand({ maxResults: 1000, nextToken })
        const page = await ask('DescribeRepositoryCreationTemplates', client.send(command, options))
        return {
          items: (page?.repositoryCreationTemplates ?? []).map(readTemplate),
          nextToken: page?.nextToken,
        }
      })
    },

    async registryPolicy() {
      const { client, sdk } = await connect()
      const found = await ask(
        'GetRegistryPolicy',
        client.send(new sdk.GetRegistryPolicyCommand({}), options),
        'RegistryPolicyNotFoundException',
      )
      return found?.policyText
    },

    async hasRepository(repositoryName) {
      const { client, sdk } = await connect()
      const command = new sdk.DescribeRepositoriesCommand({ repositoryNames: [repositoryName] })
      const found = await ask(
        'DescribeRepositories',
        client.send(command, options),
        'RepositoryNotFoundException',
      )
      return found !== undefined
    },

    async hasImage(repositoryName, image) {
      const { client, sdk } = await connect()
      const command = new sdk.DescribeImagesCommand({ repositoryName, imageIds: [image] })
      // Two exceptions say that it is not there: the outer ask knows the one, the inner the other.
      const found = await ask(
        'DescribeImages',
        client.send(command, options).catch((error: unknown) => {
          if (error instanceof sdk.RepositoryNotFoundException) return undefined
          throw error
        }),
        'ImageNotFoundException',
      )
      return found !== undefined
    },
  }
}

/** Follow `nextToken` to the end. */
async function everyPage<Item>(
  ask: (
    nextToken: string | undefined,
  ) => Promise<{ readonly items: readonly Item[]; readonly nextToken: string | undefined }>,
): Promise<readonly Item[]> {
  const items: Item[] = []
  let nextToken: string | undefined
  do {
    const page = await ask(nextToken)
    items.push(...page.items)
    nextToken = page.nextToken
  } while (nextToken)
  return items
}

function readRule(rule: PullThroughCacheRule): CacheRule {
  return {
    ecrRepositoryPrefix: withoutSlash(rule.ecrRepositoryPrefix ?? ''),
    upstreamRegistryUrl: rule.upstreamRegistryUrl ?? '',
    upstreamRegistry: rule.upstreamRegistry,
    credentialArn: rule.credentialArn,
    upstreamRepositoryPrefix: rule.upstreamRepositoryPrefix,
  }
}

function readTemplate(template: RepositoryCreationTemplate): CreationTemplate {
  return {
    prefix: withoutSlash(template.prefix ?? ''),
    appliedFor: template.appliedFor ?? [],
    imageTagMutability: template.imageTagMutability,
    encryptionType: template.encryptionConfiguration?.encryptionType,
    hasResourceTags: (template.resourceTags ?? []).length > 0,
    customRoleArn: template.customRoleArn,
  }
}

/**
 * "There is always an assumed / applied to the end of the prefix."
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
function withoutSlash(prefix: string): string {
  return prefix.replace(/\/$/, '')
}
