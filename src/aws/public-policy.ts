import { list, type PolicyStatement, type Principals } from './policy-document.ts'

/** Condition keys that tie a request to somebody, or to some place. */
const bindingKeys: readonly string[] = [
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
]

/**
 * Whether a statement lets everybody in: an Allow for every principal, or for all but some, that no condition ties
 * to anybody. AWS does not publish how Secrets Manager decides that a policy is public; this follows what S3 publishes
 * of the same setting.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function letsEverybodyIn({ Effect, Principal, NotPrincipal, Condition }: PolicyStatement): boolean {
  if (Effect !== 'Allow') return false
  if (NotPrincipal === undefined && !(Principal !== undefined && isEverybody(Principal))) return false
  return !Object.entries(Condition ?? {}).some(
    ([operator, keys]) =>
      /^(string|arn)(equals|like|equalsignorecase)$|^ipaddress$/i.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) =>
          bindingKeys.includes(key.toLowerCase()) && list(values).every((value) => isFixed(String(value))),
      ),
  )
}

function isEverybody(principals: Principals): boolean {
  return principals === '*' || list(principals['AWS'] ?? []).includes('*')
}

/** A value that stands for some, and not for all. */
function isFixed(value: string): boolean {
  return !/^[*?]*$/.test(value) && !value.endsWith('/0')
}
