import { expect, test } from 'vitest'
import { type Condition, holds, parseOperator } from '../../../../src/sandbox/aws/iam/condition.ts'
import { createContext } from '../../../../src/sandbox/aws/iam/request-context.ts'

const context = createContext({
  'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/service/Deploy',
  'aws:PrincipalAccount': '123456789012',
  'aws:username': 'Ana',
  'aws:SecureTransport': 'true',
  'aws:SourceIp': '192.0.2.17',
  'aws:CurrentTime': '2026-11-23T10:00:00Z',
  'aws:EpochTime': '1795428000',
  'aws:TagKeys': ['team', 'stage'],
  'secretsmanager:RecoveryWindowInDays': '10',
  'test:star': 'a*c',
  'test:empty': '',
})

function check(operator: string, key: string, values: string | readonly string[], variables = true): boolean {
  const parsed = parseOperator(operator)
  if (!parsed) throw new Error(`${operator} is not an operator`)
  const condition: Condition = {
    operator: parsed,
    key,
    values: typeof values === 'string' ? [values] : values,
  }
  return holds(condition, context, { variables })
}

test.each<[operator: string, key: string, values: string | readonly string[], expected: boolean]>([
  ['StringEquals', 'aws:username', 'Ana', true],
  ['StringEquals', 'AWS:USERNAME', 'Ana', true],
  ['StringEquals', 'aws:username', 'ana', false],
  ['StringEquals', 'aws:username', ['Bo', 'Ana'], true],
  ['StringEquals', 'aws:username', 'A*', false],
  ['StringEquals', 'test:star', 'a*c', true],
  ['StringNotEquals', 'aws:username', 'Bo', true],
  ['StringNotEquals', 'aws:username', ['Bo', 'Ana'], false],
  ['StringEqualsIgnoreCase', 'aws:username', 'ANA', true],
  ['StringNotEqualsIgnoreCase', 'aws:username', 'ANA', false],
  ['StringLike', 'aws:username', 'A?a', true],
  ['StringLike', 'aws:username', 'a*', false],
  ['StringLike', 'test:star', 'a${*}c', true],
  ['StringNotLike', 'aws:username', 'B*', true],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::123456789012:role/service/*', true],
  ['ArnLike', 'aws:PrincipalArn', 'arn:*:role/service/Deploy', false],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/*', true],
  ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::123456789012:role/*/Deploy', true],
  ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::123456789012:role/Deploy', false],
  ['ArnNotEquals', 'aws:PrincipalArn', 'arn:aws:iam::123456789012:role/Deploy', true],
  ['ArnNotLike', 'aws:PrincipalArn', ['arn:aws:iam::1:role/a', 'arn:aws:iam::123456789012:*'], false],
  ['ArnEquals', 'aws:username', 'Ana', false],
  ['Bool', 'aws:SecureTransport', 'true', true],
  ['Bool', 'aws:SecureTransport', 'TRUE', true],
  ['Bool', 'aws:SecureTransport', 'false', false],
  ['NumericEquals', 'secretsmanager:RecoveryWindowInDays', '10.0', true],
  ['NumericNotEquals', 'secretsmanager:RecoveryWindowInDays', '10', false],
  ['NumericLessThan', 'secretsmanager:RecoveryWindowInDays', '11', true],
  ['NumericLessThan', 'secretsmanager:RecoveryWindowInDays', '9', false],
  ['NumericLessThanEquals', 'secretsmanager:RecoveryWindowInDays', '10', true],
  ['NumericGreaterThan', 'secretsmanager:RecoveryWindowInDays', '7', true],
  ['NumericGreaterThanEquals', 'secretsmanager:RecoveryWindowInDays', '11', false],
  ['NumericEquals', 'aws:username', '10', false],
  ['DateLessThan', 'aws:CurrentTime', '2027-01-01T00:00:00Z', true],
  ['DateGreaterThan', 'aws:CurrentTime', '2027-01-01T00:00:00Z', false],
  ['DateEquals', 'aws:EpochTime', '1795428000', true],
  ['DateNotEquals', 'aws:CurrentTime', '2026-11-23T10:00:00Z', false],
  ['DateLessThanEquals', 'aws:CurrentTime', 'soon', false],
  ['IpAddress', 'aws:SourceIp', '192.0.2.0/24', true],
  ['IpAddress', 'aws:SourceIp', '192.0.2.17', true],
  ['IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '2001:db8::/32'], false],
  ['IpAddress', 'aws:SourceIp', '192.0.2.0/99', false],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', true],
  ['BinaryEquals', 'aws:username', 'Ana', true],
])('%s of %s against %j is %j', (operator, key, values, expected) => {
  expect(check(operator, key, values)).toBe(expected)
})

test.each<[operator: string, expected: boolean]>([
  ['StringEquals', false],
  ['StringLike', false],
  ['ArnEquals', false],
  ['ArnLike', false],
  ['Bool', false],
  ['NumericLessThan', false],
  ['DateGreaterThan', false],
  ['IpAddress', false],
  ['BinaryEquals', false],
  ['StringNotEquals', true],
  ['StringNotEqualsIgnoreCase', true],
  ['StringNotLike', true],
  ['ArnNotEquals', true],
  ['ArnNotLike', true],
  ['NumericNotEquals', true],
  ['DateNotEquals', true],
  ['NotIpAddress', true],
  ['StringEqualsIfExists', true],
  ['ArnLikeIfExists', true],
  ['BoolIfExists', true],
  ['StringNotEqualsIfExists', true],
  ['ForAllValues:StringEquals', true],
  ['ForAllValues:StringNotEquals', true],
  ['ForAnyValue:StringEquals', false],
  ['ForAnyValue:StringNotEquals', false],
  ['ForAnyValue:StringEqualsIfExists', true],
])('a key that is missing makes %s %j', (operator, expected) => {
  expect(check(operator, 'aws:PrincipalOrgID', 'o-1')).toBe(expected)
})

test.each<[operator: string, values: string | readonly string[], expected: boolean]>([
  ['ForAnyValue:StringEquals', 'team', true],
  ['ForAnyValue:StringEquals', 'owner', false],
  ['ForAnyValue:StringNotEquals', 'team', true],
  ['ForAnyValue:StringNotEquals', ['team', 'stage'], false],
  ['ForAllValues:StringEquals', ['team', 'stage', 'owner'], true],
  ['ForAllValues:StringEquals', 'team', false],
  ['ForAllValues:StringNotLike', 't*', false],
  ['ForAllValues:StringNotLike', 'o*', true],
  ['ForAllValues:StringLike', ['t*', 's*'], true],
])('%s of the tag keys team and stage against %j is %j', (operator, values, expected) => {
  expect(check(operator, 'aws:TagKeys', values)).toBe(expected)
})

test.each<[key: string, value: string, expected: boolean]>([
  ['aws:username', 'false', true],
  ['aws:username', 'true', false],
  ['aws:PrincipalOrgID', 'true', true],
  ['aws:PrincipalOrgID', 'false', false],
])('Null of %s with %s is %j', (key, value, expected) => {
  expect(check('Null', key, value)).toBe(expected)
})

test.each<[value: string, expected: boolean]>([
  ['${aws:PrincipalAccount}', false],
  ['${aws:username}', true],
  ['${ AWS:UserName }', true],
  ["${aws:PrincipalTag/name, 'Ana'}", true],
  ['${aws:PrincipalTag/name}', false],
  ["A${aws:none, 'n'}a", true],
])('the variable in %j is replaced before the comparison: %j', (value, expected) => {
  expect(check('StringEquals', 'aws:username', value)).toBe(expected)
})

test('a wildcard that comes out of a variable is an ordinary character', () => {
  expect(check('StringLike', 'aws:username', '${test:star}')).toBe(false)
  expect(check('StringLike', 'test:star', '${test:star}')).toBe(true)
})

test('a policy of version 2008-10-17 has no variables', () => {
  expect(check('StringEquals', 'aws:username', '${aws:username}', false)).toBe(false)
})

test('a key with an empty value is there', () => {
  expect(check('StringEquals', 'test:empty', '')).toBe(true)
  expect(check('Null', 'test:empty', 'false')).toBe(true)
})

test.each([
  'Equals',
  'StringsEquals',
  'NullIfExists',
  'ForAnyValue:Null',
  'ForSome:StringEquals',
  'toString',
  '',
])('%j is not an operator', (name) => {
  expect(parseOperator(name)).toBeUndefined()
})
