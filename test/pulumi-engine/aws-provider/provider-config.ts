import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { operation, messageOf } from './errors.ts'
import { isUnknown, type Properties, textOf } from './properties.ts'
import type { AwsAccess } from './session.ts'

/** The environment of the engine, which the provider inherits. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The provider's inputs with their defaults, as they go into the state. */
export function withDefaults(given: Properties, env: Environment): Properties {
  const region = textOf(given, 'region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
  return {
    skipCredentialsValidation: 'false',
    skipRegionValidation: 'true',
    ...given,
    ...(region === undefined || region === '' ? {} : { region }),
  }
}

const links = {
  install: 'https://www.pulumi.com/registry/packages/aws/installation-configuration/',
  esc: 'https://www.pulumi.com/registry/packages/aws/installation-configuration/#dynamically-generate-credentials-via-pulumi-esc',
}

const more =
  `Please see ${links.install} for more information about providing credentials.\n` +
  'NEW: You can use Pulumi ESC to set up dynamic credentials with AWS OIDC to ensure the correct and valid credentials are used.\n' +
  `Learn more: ${links.esc}`

/**
 * What is wrong with the provider's inputs, in its words; it asks STS, as the real one does.
 * https://github.com/pulumi/pulumi-aws/blob/master/provider/resources.go
 */
export async function configProblem(config: Properties, env: Environment): Promise<string | undefined> {
  if (Object.values(config).some(isUnknown)) return undefined
  const access = accessOf(config, env)
  if (!access) return `No valid credential sources found.\n${more}`
  const region = textOf(config, 'region')
  if (region === undefined) {
    return 'Missing region information\nMake sure you have set your AWS region, e.g. `pulumi config set aws:region us-west-2`.'
  }
  if (config['skipCredentialsValidation'] === 'true' || config['skipCredentialsValidation'] === true) {
    return undefined
  }
  const sts = new STSClient({ ...access, region })
  try {
    await operation('STS', 'GetCallerIdentity', sts.send(new GetCallerIdentityCommand()))
    return undefined
  } catch (error) {
    const why = messageOf(error)
    return why.includes('The security token included in the request is invalid')
      ? `Invalid credentials configured.\n${more}`
      : `unable to validate AWS credentials.\nDetails: ${why}\n`
  } finally {
    sts.destroy()
  }
}

/** Whom the provider asks as; `undefined` without credentials. */
export function accessOf(config: Properties, env: Environment): AwsAccess | undefined {
  if (config['profile'] !== undefined || config['endpoints'] !== undefined) {
    throw new Error('stand-in for aws: profiles and endpoints are not done')
  }
  const given = (name: string, variable: string) => textOf(config, name) ?? env[variable]
  const accessKeyId = given('accessKey', 'AWS_ACCESS_KEY_ID')
  const secretAccessKey = given('secretKey', 'AWS_SECRET_ACCESS_KEY')
  const sessionToken = given('token', 'AWS_SESSION_TOKEN')
  const endpoint = env['AWS_ENDPOINT_URL']
  if (!accessKeyId || !secretAccessKey) return undefined
  if (!endpoint) throw new Error('stand-in for aws: AWS_ENDPOINT_URL must name the sandbox')
  return {
    endpoint,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
  }
}
