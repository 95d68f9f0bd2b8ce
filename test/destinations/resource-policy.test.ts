import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parsePolicyDocument,
  type PolicyDocument,
  type PolicyStatement,
  sameMeaning,
} from '../../src/aws/policy-document.ts'
import { desiredStatements, parseReader, planPolicy } from '../../src/destinations/resource-policy.ts'

const subject = {
  partition: 'aws',
  account: '123456789012',
  region: 'us-east-1',
  secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub-AbCdEf',
}
const role =
  'arn:aws:iam::123456789012:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache'
const options = { policy: 'deny-others', readers: [] } as const
const policy = (...Statement: PolicyStatement[]): PolicyDocument => ({ Version: '2012-10-17', Statement })
const ours = desiredStatements(options, subject)
const [allow, deny] = ours as [PolicyStatement, PolicyStatement]

const foreign: PolicyStatement = {
  Sid: 'TeamRead',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::123456789012:role/team' },
  Action: 'secretsmanager:DescribeSecret',
  Resource: '*',
}

test('the desired policy allows ECR in this account, and denies the value to all but its role and the readers', () => {
  expect(
    desiredStatements({ policy: 'deny-others', readers: ['arn:aws:iam::123456789012:role/ci'] }, subject),
  ).toEqual([
    {
      Sid: 'PullthroughAllowEcr',
      Effect: 'Allow',
      Principal: { Service: 'ecr.amazonaws.com' },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    },
    {
      Sid: 'PullthroughDenyOtherReaders',
      Effect: 'Deny',
      Principal: '*',
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
      Condition: {
        ArnNotEquals: { 'aws:PrincipalArn': [role, 'arn:aws:iam::123456789012:role/ci'] },
        StringNotEquals: { 'aws:PrincipalServiceName': 'ecr.amazonaws.com' },
      },
    },
  ])
})

describe('planPolicy', () => {
  test('creates the policy where there is none', () => {
    expect(planPolicy(options, undefined, subject)).toEqual({
      action: 'create',
      because: 'the secret has no resource policy',
      document: policy(...ours),
    })
  })

  test('keeps a policy that means the same', () => {
    const written = policy(
      { ...deny, Sid: 'Other', Action: ['SecretsManager:GetSecretValue'], Resource: [subject.secretArn] },
      { ...allow, Principal: { Service: ['ecr.amazonaws.com'] } },
    )
    expect(planPolicy(options, written, subject)).toEqual({
      action: 'keep',
      because: 'the policy says the same',
      warnings: [],
    })
  })

  test('keeps statements that are not ours, in their order, and reports them', () => {
    expect(planPolicy(options, { ...policy(foreign, allow), Id: 'team' }, subject)).toEqual({
      action: 'update',
      because: 'PullthroughDenyOtherReaders is missing',
      warnings: ['the policy’s statement TeamRead is not ours and is kept'],
      document: { Version: '2012-10-17', Statement: [deny, foreign, allow], Id: 'team' },
    })
  })

  test('replaces our statement when the readers differ', () => {
    const readers = ['arn:aws:iam::123456789012:role/ci']
    const [, ...wanted] = desiredStatements({ policy: 'deny-others', readers }, subject)
    expect(planPolicy({ policy: 'deny-others', readers }, policy(...ours), subject)).toEqual({
      action: 'update',
      because: 'PullthroughDenyOtherReaders differs',
      warnings: [],
      document: policy(...wanted, allow),
    })
  })

  test('takes our denial away for allow-only, and nothing else', () => {
    expect(planPolicy({ policy: 'allow-only', readers: [] }, policy(...ours, foreign), subject)).toEqual({
      action: 'update',
      because: 'PullthroughDenyOtherReaders is no longer wanted',
      warnings: ['the policy’s statement TeamRead is not ours and is kept'],
      document: policy(allow, foreign),
    })
  })

  test('refuses where a denial that is not ours shuts ECR out', () => {
    const lockedOut = { Sid: 'VpcOnly', Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' } as const
    const plan = planPolicy(options, policy(...ours, lockedOut), subject)
    expect(plan).toMatchObject({ action: 'refuse', because: 'the policy shuts ECR out' })
    expect(plan.refusal).toMatchObject({
      code: 'ERR_STATE',
      message: 'the resource policy’s statement VpcOnly denies ECR’s role the reading of the secret',
      hint: `exempt it there: "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "${role}"}}`,
    })
  })

  test('warns of a denial that hangs on what cannot be known', () => {
    const byOrganization: PolicyStatement = {
      ...deny,
      Sid: 'Org',
      Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } },
    }
    expect(planPolicy(options, policy(...ours, byOrganization), subject)).toMatchObject({
      action: 'keep',
      warnings: ['the policy’s statement Org may shut ECR out under conditions that cannot be checked here'],
    })
  })

  test('a plan made after it was carried out keeps everything', () => {
    const statements = fc.subarray([
      allow,
      deny,
      foreign,
      { ...deny, Condition: {}, Principal: { AWS: 'arn:aws:iam::123456789012:role/x' } },
    ])
    const wanted = fc.record({
      policy: fc.constantFrom('deny-others' as const, 'allow-only' as const),
      readers: fc.subarray(['arn:aws:iam::123456789012:role/a', 'arn:aws:iam::123456789012:user/b']),
    })
    fc.assert(
      fc.property(statements, wanted, (there, options) => {
        const first = planPolicy(options, policy(...there), subject)
        const after = first.document ?? policy(...there)
        expect(planPolicy(options, after, subject).action).toBe('keep')
        expect(planPolicy(options, parsePolicyDocument(JSON.stringify(after)), subject).action).toBe('keep')
      }),
    )
  })
})

describe('sameMeaning', () => {
  test.each<[string, Partial<PolicyStatement>]>([
    ['another Sid', { Sid: 'X' }],
    ['an array of one', { Action: ['secretsmanager:GetSecretValue'] }],
    ['the case of an action', { Action: 'SECRETSMANAGER:getsecretvalue' }],
    ['everyone as an AWS principal', { Principal: { AWS: ['*'] } }],
    ['the secret’s own ARN', { Resource: subject.secretArn }],
    [
      'another order, ArnNotLike, and the case of keys',
      {
        Condition: {
          stringnotequals: { 'aws:principalservicename': ['ecr.amazonaws.com'] },
          ArnNotLike: { 'AWS:PrincipalArn': [role] },
        },
      },
    ],
  ])('does not mind %s', (_what, difference) => {
    expect(sameMeaning({ ...deny, ...difference }, deny, subject)).toBe(true)
  })

  test('takes an account number and its root ARN for the same', () => {
    const byNumber = { ...foreign, Principal: { AWS: ['210987654321', '123456789012'] } }
    const byArn = {
      ...foreign,
      Principal: { AWS: ['arn:aws:iam::123456789012:root', 'arn:aws:iam::210987654321:root'] },
    }
    expect(sameMeaning(byNumber, byArn, subject)).toBe(true)
  })

  test.each<[string, Partial<PolicyStatement>]>([
    ['the effect', { Effect: 'Allow' }],
    ['an action more', { Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'] }],
    ['NotAction', { Action: [], NotAction: 'secretsmanager:GetSecretValue' }],
    ['another secret', { Resource: `${subject.secretArn}x` }],
    ['a condition less', { Condition: { ArnNotEquals: { 'aws:PrincipalArn': role } } }],
    ['the positive operator', { Condition: { ...deny.Condition, ArnEquals: { 'aws:PrincipalArn': role } } }],
    [
      'a reader more',
      { Condition: { ...deny.Condition, ArnNotEquals: { 'aws:PrincipalArn': [role, 'x'] } } },
    ],
  ])('minds %s', (_what, difference) => {
    expect(sameMeaning({ ...deny, ...difference }, deny, subject)).toBe(false)
  })
})

describe('parseReader', () => {
  test.each([
    'arn:aws:iam::123456789012:role/ci',
    'arn:aws:iam::123456789012:role/team/path/ci',
    'arn:aws-cn:iam::123456789012:user/alice',
    'arn:aws:iam::123456789012:role/ci-*',
  ])('takes %s', (arn) => {
    expect(parseReader(arn)).toBe(arn)
  })

  test.each([
    [
      'a session',
      'arn:aws:sts::123456789012:assumed-role/ci/run-7',
      'name the role of that session: arn:aws:iam::123456789012:role/ci',
    ],
    [
      'an account',
      'arn:aws:iam::123456789012:root',
      'arn:aws:iam::ACCOUNT:role/NAME or arn:aws:iam::ACCOUNT:user/NAME',
    ],
    ['a name', 'ci', 'arn:aws:iam::ACCOUNT:role/NAME or arn:aws:iam::ACCOUNT:user/NAME'],
    [
      'every role',
      'arn:aws:iam::123456789012:role/*',
      'arn:aws:iam::ACCOUNT:role/NAME or arn:aws:iam::ACCOUNT:user/NAME',
    ],
    ['everyone', '*', 'arn:aws:iam::ACCOUNT:role/NAME or arn:aws:iam::ACCOUNT:user/NAME'],
  ])('refuses %s', (_what, arn, hint) => {
    expect(() => parseReader(arn)).toThrow(
      expect.objectContaining({
        code: 'ERR_USAGE',
        message: `--reader must be the ARN of an IAM role or user: ${arn}`,
        hint,
      }),
    )
  })
})
