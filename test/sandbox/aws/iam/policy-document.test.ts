import { expect, test } from 'vitest'
import { parsePolicyDocument, PolicySyntaxError } from '../../../../src/sandbox/aws/iam/policy-document.ts'

const statement = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }
const named = { ...statement, Principal: { AWS: '123456789012' } }

function problem(document: unknown, kind: 'identity' | 'resource' = 'resource'): string {
  try {
    parsePolicyDocument(document, kind)
    return 'none'
  } catch (error) {
    if (error instanceof PolicySyntaxError) return error.message
    throw error
  }
}

test('reads single values and arrays alike', () => {
  const single = parsePolicyDocument({ Version: '2012-10-17', Statement: named }, 'resource')
  const arrays = {
    ...named,
    Action: [named.Action],
    Resource: ['*'],
    Principal: { AWS: ['123456789012'] },
  }
  expect(parsePolicyDocument({ Version: '2012-10-17', Statement: [arrays] }, 'resource')).toEqual(single)
  expect(single).toEqual({
    version: '2012-10-17',
    statements: [
      {
        effect: 'Allow',
        principal: { not: false, element: { everyone: false, aws: ['123456789012'], services: [] } },
        action: { not: false, element: ['secretsmanager:GetSecretValue'] },
        resource: { not: false, element: ['*'] },
        conditions: [],
      },
    ],
  })
})

test('a document without a version is of the old one', () => {
  expect(parsePolicyDocument({ Statement: named }, 'resource').version).toBe('2008-10-17')
})

test.each<[text: string, document: unknown]>([
  ['the document must be a JSON object', []],
  ['the document must not have "Statements"', { Statements: [] }],
  ['Version must be 2012-10-17 or 2008-10-17', { Version: '2019-10-19', Statement: named }],
  ['Id must be a string', { Id: 1, Statement: named }],
  ['Statement must not be empty', { Statement: [] }],
  ['statement 1 must be an object', {}],
  ['statement 2 must be an object', { Statement: [named, 'x'] }],
  ['statement 1 must not have "Resources"', { Statement: { ...named, Resources: '*' } }],
  [
    'the Sid "A" is used twice',
    {
      Statement: [
        { ...named, Sid: 'A' },
        { ...named, Sid: 'A' },
      ],
    },
  ],
  ['Sid of statement 1 must consist of letters and digits', { Statement: { ...named, Sid: 'a b' } }],
  ['Effect of statement 1 must be Allow or Deny', { Statement: { ...named, Effect: 'allow' } }],
  ['statement 1 must have either Action or NotAction', { Statement: { ...named, NotAction: '*' } }],
  ['Action of statement 1 must not be empty', { Statement: { ...named, Action: [] } }],
  ['Action of statement 1 must be a string or an array of strings', { Statement: { ...named, Action: [1] } }],
  ['"GetSecretValue" in statement 1 is not an action', { Statement: { ...named, Action: 'GetSecretValue' } }],
  ['statement 1 must have either Resource or NotResource', { Statement: { ...named, Resource: undefined } }],
  ['"secret" in statement 1 is neither * nor an ARN', { Statement: { ...named, Resource: 'secret' } }],
  ['statement 1 must have either Principal or NotPrincipal', { Statement: statement }],
  ['Principal of statement 1 must be "*" or an object', { Statement: { ...statement, Principal: 'me' } }],
  ['Principal of statement 1 must not be empty', { Statement: { ...statement, Principal: {} } }],
  ['Principal of statement 1 must not have "Aws"', { Statement: { ...statement, Principal: { Aws: '*' } } }],
  [
    '"arn:aws:iam::123456789012:role/*" in statement 1 is not a principal',
    { Statement: { ...statement, Principal: { AWS: 'arn:aws:iam::123456789012:role/*' } } },
  ],
  [
    '"ecr" in statement 1 is not a service principal',
    { Statement: { ...statement, Principal: { Service: 'ecr' } } },
  ],
  ['Condition of statement 1 must be an object', { Statement: { ...named, Condition: [] } }],
  [
    '"StringIs" in statement 1 is not a condition operator',
    { Statement: { ...named, Condition: { StringIs: { 'aws:username': 'a' } } } },
  ],
  [
    'StringEquals of statement 1 must be an object with a key',
    { Statement: { ...named, Condition: { StringEquals: {} } } },
  ],
  [
    '"username" in statement 1 is not a condition key',
    { Statement: { ...named, Condition: { StringEquals: { username: 'a' } } } },
  ],
  [
    'aws:username of statement 1 must be a string or an array of strings',
    { Statement: { ...named, Condition: { StringEquals: { 'aws:username': [null] } } } },
  ],
])('refuses a document: %s', (text, document) => {
  expect(problem(document)).toBe(text)
})

test.each([
  '*',
  { AWS: '*' },
  { AWS: ['arn:aws:iam::123456789012:root', 'arn:aws:iam::123456789012:user/path/Ana'] },
  { AWS: 'arn:aws:sts::123456789012:assumed-role/Deploy/session' },
  { AWS: 'AROADBQP57FF2AEXAMPLE' },
  { Service: ['ecr.amazonaws.com', 'pullthroughcache.ecr.amazonaws.com'] },
  { Federated: 'cognito-identity.amazonaws.com' },
])('accepts the principal %j', (principal) => {
  expect(problem({ Statement: { ...statement, Principal: principal } })).toBe('none')
})

test('an identity-based policy names no principal', () => {
  expect(problem({ Statement: statement }, 'identity')).toBe('none')
  expect(problem({ Statement: named }, 'identity')).toBe(
    'statement 1 must not have Principal: it belongs to an identity-based policy',
  )
})
