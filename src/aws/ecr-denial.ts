import { ecrRoleArn } from './ecr-role.ts'
import {
  list,
  type Many,
  type PolicyStatement,
  type PolicySubject,
  type Principals,
} from './policy-document.ts'
import { like } from './policy-wildcard.ts'

/** What is known of a key in the context of ECR's request: its value, that it is not there, or nothing. */
type Known = { readonly value: string } | 'absent' | 'unknown'

/** Whether a part of a statement applies to ECR's request. */
type Applies = 'yes' | 'no' | 'unknown'

/**
 * Whether a statement denies ECR's role the reading of the secret: `certain`, `possible` where it hangs on something
 * that cannot be known from here, or `none`.
 *
 * How IAM decides: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function denialOf(
  statement: PolicyStatement,
  subject: PolicySubject,
): 'certain' | 'possible' | 'none' {
  if (statement.Effect !== 'Deny') return 'none'
  const parts: Applies[] = [
    namesAction(statement) ? 'yes' : 'no',
    namesSecret(statement, subject) ? 'yes' : 'no',
    namesRole(statement, subject) ? 'yes' : 'no',
    ...Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) =>
        conditionApplies(operator, list(values).map(String), knownOf(key, subject)),
      ),
    ),
  ]
  if (parts.includes('no')) return 'none'
  return parts.includes('unknown') ? 'possible' : 'certain'
}

function namesAction({ Action, NotAction }: PolicyStatement): boolean {
  const action = 'secretsmanager:getsecretvalue'
  const matches = (patterns: Many) => list(patterns).some((pattern) => like(pattern.toLowerCase(), action))
  if (NotAction !== undefined) return !matches(NotAction)
  return Action !== undefined && matches(Action)
}

function namesSecret({ Resource, NotResource }: PolicyStatement, { secretArn }: PolicySubject): boolean {
  const matches = (patterns: Many) =>
    list(patterns).some((pattern) => pattern === '*' || (secretArn !== undefined && like(pattern, secretArn)))
  if (NotResource !== undefined) return !matches(NotResource)
  return Resource === undefined || matches(Resource)
}

function namesRole({ Principal, NotPrincipal }: PolicyStatement, subject: PolicySubject): boolean {
  const role = ecrRoleArn(subject)
  const names = (principals: Principals) => (principals === '*' ? ['*'] : list(principals['AWS'] ?? []))
  if (NotPrincipal !== undefined) return !names(NotPrincipal).some((name) => name === '*' || name === role)
  if (Principal === undefined) return false
  const everyone = ['*', role, subject.account, `arn:${subject.partition}:iam::${subject.account}:root`]
  return names(Principal).some((name) => everyone.includes(name))
}

/**
 * What ECR's request carries. It is a session of the service-linked role in the account itself, made from AWS's own
 * network: through no VPC and no VPC endpoint of the user's.
 */
function knownOf(key: string, subject: PolicySubject): Known {
  const values: Readonly<Record<string, Known>> = {
    'aws:principalarn': { value: ecrRoleArn(subject) },
    'aws:principalaccount': { value: subject.account },
    'aws:principaltype': { value: 'AssumedRole' },
    'aws:principalisawsservice': { value: 'false' },
    'aws:principalservicename': 'absent',
    'aws:resourceaccount': { value: subject.account },
    'aws:requestedregion': { value: subject.region },
    'aws:securetransport': { value: 'true' },
    'aws:sourceaccount': 'absent',
    'aws:sourcearn': 'absent',
    'aws:sourcevpc': 'absent',
    'aws:sourcevpce': 'absent',
    'aws:vpcsourceip': 'absent',
    'aws:multifactorauthpresent': 'absent',
    'aws:multifactorauthage': 'absent',
  }
  return values[key.toLowerCase()] ?? 'unknown'
}

function conditionApplies(written: string, values: readonly string[], known: Known): Applies {
  const [, ifExists, operator] = operatorOf(written)
  if (operator.startsWith('for')) return 'unknown'
  if (operator === 'null') {
    if (known === 'unknown') return 'unknown'
    return answer(values.some((value) => (value.toLowerCase() === 'true') === (known === 'absent')))
  }
  const negated = operator.includes('not')
  // A request from AWS's network is outside any list of the user's addresses.
  if (operator === 'notipaddress') return 'yes'
  if (known === 'unknown') return 'unknown'
  if (known === 'absent') return answer(ifExists || negated)
  if (values.some((value) => value.includes('${'))) return 'unknown'
  const compare = comparisons[operator.replace('not', '')]
  if (!compare) return 'unknown'
  return answer(values.some((value) => compare(value, known.value)) !== negated)
}

function operatorOf(written: string): readonly [string, boolean, string] {
  const lower = written.toLowerCase()
  const ifExists = lower.endsWith('ifexists')
  return [written, ifExists, ifExists ? lower.slice(0, -'ifexists'.length) : lower]
}

const comparisons: Readonly<Record<string, (pattern: string, value: string) => boolean>> = {
  stringequals: (pattern, value) => pattern === value,
  stringequalsignorecase: sameIgnoringCase,
  stringlike: like,
  arnequals: like,
  arnlike: like,
  bool: sameIgnoringCase,
}

function sameIgnoringCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function answer(applies: boolean): Applies {
  return applies ? 'yes' : 'no'
}
