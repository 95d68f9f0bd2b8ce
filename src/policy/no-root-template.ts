import type { ResourceValidationPolicy } from '@pulumi/policy'
import { text } from './properties.ts'

const templates: ReadonlySet<string> = new Set([
  'aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate',
  'aws-native:ecr:RepositoryCreationTemplate',
])

/**
 * Forbids a repository creation template for `ROOT`. A lower-case `root` is an ordinary prefix.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export const noRootTemplate: ResourceValidationPolicy = {
  name: 'no-root-template',
  description:
    'A repository creation template is for the prefix of one cache rule: one for ROOT also shapes every repository of the account that has no template of its own.',
  enforcementLevel: 'mandatory',
  validateResource: (args, report) => {
    if (!templates.has(args.type)) args.notApplicable('it is no repository creation template')
    if (text(args.props, 'prefix') === 'ROOT') {
      report('Its prefix is ROOT. Give it the ecrRepositoryPrefix of your cache rule.')
    }
  },
}
