import { plainRepository, type Repository } from '../repository.ts'
import type { Registry } from '../store.ts'
import { templateFor } from './prefix-match.ts'

/**
 * The repository that the pull-through cache makes for an image: by the template for its name, or with the defaults.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 *
 * @returns `undefined` if it cannot be made: tags and KMS keys are for the template's role, and there is none
 */
export function newRepository(registry: Registry, name: string, now: Date): Repository | undefined {
  const template = templateFor(registry, name)
  const plain = plainRepository(name, now)
  if (!template) return plain
  const { encryptionConfiguration, resourceTags = [], repositoryPolicy } = template
  const needsRole = resourceTags.length > 0 || encryptionConfiguration.encryptionType !== 'AES256'
  if (needsRole && template.customRoleArn === undefined) return undefined
  return {
    ...plain,
    imageTagMutability: template.imageTagMutability,
    imageTagMutabilityExclusionFilters: template.imageTagMutabilityExclusionFilters,
    encryptionConfiguration,
    tags: resourceTags,
    policy: repositoryPolicy === '' ? undefined : repositoryPolicy,
  }
}
