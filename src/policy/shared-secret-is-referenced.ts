import type { ResourceValidationPolicy } from '@pulumi/policy'
import { withoutCredentials } from './credential-text.ts'
import { findText } from './properties.ts'
import { namesSharedSecret, parseSecretArn } from './shared-secret.ts'

/** What a resource makes of a secret, and the properties that tell of which. */
const managing: ReadonlyMap<string, { readonly what: string; readonly names: readonly string[] }> = new Map([
  ['aws:secretsmanager/secret:Secret', { what: 'the secret', names: ['name', 'namePrefix'] }],
  ['aws:secretsmanager/secretVersion:SecretVersion', { what: 'a value of the secret', names: ['secretId'] }],
  [
    'aws:secretsmanager/secretPolicy:SecretPolicy',
    { what: 'the policy of the secret', names: ['secretArn'] },
  ],
  [
    'aws:secretsmanager/secretRotation:SecretRotation',
    { what: 'the rotation of the secret', names: ['secretId'] },
  ],
  ['aws:secretsmanager/tag:Tag', { what: 'a tag of the secret', names: ['secretId'] }],
  ['aws-native:secretsmanager:Secret', { what: 'the secret', names: ['name'] }],
  ['aws-native:secretsmanager:ResourcePolicy', { what: 'the policy of the secret', names: ['secretId'] }],
  ['aws-native:secretsmanager:RotationSchedule', { what: 'the rotation of the secret', names: ['secretId'] }],
  [
    'aws-native:secretsmanager:SecretTargetAttachment',
    { what: 'a value of the secret', names: ['secretId'] },
  ],
])

/**
 * Forbids a stack to own a secret of a pull-through cache, or a part of one. Every stack of the account and Region
 * shares it: the second to make it fails, and the first to be destroyed takes it from all. A replicated secret has one
 * name in every Region, so its replicas need no look of their own.
 */
export const sharedSecretIsReferenced: ResourceValidationPolicy = {
  name: 'shared-secret-is-referenced',
  description:
    'A stack looks up the secret of a pull-through cache and never owns it: all stacks of the account and Region share it, and pullthrough sync makes it.',
  enforcementLevel: 'mandatory',
  validateResource: (args, report) => {
    const { what, names } = managing.get(args.type) ?? args.notApplicable('it is no part of a secret')
    const named = findText(args.props, names, namesSharedSecret)
    if (named !== undefined) {
      const name = withoutCredentials(parseSecretArn(named)?.name ?? named)
      report(`This is ${what} ${name}. Look the secret up with aws.secretsmanager.getSecret instead.`)
    }
  },
}
