/**
 * What the name of every secret begins with that ECR can read for a pull-through cache.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export const sharedPrefix = 'ecr-pullthroughcache/'

/** Where a secret is, as its ARN says. */
export interface SecretArn {
  readonly region: string
  /** Twelve digits. */
  readonly account: string
  /** With or without the hyphen and six characters that Secrets Manager adds. */
  readonly name: string
}

/**
 * Read the ARN of a secret; `undefined` if it is none. The id that the AWS provider gives a version, the ARN and the
 * version’s id with a bar between them, counts too.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
export function parseSecretArn(arn: string): SecretArn | undefined {
  const [, region, account, name] =
    /^arn:[\w-]+:secretsmanager:([a-z]{2}[\w-]*):(\d{12}):secret:([\w/+=.@-]+)(?:\|.*)?$/.exec(arn) ?? []
  return region === undefined || account === undefined || name === undefined
    ? undefined
    : { region, account, name }
}

/** Whether a secret’s name, the beginning of one, its ARN or its id stands for a secret of a pull-through cache. */
export function namesSharedSecret(text: string): boolean {
  return (parseSecretArn(text)?.name ?? text).startsWith(sharedPrefix)
}
