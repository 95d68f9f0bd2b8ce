import { getSecret } from '@pulumi/aws/secretsmanager/getSecret.js'
import type { InvokeOptions } from '@pulumi/pulumi'
import { secretCauses } from '../checks/causes/secret.ts'
import { secretNames } from '../credential.ts'
import { isCustomerKey } from '../destinations/secret-plan.ts'
import { PullthroughError } from '../errors.ts'
import { deletedDate } from './deleted-date.ts'
import { isNotFound } from './not-found.ts'

/** The secret that every stack of the account and Region shares. */
export interface SharedSecret {
  readonly name: string
  readonly region: string
}

/**
 * The ARN of the secret, by its metadata: the value is never asked for, and so never in a state.
 *
 * @throws {@link PullthroughError} `ERR_STATE` if ECR could not use it: absent, scheduled for deletion, under a key of
 *   the customer’s; or the provider’s own error, if it could not be asked.
 */
export async function sharedSecretArn({ name, region }: SharedSecret, opts: InvokeOptions): Promise<string> {
  const secret = await getSecret({ name, region }, opts).catch(async (error: unknown) => {
    throw isNotFound(error) ? await absence({ name, region }, opts) : unanswered({ name, region }, error)
  })
  // ECR’s own key has no id here, or its alias.
  if (secret.kmsKeyId !== '' && isCustomerKey(secret.kmsKeyId)) {
    throw unusable(secretCauses['secret-under-customer-key'], { name, region, kmsKeyId: secret.kmsKeyId })
  }
  return secret.arn
}

/**
 * What is wrong with the name of a secret, in words; `undefined` if nothing is.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export function secretNameProblem(name: string): string | undefined {
  if (!name.startsWith('ecr-pullthroughcache/')) {
    return 'ECR reads only secrets whose name begins with ecr-pullthroughcache/'
  }
  return /^ecr-pullthroughcache\/[\w/+=.@-]+$/.test(name)
    ? undefined
    : 'the rest of a secret’s name is letters, digits and /_+=.@-'
}

/** The provider says “not found” also of a secret that waits for its deletion. Secrets Manager itself tells them apart. */
async function absence(secret: SharedSecret, opts: InvokeOptions): Promise<PullthroughError> {
  const deleted = await deletedDate(secret, opts)
  if (deleted !== undefined) {
    return unusable(secretCauses['secret-scheduled-for-deletion'], { ...secret, deletedDate: deleted })
  }
  const absent = secretCauses['secret-absent']
  return new PullthroughError('ERR_STATE', absent.cause(secret), {
    hint: secret.name === secretNames['docker-hub'] ? absent.fix(secret) : `make the secret ${secret.name}`,
  })
}

function unusable<Facts>(
  { cause, fix }: { cause: (facts: Facts) => string; fix: (facts: Facts) => string },
  facts: Facts,
): PullthroughError {
  return new PullthroughError('ERR_STATE', cause(facts), { hint: fix(facts) })
}

function unanswered({ name, region }: SharedSecret, error: unknown): PullthroughError {
  const why = error instanceof Error ? error.message : String(error)
  return new PullthroughError(
    'ERR_UNEXPECTED_ANSWER',
    `the secret ${name} in ${region} could not be looked up: ${why}`,
    {
      hint: 'the AWS credentials need secretsmanager:DescribeSecret and secretsmanager:GetResourcePolicy on it',
      cause: error,
    },
  )
}
