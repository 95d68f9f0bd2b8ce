/** A resource policy as Secrets Manager keeps it. Values stay unread until something must know them. */
export interface PolicyDocument {
  readonly Version?: string
  readonly Id?: string
  readonly Statement: readonly PolicyStatement[]
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html */
export interface PolicyStatement {
  readonly Sid?: string
  readonly Effect: string
  readonly Principal?: Principals
  readonly NotPrincipal?: Principals
  readonly Action?: Many
  readonly NotAction?: Many
  readonly Resource?: Many
  readonly NotResource?: Many
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Values>>>>
}

export type Many = string | readonly string[]
export type Principals = '*' | Readonly<Record<string, Many>>
type Values = string | number | boolean | readonly (string | number | boolean)[]

/** The secret a policy is attached to; some forms of writing a policy mean the same only beside it. */
export interface PolicySubject {
  readonly partition: string
  readonly account: string
  readonly region: string
  /** Absent while the secret does not exist. */
  readonly secretArn: string | undefined
}

/** Read the JSON text of a policy; a single statement may stand without its array. */
export function parsePolicyDocument(text: string): PolicyDocument {
  const document = JSON.parse(text) as Omit<PolicyDocument, 'Statement'> & {
    readonly Statement?: PolicyStatement | readonly PolicyStatement[]
  }
  return { ...document, Statement: list(document.Statement ?? []) }
}

/** One or many, as many. */
export function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}

/**
 * Whether two statements mean the same: whatever their Sid, the order of lists, a string or an array of one, the
 * case of actions, operators and condition keys, `Arn…Equals` or `Arn…Like` (IAM treats them alike), an account
 * number or its root ARN, `*` or the ARN of the very secret.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function sameMeaning(a: PolicyStatement, b: PolicyStatement, subject: PolicySubject): boolean {
  return meaning(a, subject) === meaning(b, subject)
}

function meaning(statement: PolicyStatement, subject: PolicySubject): string {
  return JSON.stringify([
    statement.Effect,
    principals(statement.Principal, subject),
    principals(statement.NotPrincipal, subject),
    set(statement.Action, (action) => action.toLowerCase()),
    set(statement.NotAction, (action) => action.toLowerCase()),
    set(statement.Resource, (resource) => (resource === subject.secretArn ? '*' : resource)),
    set(statement.NotResource, (resource) => resource),
    conditions(statement.Condition ?? {}),
  ])
}

function principals(value: Principals | undefined, { partition }: PolicySubject): unknown {
  if (value === undefined) return null
  const byType = value === '*' ? { AWS: '*' } : value
  return Object.entries(byType)
    .map(([type, names]) => [
      type,
      set(names, (name) => (/^\d{12}$/.test(name) ? `arn:${partition}:iam::${name}:root` : name)),
    ])
    .sort(byText)
}

function conditions(condition: NonNullable<PolicyStatement['Condition']>): unknown {
  return Object.entries(condition)
    .map(([operator, keys]) => [
      operator.toLowerCase().replace(/^((?:for(?:all|any)values?:)?arn(?:not)?)equals/, '$1like'),
      Object.entries(keys)
        .map(([key, values]) => [key.toLowerCase(), list(values).map(String).sort()])
        .sort(byText),
    ])
    .sort(byText)
}

function set(value: Many | undefined, normalize: (item: string) => string): unknown {
  return value === undefined ? null : [...new Set(list(value).map(normalize))].sort()
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  if (left === right) return 0
  return left < right ? -1 : 1
}
