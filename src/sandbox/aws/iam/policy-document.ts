import { type Condition, parseOperator } from './condition.ts'
import type { PrincipalElement } from './principal.ts'

/** A policy, read and checked. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  /** Version 2008-10-17 has no variables. */
  readonly version: '2008-10-17' | '2012-10-17'
  readonly statements: readonly Statement[]
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny'
  /** Only in resource-based policies. */
  readonly principal: Either<PrincipalElement> | undefined
  readonly action: Either<readonly string[]>
  readonly resource: Either<readonly string[]>
  readonly conditions: readonly Condition[]
}

/** `Action` or `NotAction`, and so on. */
interface Either<Element> {
  readonly not: boolean
  readonly element: Element
}

/** The document is not a policy; the message says what is wrong with it. */
export class PolicySyntaxError extends Error {
  override readonly name = 'PolicySyntaxError'
}

/**
 * Read a policy document that was parsed as JSON.
 *
 * @param kind a resource-based policy must say whom it is about, an identity-based policy must not
 * @throws {@link PolicySyntaxError}
 */
export function parsePolicyDocument(document: unknown, kind: 'identity' | 'resource'): PolicyDocument {
  if (!isRecord(document)) throw new PolicySyntaxError('the document must be a JSON object')
  refuseUnknown(document, ['Version', 'Id', 'Statement'], 'the document')
  const { Version: version = '2008-10-17', Id: id, Statement: statement } = document
  if (version !== '2012-10-17' && version !== '2008-10-17') {
    throw new PolicySyntaxError('Version must be 2012-10-17 or 2008-10-17')
  }
  if (id !== undefined && typeof id !== 'string') throw new PolicySyntaxError('Id must be a string')
  const elements = Array.isArray(statement) ? statement : [statement]
  if (elements.length === 0) throw new PolicySyntaxError('Statement must not be empty')
  const sids = new Set<string>()
  const statements = elements.map((element: unknown, index) => {
    const where = `statement ${index + 1}`
    if (!isRecord(element)) throw new PolicySyntaxError(`${where} must be an object`)
    const sid = readSid(element['Sid'], where)
    if (sid !== '' && sids.has(sid)) throw new PolicySyntaxError(`the Sid "${sid}" is used twice`)
    sids.add(sid)
    return readStatement(element, { kind, where })
  })
  return { version, statements }
}

interface Place {
  readonly kind: 'identity' | 'resource'
  /** `statement 2` */
  readonly where: string
}

function readStatement(statement: Record<string, unknown>, place: Place): Statement {
  const { where } = place
  const known = [
    'Sid',
    'Effect',
    'Principal',
    'NotPrincipal',
    'Action',
    'NotAction',
    'Resource',
    'NotResource',
  ]
  refuseUnknown(statement, [...known, 'Condition'], where)
  const effect = statement['Effect']
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new PolicySyntaxError(`Effect of ${where} must be Allow or Deny`)
  const action = readEither(statement, 'Action', where)
  for (const name of action.element) {
    if (name !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(name)) {
      throw new PolicySyntaxError(`"${name}" in ${where} is not an action`)
    }
  }
  const resource = readEither(statement, 'Resource', where)
  for (const name of resource.element) {
    if (name !== '*' && !name.startsWith('arn:')) {
      throw new PolicySyntaxError(`"${name}" in ${where} is neither * nor an ARN`)
    }
  }
  return {
    effect,
    principal: readPrincipal(statement, place),
    action,
    resource,
    conditions: readConditions(statement['Condition'], where),
  }
}

function readSid(sid: unknown, where: string): string {
  if (sid === undefined) return ''
  if (typeof sid !== 'string' || !/^[A-Za-z0-9]*$/.test(sid)) {
    throw new PolicySyntaxError(`Sid of ${where} must consist of letters and digits`)
  }
  return sid
}

function readEither(
  statement: Record<string, unknown>,
  name: 'Action' | 'Resource',
  where: string,
): Either<readonly string[]> {
  const plain = statement[name]
  const negated = statement[`Not${name}`]
  if ((plain === undefined) === (negated === undefined)) {
    throw new PolicySyntaxError(`${where} must have either ${name} or Not${name}`)
  }
  return { not: plain === undefined, element: readStrings(plain ?? negated, `${name} of ${where}`) }
}

function readPrincipal(statement: Record<string, unknown>, { kind, where }: Place): Statement['principal'] {
  const plain = statement['Principal']
  const negated = statement['NotPrincipal']
  if (kind === 'identity') {
    if (plain === undefined && negated === undefined) return undefined
    throw new PolicySyntaxError(`${where} must not have Principal: it belongs to an identity-based policy`)
  }
  if ((plain === undefined) === (negated === undefined)) {
    throw new PolicySyntaxError(`${where} must have either Principal or NotPrincipal`)
  }
  return { not: plain === undefined, element: readPrincipalElement(plain ?? negated, where) }
}

function readPrincipalElement(value: unknown, where: string): PrincipalElement {
  if (value === '*') return { everyone: true, aws: [], services: [] }
  if (!isRecord(value)) throw new PolicySyntaxError(`Principal of ${where} must be "*" or an object`)
  refuseUnknown(value, ['AWS', 'Service', 'Federated', 'CanonicalUser'], `Principal of ${where}`)
  const lists = Object.fromEntries(
    Object.entries(value).map(([name, names]) => [name, readStrings(names, `Principal of ${where}`)]),
  )
  if (Object.keys(lists).length === 0) throw new PolicySyntaxError(`Principal of ${where} must not be empty`)
  const aws = lists['AWS'] ?? []
  for (const name of aws) {
    if (name !== '*' && !isAwsPrincipal(name))
      throw new PolicySyntaxError(`"${name}" in ${where} is not a principal`)
  }
  const services = lists['Service'] ?? []
  for (const name of services) {
    if (!/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name)) {
      throw new PolicySyntaxError(`"${name}" in ${where} is not a service principal`)
    }
  }
  return { everyone: aws.includes('*'), aws: aws.filter((name) => name !== '*'), services }
}

/** An account, its root, a user, a role, a session, or a unique id; a wildcard may not be a part of any of them. */
function isAwsPrincipal(name: string): boolean {
  if (/^\d{12}$/.test(name) || /^A[A-Z0-9]{15,127}$/.test(name)) return true
  return (
    /^arn:aws(-[a-z]+)*:iam::\d{12}:(root|(user|role)\/[^*?]+)$/.test(name) ||
    /^arn:aws(-[a-z]+)*:sts::\d{12}:(assumed-role|federated-user)\/[^*?]+$/.test(name)
  )
}

function readConditions(block: unknown, where: string): readonly Condition[] {
  if (block === undefined) return []
  if (!isRecord(block)) throw new PolicySyntaxError(`Condition of ${where} must be an object`)
  return Object.entries(block).flatMap(([name, keys]) => {
    const operator = parseOperator(name)
    if (!operator) throw new PolicySyntaxError(`"${name}" in ${where} is not a condition operator`)
    if (!isRecord(keys) || Object.keys(keys).length === 0) {
      throw new PolicySyntaxError(`${name} of ${where} must be an object with a key`)
    }
    return Object.entries(keys).map(([key, value]) => {
      if (!/^[\w-]+:[^:]+/.test(key))
        throw new PolicySyntaxError(`"${key}" in ${where} is not a condition key`)
      return { operator, key, values: readValues(value, `${key} of ${where}`) }
    })
  })
}

function readValues(value: unknown, where: string): readonly string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return values.map((item) => {
    if (typeof item === 'string') return item
    if (typeof item === 'boolean' || typeof item === 'number') return String(item)
    throw new PolicySyntaxError(`${where} must be a string or an array of strings`)
  })
}

function readStrings(value: unknown, where: string): readonly string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  if (values.length === 0) throw new PolicySyntaxError(`${where} must not be empty`)
  return values.map((item) => {
    if (typeof item === 'string' && item !== '') return item
    throw new PolicySyntaxError(`${where} must be a string or an array of strings`)
  })
}

function refuseUnknown(value: Record<string, unknown>, known: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new PolicySyntaxError(`${where} must not have "${unknown}"`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
