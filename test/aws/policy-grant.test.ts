import { describe, expect, test } from 'vitest'
import { answerOf } from '../../src/aws/policy-grant.ts'
import type { PolicyStatement } from '../../src/aws/policy-document.ts'

const request = {
  action: 'ecr:CreateRepository',
  resource: 'arn:aws:ecr:us-east-1:123456789012:repository/docker-hub/library/debian',
  principalArn: 'arn:aws:iam::123456789012:role/ci/node',
  callerArn: 'arn:aws:sts::123456789012:assumed-role/node/i-1',
}

const allowing = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::123456789012:root' },
  Action: ['ecr:CreateRepository', 'ecr:BatchImportUpstreamImage'],
  Resource: 'arn:aws:ecr:us-east-1:123456789012:repository/docker-hub/*',
} satisfies PolicyStatement
const denying: PolicyStatement = { ...allowing, Effect: 'Deny' }
const conditional = { Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }
const { Effect, Principal, Action, Resource } = allowing

const answers: readonly (readonly [string, readonly PolicyStatement[], string])[] = [
  ['nothing', [], 'silent'],
  ['an Allow for the account', [allowing], 'allows'],
  ['an Allow for the account’s number', [{ ...allowing, Principal: { AWS: '123456789012' } }], 'allows'],
  ['an Allow for everybody', [{ ...allowing, Principal: '*' }], 'allows'],
  ['an Allow for the role', [{ ...allowing, Principal: { AWS: [request.principalArn] } }], 'allows'],
  ['an Allow for the session', [{ ...allowing, Principal: { AWS: request.callerArn } }], 'allows'],
  ['an Allow for another account', [{ ...allowing, Principal: { AWS: '999999999999' } }], 'silent'],
  ['an Allow for a service', [{ ...allowing, Principal: { Service: 'ecr.amazonaws.com' } }], 'silent'],
  ['an Allow for nobody', [{ Effect, Action, Resource }], 'silent'],
  ['an Allow for every action, in capitals', [{ ...allowing, Action: 'ECR:*' }], 'allows'],
  ['an Allow for another action', [{ ...allowing, Action: 'ecr:ReplicateImage' }], 'silent'],
  [
    'an Allow for all other actions',
    [{ Effect, Principal, Resource, NotAction: 'ecr:CreateRepository' }],
    'silent',
  ],
  [
    'an Allow for all but another action',
    [{ Effect, Principal, Resource, NotAction: 'ecr:PutImage' }],
    'allows',
  ],
  ['an Allow for other repositories', [{ ...allowing, Resource: '*:repository/quay/*' }], 'silent'],
  [
    'an Allow for all but other repositories',
    [{ Effect, Principal, Action, NotResource: '*:repository/quay/*' }],
    'allows',
  ],
  ['an Allow on a condition', [{ ...allowing, ...conditional }], 'unknown'],
  ['an Allow, and another on a condition', [{ ...allowing, ...conditional }, allowing], 'allows'],
  ['a Deny', [allowing, denying], 'denies'],
  [
    'a Deny for all but the role',
    [allowing, { ...denying, ...{ Principal: { AWS: '999999999999' } } }],
    'allows',
  ],
  ['a Deny on a condition', [allowing, { ...denying, ...conditional }], 'unknown'],
]

describe('what a policy of a resource says', () => {
  test.each(answers)('%s', (_name, Statement, expected) => {
    expect(answerOf({ Statement }, request)).toBe(expected)
  })
})
