import type { ValueOf } from '../shape.ts'
import { authorizedRegistry } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { checkCustomRole } from './create-rule.ts'
import { templateExists, templateNotFound } from './errors.ts'
import { listed } from './listed.ts'
import { prefixKey } from './prefix.ts'
import {
  checkExclusions,
  checkLifecyclePolicy,
  checkTags,
  readRepositoryPolicy,
} from './repository-settings.ts'
import type { shapes } from './shapes.ts'
import type { Registry } from './store.ts'
import type { Template } from './template.ts'

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html */
export function createRepositoryCreationTemplate(
  call: Call,
  input: ValueOf<(typeof shapes)['CreateRepositoryCreationTemplate']>,
): Output {
  const registry = authorizedRegistry(call)
  const template: Template = {
    ...input,
    encryptionConfiguration: input.encryptionConfiguration ?? { encryptionType: 'AES256' },
    imageTagMutability: input.imageTagMutability ?? 'MUTABLE',
    imageTagMutabilityExclusionFilters: input.imageTagMutabilityExclusionFilters,
    createdAt: call.now,
    updatedAt: call.now,
  }
  check(template, registry)
  const key = prefixKey(input.prefix)
  if (registry.templates.has(key)) throw templateExists()
  registry.templates.set(key, template)
  return answer(template, registry)
}

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositoryCreationTemplates.html
 *
 * It has no exception for a prefix that has no template: that is left out.
 */
export function describeRepositoryCreationTemplates(
  call: Call,
  input: ValueOf<(typeof shapes)['DescribeRepositoryCreationTemplates']>,
): Output {
  const registry = authorizedRegistry(call)
  const { items, nextToken } = listed([...registry.templates.values()], {
    input,
    naming: 'prefixes',
    named: input.prefixes,
    find: (prefix) => registry.templates.get(prefixKey(prefix)),
  })
  return { registryId: registry.account, repositoryCreationTemplates: items, nextToken }
}

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UpdateRepositoryCreationTemplate.html
 *
 * "If this parameter is omitted, the default setting of MUTABLE will be used"; what else is omitted stays.
 */
export function updateRepositoryCreationTemplate(
  call: Call,
  input: ValueOf<(typeof shapes)['UpdateRepositoryCreationTemplate']>,
): Output {
  const registry = authorizedRegistry(call)
  const known = findTemplate(registry, input.prefix)
  const template: Template = {
    ...known,
    ...input,
    prefix: known.prefix,
    imageTagMutability: input.imageTagMutability ?? 'MUTABLE',
    imageTagMutabilityExclusionFilters: input.imageTagMutabilityExclusionFilters,
    updatedAt: call.now,
  }
  check(template, registry)
  registry.templates.set(prefixKey(known.prefix), template)
  return answer(template, registry)
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepositoryCreationTemplate.html */
export function deleteRepositoryCreationTemplate(
  call: Call,
  { prefix }: ValueOf<(typeof shapes)['DeleteRepositoryCreationTemplate']>,
): Output {
  const registry = authorizedRegistry(call)
  const template = findTemplate(registry, prefix)
  registry.templates.delete(prefixKey(prefix))
  return answer(template, registry)
}

function findTemplate({ templates }: Registry, prefix: string): Template {
  const template = templates.get(prefixKey(prefix))
  if (!template) throw templateNotFound()
  return template
}

/** @throws `InvalidParameterException` */
function check(template: Template, registry: Registry): void {
  checkExclusions(template)
  if (template.repositoryPolicy) readRepositoryPolicy(template.repositoryPolicy)
  if (template.lifecyclePolicy) checkLifecyclePolicy(template.lifecyclePolicy)
  if (template.customRoleArn !== undefined) checkCustomRole(template.customRoleArn, registry)
  checkTags(template.resourceTags)
}

function answer(template: Template, { account }: Registry): Output {
  return { registryId: account, repositoryCreationTemplate: template }
}
