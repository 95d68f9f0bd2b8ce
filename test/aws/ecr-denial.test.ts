import { expect, test } from 'vitest'
import { denialOf } from '../../src/aws/ecr-denial.ts'
import type { PolicyStatement } from '../../src/aws/policy-document.ts'

const subject = {
  partition: 'aws',
  account: '123456789012',
  region: 'us-east-1',
  secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub-AbCdEf',
}
const role =
  'arn:aws:iam::123456789012:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache'
const everyone: PolicyStatement = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'secretsmanager:GetSecretValue',
  Resource: '*',
}
const when = (Condition: PolicyStatement['Condition']): PolicyStatement => ({
  ...everyone,
  ...(Condition ? { Condition } : {}),
})
const withoutPrincipal: PolicyStatement = {
  Effect: 'Deny',
  Action: 'secretsmanager:GetSecretValue',
  Resource: '*',
}
const withoutAction: PolicyStatement = { Effect: 'Deny', Principal: '*', Resource: '*' }

test.each<[string, PolicyStatement]>([
  ['everyone', everyone],
  ['every action', { ...everyone, Action: '*' }],
  [
    'a wildcard that covers the read',
    { ...everyone, Action: ['secretsmanager:Put*', 'SecretsManager:Get*'] },
  ],
  ['all but another action', { ...withoutAction, NotAction: 'secretsmanager:DescribeSecret' }],
  ['this very secret', { ...everyone, Resource: subject.secretArn }],
  ['the whole account', { ...everyone, Principal: { AWS: '123456789012' } }],
  ['the account’s root ARN', { ...everyone, Principal: { AWS: ['arn:aws:iam::123456789012:root'] } }],
  ['the role itself', { ...everyone, Principal: { AWS: role } }],
  [
    'all but another role',
    { ...withoutPrincipal, NotPrincipal: { AWS: 'arn:aws:iam::123456789012:role/ci' } },
  ],
  [
    'any role not on a list',
    when({ ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/ci' } }),
  ],
  [
    'any role not on a list, as text',
    when({ StringNotLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:role/ci'] } }),
  ],
  ['what comes through no VPC', when({ StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } })],
  ['what comes through no VPC endpoint', when({ StringNotEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } })],
  ['what comes from elsewhere', when({ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })],
  ['calls that no service makes', when({ Bool: { 'aws:PrincipalIsAWSService': 'false' } })],
  ['calls without a source account', when({ Null: { 'aws:SourceAccount': 'true' } })],
  ['calls without MFA', when({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } })],
])('a denial of %s shuts ECR out', (_what, statement) => {
  expect(denialOf(statement, subject)).toBe('certain')
})

test.each<[string, PolicyStatement]>([
  ['an Allow', { ...everyone, Effect: 'Allow' }],
  ['a denial of another action', { ...everyone, Action: 'secretsmanager:DeleteSecret' }],
  ['a denial of all but the read', { ...withoutAction, NotAction: 'secretsmanager:Get*' }],
  [
    'a denial of another secret',
    { ...everyone, Resource: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x' },
  ],
  ['a denial of another role', { ...everyone, Principal: { AWS: 'arn:aws:iam::123456789012:role/ci' } }],
  ['a denial of another account', { ...everyone, Principal: { AWS: '210987654321' } }],
  ['a denial of a service', { ...everyone, Principal: { Service: 'lambda.amazonaws.com' } }],
  ['a denial of all but the role', { ...withoutPrincipal, NotPrincipal: { AWS: ['x', role] } }],
  ['a denial that exempts the role', when({ ArnNotEquals: { 'aws:PrincipalArn': ['x', role] } })],
  [
    'a denial that exempts service roles',
    when({ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/aws-service-role/*' } }),
  ],
  ['a denial of plain http', when({ Bool: { 'aws:SecureTransport': 'false' } })],
  ['a denial of foreign accounts', when({ StringNotEquals: { 'aws:PrincipalAccount': '123456789012' } })],
  [
    'a denial in another Region',
    when({ StringNotEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] } }),
  ],
  ['a denial through one VPC', when({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } })],
  [
    'a denial with one condition that spares it and one that cannot be known',
    when({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' }, ArnNotEquals: { 'aws:PrincipalArn': role } }),
  ],
])('%s leaves ECR in', (_what, statement) => {
  expect(denialOf(statement, subject)).toBe('none')
})

test.each<[string, PolicyStatement]>([
  ['the organization', when({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } })],
  ['tags of the role', when({ StringNotEquals: { 'aws:PrincipalTag/team': 'a' } })],
  ['a policy variable', when({ StringNotEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } })],
  ['an operator on sets', when({ 'ForAnyValue:StringEquals': { 'aws:PrincipalOrgPaths': 'o-1/*' } })],
  ['the time', when({ DateGreaterThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } })],
  ['one address', when({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })],
])('a denial that hangs on %s cannot be judged', (_what, statement) => {
  expect(denialOf(statement, subject)).toBe('possible')
})
