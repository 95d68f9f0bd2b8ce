import {
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeRepositoryCreationTemplatesCommand,
  type EncryptionConfigurationForRepositoryCreationTemplate,
  EncryptionType,
  ImageTagMutability,
  type ImageTagMutabilityExclusionFilter,
  RCTAppliedFor,
  UpdateRepositoryCreationTemplateCommand,
} from '@aws-sdk/client-ecr'
import { isAnswer, messageOf, operation } from './errors.ts'
import {
  isEmpty,
  type Properties,
  requiredText,
  tagList,
  tagRecord,
  tagsOf,
  textOf,
  textsOf,
  withoutUnset,
} from './properties.ts'
import { region, type Resource } from './resource.ts'
import { sameJson, sameSet } from './same.ts'
import { allOf, arn, each, json, lengthBetween, matching, oneOf } from './validate.ts'

/** https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecr/repository_creation_template.go */
export const repositoryCreationTemplate: Resource = {
  inputs: {
    appliedFors: {
      tfName: 'applied_for',
      validate: each(oneOf('applied_for', Object.values(RCTAppliedFor))),
      same: sameSet,
    },
    customRoleArn: { tfName: 'custom_role_arn', validate: arn('custom_role_arn') },
    description: { tfName: 'description', validate: lengthBetween('description', 0, 255) },
    encryptionConfigurations: {
      tfName: 'encryption_configuration',
      ignoreMissing: true,
      same: (old, next) => sameEncryption(firstOf(old), firstOf(next)),
    },
    imageTagMutability: {
      tfName: 'image_tag_mutability',
      default: 'MUTABLE',
      validate: oneOf('image_tag_mutability', Object.values(ImageTagMutability)),
    },
    imageTagMutabilityExclusionFilters: { tfName: 'image_tag_mutability_exclusion_filter' },
    lifecyclePolicy: { tfName: 'lifecycle_policy', validate: json('lifecycle_policy'), same: sameJson },
    prefix: {
      tfName: 'prefix',
      forceNew: true,
      validate: allOf(
        lengthBetween('prefix', 2, 256),
        matching(
          'prefix',
          /(?:ROOT|(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)/,
          'must only include alphanumeric, underscore, period, hyphen, or slash characters, or be the string `ROOT`',
        ),
      ),
    },
    region,
    repositoryPolicy: { tfName: 'repository_policy', validate: json('repository_policy'), same: sameJson },
    resourceTags: { tfName: 'resource_tags' },
  },
  outputs: ['registryId'],

  async create({ ecr }, inputs) {
    const prefix = requiredText(inputs, 'prefix')
    const command = new CreateRepositoryCreationTemplateCommand({
      prefix,
      appliedFor: textsOf(inputs, 'appliedFors') as RCTAppliedFor[],
      customRoleArn: textOf(inputs, 'customRoleArn'),
      description: textOf(inputs, 'description'),
      encryptionConfiguration: encryptionOf(inputs),
      imageTagMutability: mutabilityOf(inputs),
      imageTagMutabilityExclusionFilters: exclusionsOf(inputs),
      lifecyclePolicy: normalized(textOf(inputs, 'lifecyclePolicy')),
      repositoryPolicy: normalized(textOf(inputs, 'repositoryPolicy')),
      resourceTags: isEmpty(inputs['resourceTags']) ? undefined : tagList(tagsOf(inputs, 'resourceTags')),
    })
    await operation('ECR', 'CreateRepositoryCreationTemplate', ecr.send(command)).catch((error: unknown) => {
      throw new Error(`creating ECR Repository Creation Template (${prefix}): ${messageOf(error)}`)
    })
    return prefix
  },

  async read({ ecr }, { id }) {
    const command = new DescribeRepositoryCreationTemplatesCommand({ prefixes: [id] })
    const answer = await operation('ECR', 'DescribeRepositoryCreationTemplates', ecr.send(command)).catch(
      (error: unknown) => {
        if (isAnswer(error, 'TemplateNotFoundException')) return { repositoryCreationTemplates: [] }
        throw new Error(`reading ECR Repository Creation Template (${id}): ${messageOf(error)}`)
      },
    )
    const [template] = answer.repositoryCreationTemplates ?? []
    if (!template) return undefined
    const { encryptionConfiguration, imageTagMutabilityExclusionFilters = [] } = template
    return withoutUnset({
      appliedFors: template.appliedFor,
      customRoleArn: template.customRoleArn,
      description: template.description,
      encryptionConfigurations: encryptionConfiguration && [
        {
          encryptionType: encryptionConfiguration.encryptionType,
          kmsKey: encryptionConfiguration.kmsKey ?? '',
        },
      ],
      imageTagMutability: template.imageTagMutability,
      imageTagMutabilityExclusionFilters:
        imageTagMutabilityExclusionFilters.length > 0 ? imageTagMutabilityExclusionFilters : undefined,
      lifecyclePolicy: normalized(template.lifecyclePolicy),
      prefix: template.prefix,
      registryId: 'registryId' in answer ? answer.registryId : undefined,
      repositoryPolicy: normalized(template.repositoryPolicy),
      resourceTags: isEmpty(template.resourceTags) ? undefined : tagRecord(template.resourceTags),
    })
  },

  // Only what changes is sent, except that mutability goes along with its exclusions.
  async update({ ecr }, { id }, inputs, changed) {
    const text = (name: string) => (changed.has(name) ? (textOf(inputs, name) ?? '') : undefined)
    const exclusions = changed.has('imageTagMutabilityExclusionFilters')
    const command = new UpdateRepositoryCreationTemplateCommand({
      prefix: id,
      appliedFor: changed.has('appliedFors')
        ? (textsOf(inputs, 'appliedFors') as RCTAppliedFor[])
        : undefined,
      customRoleArn: text('customRoleArn'),
      description: text('description'),
      encryptionConfiguration: changed.has('encryptionConfigurations') ? encryptionOf(inputs) : undefined,
      imageTagMutability: exclusions || changed.has('imageTagMutability') ? mutabilityOf(inputs) : undefined,
      imageTagMutabilityExclusionFilters: exclusions ? (exclusionsOf(inputs) ?? []) : undefined,
      lifecyclePolicy: normalized(text('lifecyclePolicy')),
      repositoryPolicy: normalized(text('repositoryPolicy')),
      resourceTags: changed.has('resourceTags') ? tagList(tagsOf(inputs, 'resourceTags')) : undefined,
    })
    await operation('ECR', 'UpdateRepositoryCreationTemplate', ecr.send(command)).catch((error: unknown) => {
      throw new Error(`updating ECR Repository Creation Template (${id}): ${messageOf(error)}`)
    })
  },

  async delete({ ecr }, { id }) {
    const command = new DeleteRepositoryCreationTemplateCommand({ prefix: id })
    await operation('ECR', 'DeleteRepositoryCreationTemplate', ecr.send(command)).catch((error: unknown) => {
      if (isAnswer(error, 'TemplateNotFoundException')) return
      throw new Error(`deleting ECR Repository Creation Template (${id}): ${messageOf(error)}`)
    })
  },
}

const firstOf = (value: unknown): Properties =>
  (Array.isArray(value) ? (value[0] as Properties | undefined) : undefined) ?? {}

/** `structure.NormalizeJsonString`; it leaves '' as it is. */
const normalized = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? text : JSON.stringify(JSON.parse(text))

const mutabilityOf = (inputs: Properties) =>
  textOf(inputs, 'imageTagMutability') as ImageTagMutability | undefined

function exclusionsOf(inputs: Properties): ImageTagMutabilityExclusionFilter[] | undefined {
  const filters = inputs['imageTagMutabilityExclusionFilters']
  return isEmpty(filters) ? undefined : (filters as ImageTagMutabilityExclusionFilter[])
}

function encryptionOf(inputs: Properties): EncryptionConfigurationForRepositoryCreationTemplate | undefined {
  const given = inputs['encryptionConfigurations']
  if (isEmpty(given)) return undefined
  return {
    encryptionType: (textOf(firstOf(given), 'encryptionType') ?? EncryptionType.AES256) as EncryptionType,
    kmsKey: textOf(firstOf(given), 'kmsKey'),
  }
}

function sameEncryption(old: Properties, next: Properties): boolean {
  const type = (encryption: Properties) => textOf(encryption, 'encryptionType') ?? EncryptionType.AES256
  const key = textOf(next, 'kmsKey')
  return type(old) === type(next) && (key === undefined || key === textOf(old, 'kmsKey'))
}
