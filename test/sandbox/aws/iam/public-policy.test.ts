import { expect, test } from 'vitest'
import { parsePolicyDocument } from '../../../../src/sandbox/aws/iam/policy-document.ts'
import { isPublic } from '../../../../src/sandbox/aws/iam/public-policy.ts'

const account = '123456789012'
const allow = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }
const everyone = { ...allow, Principal: '*' }

test.each<[title: string, expected: boolean, statement: object]>([
  ['everyone', true, everyone],
  ['everyone by AWS', true, { ...allow, Principal: { AWS: '*' } }],
  ['everyone among others', true, { ...allow, Principal: { AWS: [account, '*'] } }],
  ['everyone but one', true, { ...allow, NotPrincipal: { AWS: account } }],
  ['a Deny for everyone', false, { ...everyone, Effect: 'Deny' }],
  ['an account', false, { ...allow, Principal: { AWS: account } }],
  ['a service', false, { ...allow, Principal: { Service: 'ecr.amazonaws.com' } }],
  [
    'tied to an account',
    false,
    { ...everyone, Condition: { StringEquals: { 'aws:SourceAccount': account } } },
  ],
  [
    'tied to an account, key in another case',
    false,
    { ...everyone, Condition: { StringEquals: { 'AWS:sourceaccount': account } } },
  ],
  [
    'tied to a role',
    false,
    { ...everyone, Condition: { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/Deploy` } } },
  ],
  [
    'tied to the roles of an account',
    false,
    { ...everyone, Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/*` } } },
  ],
  [
    'tied to a role of any account',
    true,
    { ...everyone, Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Deploy' } } },
  ],
  [
    'tied to an organization',
    false,
    { ...everyone, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
  ],
  [
    'tied to any organization',
    true,
    { ...everyone, Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } },
  ],
  [
    'tied only where the key exists',
    true,
    { ...everyone, Condition: { StringEqualsIfExists: { 'aws:SourceAccount': account } } },
  ],
  [
    'all but one account',
    true,
    { ...everyone, Condition: { StringNotEquals: { 'aws:SourceAccount': account } } },
  ],
  [
    'tied to something anybody can send',
    true,
    { ...everyone, Condition: { StringEquals: { 'aws:UserAgent': 'x' } } },
  ],
  ['tied to addresses', false, { ...everyone, Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }],
  ['tied to all addresses', true, { ...everyone, Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } } }],
])('an Allow for %s is public: %j', (_title, expected, statement) => {
  const policy = parsePolicyDocument({ Version: '2012-10-17', Statement: statement }, 'resource')
  expect(isPublic(policy)).toBe(expected)
})
