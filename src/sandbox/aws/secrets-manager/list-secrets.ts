import { pageOf } from '../page.ts'
import type { ValueOf } from '../shape.ts'
import { authorize } from './authorization.ts'
import type { Call, Output } from './call.ts'
import { labelledVersions, metadata } from './describe-secret.ts'
import { invalidNextToken } from './errors.ts'
import { passes } from './secret-filter.ts'
import { locate, type LocatedSecret } from './secret.ts'
import type { shapes } from './shapes.ts'

type ListInput = ValueOf<(typeof shapes)['ListSecrets']>

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
export function listSecrets(call: Call, input: ListInput): Output {
  const { caller, region, store, now } = call
  authorize(call, 'ListSecrets', { arn: '*', account: caller.account })
  const listed = store
    .all(now)
    .filter(
      ({ account, deletionDate }) =>
        account === caller.account && (!deletionDate || input.IncludePlannedDeletion),
    )
    .flatMap((secret) => locate(secret, region) ?? [])
    .filter((found) => (input.Filters ?? []).every((filter) => passes(found, filter)))
    .sort(inOrderOf(input))
  const { items, nextToken } = pageOf(listed, {
    request: { ...input, NextToken: undefined, MaxResults: undefined },
    nextToken: input.NextToken,
    maxResults: input.MaxResults,
    invalidNextToken,
  })
  return {
    SecretList: items.map((found) => ({
      ...metadata(found),
      SecretVersionsToStages: labelledVersions(found.secret),
    })),
    NextToken: nextToken,
  }
}

function inOrderOf({
  SortBy: by,
  SortOrder: order,
}: ListInput): (left: LocatedSecret, right: LocatedSecret) => number {
  const direction = order === 'desc' ? -1 : 1
  return (left, right) => {
    const [first, second] = [keyOf(left, by), keyOf(right, by)]
    if (first === second) return 0
    return first < second ? -direction : direction
  }
}

function keyOf({ secret, replica }: LocatedSecret, by: ListInput['SortBy']): number | string {
  switch (by) {
    case 'name':
      return secret.name
    case 'last-changed-date':
      return secret.lastChangedDate.getTime()
    case 'last-accessed-date':
      return (replica ? replica.lastAccessedDate : secret.lastAccessedDate)?.getTime() ?? 0
    default:
      return secret.createdDate.getTime()
  }
}
