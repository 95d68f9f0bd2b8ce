import type { ValueOf } from '../shape.ts'
import { primaryRegion } from './replication.ts'
import type { LocatedSecret } from './secret.ts'
import type { shapes } from './shapes.ts'

/** One of `Filters` of ListSecrets. */
export type SecretFilter = NonNullable<ValueOf<(typeof shapes)['ListSecrets']>['Filters']>[number]

/**
 * Whether a secret passes a filter: a wanted value matches, if there is any, and no value after `!` does.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html
 */
export function passes(found: LocatedSecret, { Key: key, Values: values = [] }: SecretFilter): boolean {
  const wanted = values.filter((value) => !value.startsWith('!'))
  const unwanted = values.filter((value) => value.startsWith('!')).map((value) => value.slice(1))
  const matches = (value: string) => matchesKey(found, key, value)
  return (wanted.length === 0 || wanted.some(matches)) && !unwanted.some(matches)
}

function matchesKey(found: LocatedSecret, key: SecretFilter['Key'], value: string): boolean {
  const { secret } = found
  const tags = secret.tags ?? []
  const startsWith = (text: string | undefined) => text?.startsWith(value) ?? false
  switch (key) {
    case 'name':
      return startsWith(secret.name)
    case 'description':
      return secret.description?.toLowerCase().startsWith(value.toLowerCase()) ?? false
    case 'tag-key':
      return tags.some((tag) => startsWith(tag.Key))
    case 'tag-value':
      return tags.some((tag) => startsWith(tag.Value))
    case 'primary-region':
      return startsWith(primaryRegion(found))
    case 'all':
      return hasWords(found, value)
    // No secret here belongs to another service.
    default:
      return false
  }
}

/** Every word occurs in one of the attributes. */
function hasWords(found: LocatedSecret, value: string): boolean {
  const { secret } = found
  const tags = (secret.tags ?? []).flatMap(({ Key, Value }) => [Key, Value])
  const attributes = [secret.name, secret.description ?? '', primaryRegion(found) ?? '', ...tags]
  return value
    .toLowerCase()
    .split(/[\s/_+=.@!-]+/)
    .filter((word) => word !== '')
    .every((word) => attributes.some((attribute) => attribute.toLowerCase().includes(word)))
}
