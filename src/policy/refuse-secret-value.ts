import { inspect } from 'node:util'
import { type CustomResourceOptions, output, RunError, runtime } from '@pulumi/pulumi'
import { withoutCredentials } from './credential-text.ts'
import { namesSharedSecret } from './shared-secret.ts'

/**
 * How Parameter Store calls a secret: it hands out the value of one like a parameter’s.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
 */
const parameterPrefix = /^\/aws\/reference\/secretsmanager\//

/** What reads a secret’s value, and how it names the secret. */
const readers: ReadonlyMap<string, (args: Readonly<Record<string, unknown>>) => unknown> = new Map([
  ['aws:secretsmanager/getSecretVersion:getSecretVersion', ({ secretId }) => secretId],
  [
    'aws:ssm/getParameter:getParameter',
    ({ name }) => (typeof name === 'string' ? name.replace(parameterPrefix, '') : undefined),
  ],
])

/**
 * Refuse, from here on in this program, to read the value of a pull-through cache’s secret: `getSecretVersion`,
 * `SecretVersion.get`, and `ssm.getParameter` by way of Parameter Store. The program fails before AWS is asked.
 *
 * A policy pack cannot do this, since an analyzer sees neither. Call it first in the program. It does not see what goes
 * past Pulumi, such as an SDK of AWS, nor what a program in another language does.
 *
 * @throws Pulumi’s own error if it is called outside a program, or the CLI is older than the transforms of invokes
 */
export function refuseSecretValue(): void {
  runtime.registerInvokeTransform(({ token, args }) => {
    refuse(readers.get(token)?.(args))
    return undefined
  })
  runtime.registerStackTransformation(({ type, props, opts }) => {
    const { id } = opts as CustomResourceOptions
    if (type !== 'aws:secretsmanager/secretVersion:SecretVersion' || id === undefined) return undefined
    if (typeof id !== 'string') return { props, opts: { ...opts, id: output(id).apply(refuse) } }
    refuse(id)
    return undefined
  })
}

function refuse<Named>(named: Named): Named {
  if (typeof named === 'string' && namesSharedSecret(named)) {
    const error = new RunError(
      `the value of ${withoutCredentials(named)} is for ECR alone, and a program that reads it writes it into its state; a rule needs only the ARN, which aws.secretsmanager.getSecret finds`,
    )
    // Pulumi inspects the error that ends a program, and would print all that hangs on it: half a minute of it.
    Object.defineProperty(error, inspect.custom, { value: () => error.message })
    throw error
  }
  return named
}
