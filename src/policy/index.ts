import { PolicyPack, type ResourceValidationPolicy } from '@pulumi/policy'
import { dockerHubRuleHasCredential } from './docker-hub-rule-has-credential.ts'
import { noRootTemplate } from './no-root-template.ts'
import { secretValueStaysOut } from './secret-value-stays-out.ts'
import { sharedSecretIsReferenced } from './shared-secret-is-referenced.ts'

export { dockerHubRuleHasCredential, noRootTemplate, secretValueStaysOut, sharedSecretIsReferenced }

/** All policies, each mandatory, for a policy pack of your own. */
export const policies: readonly ResourceValidationPolicy[] = [
  sharedSecretIsReferenced,
  dockerHubRuleHasCredential,
  noRootTemplate,
  secretValueStaysOut,
]

/**
 * Make the pack of all policies: it serves them on a port of its own, which it prints for the engine, so a process can
 * make only one. It wants a `package.json` with a version in the current directory.
 *
 * `pulumi preview --policy-pack node_modules/pullthrough/policy` calls it; call it yourself for a pack under another
 * name.
 */
export function policyPack(name = 'pullthrough'): PolicyPack {
  return new PolicyPack(name, { policies: [...policies], enforcementLevel: 'mandatory' })
}
