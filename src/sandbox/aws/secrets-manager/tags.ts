import type { ValueOf } from '../shape.ts'
import { authorize, changeableSecret } from './authorization.ts'
import type { Call, Output } from './call.ts'
import type { LocatedSecret, Tag } from './secret.ts'
import type { shapes } from './shapes.ts'
import { checkTagCount, readTags } from './tag-rules.ts'

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html */
export function tagResource(call: Call, input: ValueOf<(typeof shapes)['TagResource']>): Output {
  const added = readTags(input.Tags)
  const found = changeableSecret(call, input.SecretId)
  const byKey = new Map([...(found.secret.tags ?? []), ...added].map((tag) => [tag.Key, tag]))
  return putTags(call, found, checkTagCount([...byKey.values()]))
}

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html
 *
 * The last tag gone leaves an empty list behind.
 */
export function untagResource(call: Call, input: ValueOf<(typeof shapes)['UntagResource']>): Output {
  const found = changeableSecret(call, input.SecretId)
  return putTags(
    call,
    found,
    found.secret.tags?.filter(({ Key }) => !input.TagKeys.includes(Key)),
  )
}

/**
 * Tags may decide permissions: a change that would cost the caller the permission to undo it is refused.
 *
 * @throws `AccessDeniedException`
 */
function putTags(call: Call, { secret, arn }: LocatedSecret, tags: readonly Tag[] | undefined): Output {
  authorize(call, call.operation, {
    arn,
    account: secret.account,
    shown: arn,
    policy: secret.policy,
    tags,
    primaryRegion: secret.region,
  })
  call.store.replace(secret, { ...secret, tags, lastChangedDate: call.now })
  return {}
}
