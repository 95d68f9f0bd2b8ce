import type { ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy'
import { type CredentialPlace, credentialPlaces } from './credential-places.ts'
import { credentialIn } from './credential-text.ts'
import { sentValue } from './properties.ts'
import { namesSharedSecret } from './shared-secret.ts'

interface Config {
  readonly allowedTypes?: readonly string[]
}

/** What was reported of a resource before it was made is not repeated of what came out of it. */
const reported = new Set<string>()

/**
 * Forbids a credential in what a resource is given and in what comes out of it, stack outputs included. An analyzer
 * gets what is marked as secret in clear and without the mark, so the mark makes no difference: encrypted, it is still
 * a copy of the token that no rotation reaches.
 */
export const secretValueStaysOut: ResourceValidationPolicy & StackValidationPolicy = {
  name: 'secret-value-stays-out',
  description:
    'No stack holds the credential of a pull-through cache: ECR alone reads the secret, and a copy in a state outlives every rotation.',
  enforcementLevel: 'mandatory',
  configSchema: {
    properties: {
      allowedTypes: {
        type: 'array',
        items: { type: 'string' },
        description: 'Types of resources that may hold a Docker Hub credential.',
        default: [],
      },
    },
  },
  validateResource: async (args, report) => {
    const { urn, name, props } = args
    if (isAllowed(args.type, args.getConfig())) return
    const nameHolds = credentialIn(name)
    if (nameHolds !== undefined) report(`The name of the resource holds ${nameHolds}.`)
    for (const place of await credentialPlaces(props)) {
      reported.add(keyOf(urn, place))
      report(`${place.path} holds ${place.what}.`)
    }
  },
  validateStack: async (args, report) => {
    for (const { urn, type, props } of args.resources) {
      if (isAllowed(type, args.getConfig())) continue
      for (const place of [...(await credentialPlaces(props)), ...valueRead(type, props)]) {
        if (reported.has(keyOf(urn, place))) continue
        reported.add(keyOf(urn, place))
        report(`The output ${place.path} holds ${place.what}.`, urn)
      }
    }
  },
}

/** A version of the secret that was read with `SecretVersion.get`: its value is in the state, whatever its shape. */
function valueRead(type: string, props: object): readonly { readonly path: string; readonly what: string }[] {
  if (type !== 'aws:secretsmanager/secretVersion:SecretVersion') return []
  const isShared = ['secretId', 'secretArn', 'arn'].some((name) => {
    const value = sentValue(props, name)
    return typeof value === 'string' && namesSharedSecret(value)
  })
  if (!isShared) return []
  return ['secretString', 'secretBinary']
    .filter((path) => ![undefined, null, ''].includes(sentValue(props, path) as string))
    .map((path) => ({ path, what: 'the value of a pull-through cache’s secret' }))
}

function isAllowed(type: string, { allowedTypes }: Config): boolean {
  return Array.isArray(allowedTypes) && allowedTypes.includes(type)
}

function keyOf(urn: string, { path }: Pick<CredentialPlace, 'path'>): string {
  return `${urn}\n${path}`
}
