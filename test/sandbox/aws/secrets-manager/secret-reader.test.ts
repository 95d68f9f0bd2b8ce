import { expect, test } from 'vitest'
import type { PolicyDocument } from '../../../../src/sandbox/aws/iam/policy-document.ts'
import { pullThroughCacheRole } from '../../../../src/sandbox/aws/pull-through-cache-role.ts'
import { readSecretAs } from '../../../../src/sandbox/aws/secrets-manager/secret-reader.ts'
import { type Secret, secretArn } from '../../../../src/sandbox/aws/secrets-manager/secret.ts'
import { createSecretStore } from '../../../../src/sandbox/aws/secrets-manager/store.ts'

const now = new Date('2027-01-01T00:00:00Z')
const account = '123456789012'
const role = pullThroughCacheRole(account)
const value = { kind: 'string', text: '{"username":"a","accessToken":"b"}' } as const

const secret: Secret = {
  account,
  region: 'us-east-1',
  name: 'ecr-pullthroughcache/docker-hub',
  suffix: 'a1B2c3',
  description: undefined,
  kmsKeyId: undefined,
  tags: undefined,
  policy: undefined,
  createdDate: now,
  lastChangedDate: now,
  lastAccessedDate: undefined,
  deletionDate: undefined,
  versions: [
    {
      id: '1',
      value,
      labels: ['AWSCURRENT'],
      createdDate: now,
      lastAccessedDate: undefined,
      kmsKeyId: undefined,
    },
  ],
  replicas: [],
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statement } satisfies {
    Version: PolicyDocument['version']
    Statement: object
  })
}

const deny = { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' }

test.each<[title: string, changes: Partial<Secret>, expected: object]>([
  ['as ECR wants it', {}, { outcome: 'read', value }],
  ['with another prefix', { name: 'docker-hub' }, { outcome: 'denied' }],
  ['of another account', { account: '999999999999' }, { outcome: 'denied' }],
  [
    'that a policy of another account opens',
    { account: '999999999999', policy: policy({ ...deny, Effect: 'Allow' }) },
    { outcome: 'denied' },
  ],
  ['that is denied to everyone', { policy: policy(deny) }, { outcome: 'denied' }],
  [
    'that is denied to everyone but the role',
    { policy: policy({ ...deny, Condition: { ArnNotEquals: { 'aws:PrincipalArn': role.principalArn } } }) },
    { outcome: 'read', value },
  ],
  [
    'that is denied outside a VPC',
    { policy: policy({ ...deny, Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } }) },
    { outcome: 'denied' },
  ],
  ['with a customer managed key', { kmsKeyId: 'alias/mine' }, { outcome: 'undecryptable' }],
  ['that is scheduled for deletion', { deletionDate: new Date('2027-01-08') }, { outcome: 'not-found' }],
  ['that is gone', { deletionDate: new Date('2026-12-31') }, { outcome: 'not-found' }],
  ['without a value', { versions: [] }, { outcome: 'not-found' }],
])('the role of ECR reads a secret %s', (_title, changes, expected) => {
  const store = createSecretStore()
  const changed = { ...secret, ...changes }
  store.add(changed)
  expect(readSecretAs(role, secretArn(changed, 'us-east-1'), { store, now })).toEqual(expected)
})

test('it does not find a secret of another Region, but reads a replica', () => {
  const store = createSecretStore()
  const arn = secretArn(secret, 'eu-west-1')
  store.add(secret)
  expect(readSecretAs(role, arn, { store, now })).toEqual({ outcome: 'not-found' })
  const replica = {
    region: 'eu-west-1',
    kmsKeyId: undefined,
    status: 'InSync',
    statusMessage: undefined,
    lastAccessedDate: undefined,
  } as const
  store.replace(secret, { ...secret, replicas: [replica] })
  expect(readSecretAs(role, arn, { store, now })).toEqual({ outcome: 'read', value })
})

test('what is not an ARN is not found', () => {
  expect(readSecretAs(role, 'docker-hub', { store: createSecretStore(), now })).toEqual({
    outcome: 'not-found',
  })
})
