import { createHash } from 'node:crypto'
import { parseArn } from './arn.ts'
import { parsePolicyDocument, PolicySyntaxError } from './iam/policy-document.ts'
import type { Caller } from './iam/principal.ts'

/**
 * A caller by its ARN: a user, a role (it gets a session named `sandbox`), a session of a role, or an account's root.
 *
 * @throws `TypeError` if the ARN is none of them or the policy is not an identity-based policy.
 */
export function createCaller(name: string, policy: unknown): Caller {
  const arn = parseArn(name)
  const [kind, ...path] = (arn?.resource ?? '').split('/')
  const last = path.at(-1) ?? ''
  const form = `${arn?.service ?? ''}:${kind ?? ''}`
  if (!arn || !/^\d{12}$/.test(arn.account) || !isCallerForm(form) || (form !== 'iam:root' && last === '')) {
    throw new TypeError(
      '"arn" must be the ARN of an IAM user, a role, a session of a role, or the root of an account',
    )
  }
  const { partition, account } = arn
  const identityPolicy = readPolicy(policy)
  const role = (principalArn: string, roleName: string, session: string): Caller => ({
    arn: `arn:${partition}:sts::${account}:assumed-role/${roleName}/${session}`,
    principalArn,
    account,
    type: 'AssumedRole',
    userId: `${uniqueId('AROA', principalArn)}:${session}`,
    userName: undefined,
    identityPolicy,
  })
  switch (form) {
    case 'iam:user':
      return {
        arn: name,
        principalArn: name,
        account,
        type: 'User',
        userId: uniqueId('AIDA', name),
        userName: last,
        identityPolicy,
      }
    case 'iam:role':
      return role(name, last, 'sandbox')
    case 'sts:assumed-role': {
      const [roleName, session] = path
      if (!roleName || !session || path.length !== 2) {
        throw new TypeError('"arn" of a session must end in assumed-role/ROLE/SESSION')
      }
      return role(`arn:${partition}:iam::${account}:role/${pathOf(roleName)}${roleName}`, roleName, session)
    }
    case 'iam:root':
      return {
        arn: name,
        principalArn: name,
        account,
        type: 'Account',
        userId: account,
        userName: undefined,
        identityPolicy,
      }
  }
}

/** A session's ARN leaves out the path of its role; that of ECR's service-linked role is known. */
function pathOf(roleName: string): string {
  return roleName === 'AWSServiceRoleForECRPullThroughCache'
    ? 'aws-service-role/pullthroughcache.ecr.amazonaws.com/'
    : ''
}

const callerForms = ['iam:user', 'iam:role', 'sts:assumed-role', 'iam:root'] as const

function isCallerForm(form: string): form is (typeof callerForms)[number] {
  return callerForms.some((known) => known === form)
}

function readPolicy(policy: unknown): Caller['identityPolicy'] {
  try {
    return parsePolicyDocument(policy, 'identity')
  } catch (error) {
    if (error instanceof PolicySyntaxError)
      throw new TypeError(`"policy": ${error.message}`, { cause: error })
    throw error
  }
}

/** A unique id that is the same in every run: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
function uniqueId(prefix: 'AIDA' | 'AROA', arn: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(arn).digest('hex')}`).toString(36)
  return prefix + digits.toUpperCase().slice(0, 17)
}
