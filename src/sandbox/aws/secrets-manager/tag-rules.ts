import { invalidParameter } from './errors.ts'
import type { Tag } from './secret.ts'

/**
 * Check tags as they were sent.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/managing-secrets_tagging.html
 *
 * @throws `InvalidParameterException`
 */
export function readTags(
  tags: readonly { readonly Key?: string; readonly Value?: string }[],
): readonly Tag[] {
  const seen = new Set<string>()
  return tags.map(({ Key: key, Value: value = '' }) => {
    if (key === undefined) throw invalidParameter('A tag must have a key.')
    if (seen.has(key)) throw invalidParameter('A tag key must not be used twice.')
    if (/^aws:/i.test(key)) throw invalidParameter('Tag keys that start with aws: are reserved.')
    if (!allowed.test(key) || !allowed.test(value)) {
      throw invalidParameter('Tags consist of letters, numbers, spaces and the characters _ . : / = + - @.')
    }
    seen.add(key)
    return { Key: key, Value: value }
  })
}

/** @throws `InvalidParameterException` for more tags than a secret may have. */
export function checkTagCount(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > 50) throw invalidParameter('A secret can have at most 50 tags.')
  return tags
}

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
