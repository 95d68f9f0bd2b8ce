import { randomInt } from 'node:crypto'
import { parseArn } from '../arn.ts'
import { invalidName } from './errors.ts'
import { locate, type LocatedSecret } from './secret.ts'
import type { SecretStore } from './store.ts'

/** What a `SecretId` says. */
export type SecretId =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'arn'; readonly account: string; readonly region: string; readonly tail: string }

/**
 * Read a `SecretId`: a name, an ARN, or an ARN without its last seven characters.
 *
 * @throws `ValidationException` for a name with a character that no name has.
 */
export function parseSecretId(text: string): SecretId {
  const arn = parseArn(text)
  if (arn?.service === 'secretsmanager' && arn.resource.startsWith('secret:')) {
    const tail = arn.resource.slice('secret:'.length)
    if (!isReadableName(tail)) throw invalidName()
    return { kind: 'arn', account: arn.account, region: arn.region, tail }
  }
  if (!isReadableName(text)) throw invalidName()
  return { kind: 'name', name: text }
}

/**
 * Find a secret. An ARN of another Region finds nothing. An ARN that ends in a hyphen and six characters is taken
 * for a whole one, so a name that ends so cannot be found by its partial ARN.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function findSecret(
  id: SecretId,
  {
    store,
    account,
    region,
    now,
  }: { readonly store: SecretStore; readonly account: string; readonly region: string; readonly now: Date },
): LocatedSecret | undefined {
  if (id.kind === 'name') return store.find({ account, region, name: id.name }, now)
  if (id.region !== region) return undefined
  if (!/-[A-Za-z0-9]{6}$/.test(id.tail)) {
    return store.find({ account: id.account, region, name: id.tail }, now)
  }
  const secret = store
    .all(now)
    .find(({ name, suffix, account: owner }) => owner === id.account && `${name}-${suffix}` === id.tail)
  return secret && locate(secret, region)
}

/**
 * Check the name of a secret to create.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 *
 * @throws `ValidationException`
 */
export function checkNewName(name: string): void {
  if (!/^[A-Za-z0-9/_+=.@-]+$/.test(name)) throw invalidName()
}

/** Six characters nobody can foretell: a secret that is made again gets others. */
export function randomSuffix(): string {
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from({ length: 6 }, () => characters[randomInt(characters.length)]).join('')
}

/** Secrets of other AWS services have an exclamation mark in their names; nobody else may create one. */
function isReadableName(name: string): boolean {
  return /^[A-Za-z0-9/_+=.@!-]+$/.test(name)
}
