import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DescribePullThroughCacheRulesCommand,
  type PullThroughCacheRule,
  UpdatePullThroughCacheRuleCommand,
} from '@aws-sdk/client-ecr'
import { isAnswer, messageOf, NotFoundError, operation } from './errors.ts'
import { type Properties, requiredText, textOf, withoutUnset } from './properties.ts'
import { region, type Resource } from './resource.ts'
import type { Session } from './session.ts'
import { allOf, arn, lengthBetween, matching } from './validate.ts'

const prefix = (tfName: string) =>
  allOf(
    lengthBetween(tfName, 2, 30),
    matching(
      tfName,
      /^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?|ROOT)$/,
      "must be 'ROOT' or only include alphanumeric, underscore, period, hyphen, or slash characters",
    ),
  )

/** https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecr/pull_through_cache_rule.go */
export const pullThroughCacheRule: Resource = {
  inputs: {
    credentialArn: { tfName: 'credential_arn', validate: arn('credential_arn') },
    customRoleArn: { tfName: 'custom_role_arn', validate: arn('custom_role_arn') },
    ecrRepositoryPrefix: {
      tfName: 'ecr_repository_prefix',
      forceNew: true,
      validate: prefix('ecr_repository_prefix'),
    },
    region,
    upstreamRegistryUrl: { tfName: 'upstream_registry_url', forceNew: true },
    upstreamRepositoryPrefix: {
      tfName: 'upstream_repository_prefix',
      forceNew: true,
      validate: prefix('upstream_repository_prefix'),
    },
  },
  outputs: ['registryId'],

  async create({ ecr }, inputs) {
    const ecrRepositoryPrefix = requiredText(inputs, 'ecrRepositoryPrefix')
    const command = new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix,
      upstreamRegistryUrl: requiredText(inputs, 'upstreamRegistryUrl'),
      credentialArn: textOf(inputs, 'credentialArn'),
      customRoleArn: textOf(inputs, 'customRoleArn'),
      upstreamRepositoryPrefix: textOf(inputs, 'upstreamRepositoryPrefix'),
    })
    await operation('ECR', 'CreatePullThroughCacheRule', ecr.send(command)).catch((error: unknown) => {
      throw new Error(`creating ECR Pull Through Cache Rule (${ecrRepositoryPrefix}): ${messageOf(error)}`)
    })
    return ecrRepositoryPrefix
  },

  async read(session, { id }) {
    try {
      return stateOf(await findRule(session, id))
    } catch (error) {
      if (error instanceof NotFoundError) return undefined
      throw new Error(`reading ECR Pull Through Cache Rule (${id}): ${messageOf(error)}`, { cause: error })
    }
  },

  // What is not set is not sent: a credential cannot be taken away, and AWS refuses a request with neither.
  async update({ ecr }, { id }, inputs) {
    const command = new UpdatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: id,
      credentialArn: textOf(inputs, 'credentialArn'),
      customRoleArn: textOf(inputs, 'customRoleArn'),
    })
    await operation('ECR', 'UpdatePullThroughCacheRule', ecr.send(command)).catch((error: unknown) => {
      throw new Error(`updating ECR Pull Through Cache Rule (${id}): ${messageOf(error)}`)
    })
  },

  async delete({ ecr }, { id, state }) {
    const command = new DeletePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: id,
      registryId: textOf(state, 'registryId'),
    })
    await operation('ECR', 'DeletePullThroughCacheRule', ecr.send(command)).catch((error: unknown) => {
      if (isAnswer(error, 'PullThroughCacheRuleNotFoundException')) return
      throw new Error(`deleting ECR Pull Through Cache Rule (${id}): ${messageOf(error)}`)
    })
  },
}

/**
 * The function `aws.ecr.getPullThroughCacheRule`.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecr/pull_through_cache_rule_data_source.go
 */
export async function getPullThroughCacheRule(session: Session, args: Properties): Promise<Properties> {
  const wanted = requiredText(args, 'ecrRepositoryPrefix')
  try {
    const rule = await findRule(session, wanted)
    return { id: rule.ecrRepositoryPrefix, ...stateOf(rule) }
  } catch (error) {
    throw new Error(`reading ECR Pull Through Cache Rule (${wanted}): ${messageOf(error)}`, { cause: error })
  }
}

/** @throws {@link NotFoundError} */
async function findRule({ ecr }: Session, id: string): Promise<PullThroughCacheRule> {
  const command = new DescribePullThroughCacheRulesCommand({ ecrRepositoryPrefixes: [id] })
  const { pullThroughCacheRules: [rule] = [] } = await operation(
    'ECR',
    'DescribePullThroughCacheRules',
    ecr.send(command),
  ).catch((error: unknown) => {
    throw isAnswer(error, 'PullThroughCacheRuleNotFoundException') ? new NotFoundError() : error
  })
  if (!rule) throw new NotFoundError()
  return rule
}

function stateOf(rule: PullThroughCacheRule): Properties {
  const { credentialArn, customRoleArn, ecrRepositoryPrefix, registryId } = rule
  const { upstreamRegistryUrl, upstreamRepositoryPrefix } = rule
  return withoutUnset({
    credentialArn,
    customRoleArn,
    ecrRepositoryPrefix,
    registryId,
    upstreamRegistryUrl,
    upstreamRepositoryPrefix,
  })
}
