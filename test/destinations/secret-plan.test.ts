import { describe, expect, test } from 'vitest'
import type { Desired } from '../../src/destinations/destination.ts'
import {
  type ObservedSecret,
  planSecret,
  type SecretPlanOptions,
} from '../../src/destinations/secret-plan.ts'
import { desiredStatements } from '../../src/destinations/resource-policy.ts'
import { Secret } from '../../src/secret.ts'

const subject = {
  partition: 'aws',
  account: '123456789012',
  region: 'us-east-2',
  secretArn: 'arn:aws:secretsmanager:us-east-2:123456789012:secret:ecr-pullthroughcache/docker-hub-AbCdEf',
}
const options: SecretPlanOptions = {
  secretName: 'ecr-pullthroughcache/docker-hub',
  restore: false,
  policy: 'deny-others',
  readers: [],
}
const desired: Desired = {
  credential: { upstream: 'docker-hub', username: 'sandbox', token: new Secret('x') },
  version: 'v-desired',
}
const policy = { Version: '2012-10-17', Statement: desiredStatements(options, subject) }
const secret = 'us-east-2 ecr-pullthroughcache/docker-hub'
const keptPolicy = {
  target: `${secret} policy`,
  action: 'keep',
  because: 'the policy says the same',
  warnings: [],
  calls: [],
}

type Present = Extract<ObservedSecret, { state: 'present' }>
const present = (differing: Partial<Present> = {}): Present => ({
  state: 'present',
  subject,
  kmsKeyId: undefined,
  tags: { 'managed-by': 'pullthrough' },
  owningService: undefined,
  primaryRegion: undefined,
  versions: { 'v-desired': ['AWSCURRENT'] },
  policy,
  ...differing,
})

describe('the value', () => {
  test('an absent secret is created, and its policy after it', () => {
    expect(planSecret(desired, { state: 'absent', subject }, options)).toEqual([
      { target: secret, action: 'create', because: 'absent', calls: [{ operation: 'CreateSecret' }] },
      {
        target: `${secret} policy`,
        action: 'create',
        because: 'the secret has no resource policy',
        calls: [{ operation: 'PutResourcePolicy', policy: JSON.stringify(policy), justCreated: true }],
      },
    ])
  })

  test.each<[string, Partial<Present>, object]>([
    ['the same version is kept', {}, { action: 'keep', because: 'the same credential', calls: [] }],
    [
      'the same version without our tag is tagged',
      { tags: { team: 'a' } },
      {
        action: 'update',
        because: 'the same credential, without our tag',
        calls: [{ operation: 'TagResource' }],
      },
    ],
    [
      'another version of ours gets a new one',
      { versions: { 'v-old': ['AWSCURRENT'] } },
      {
        action: 'update',
        because: 'another credential',
        calls: [{ operation: 'PutSecretValue', current: 'v-old' }],
      },
    ],
    [
      'a foreign version is adopted',
      { versions: { 'v-foreign': ['AWSCURRENT'] }, tags: {} },
      {
        action: 'adopt',
        because: 'made by another hand',
        calls: [{ operation: 'PutSecretValue', current: 'v-foreign' }, { operation: 'TagResource' }],
      },
    ],
    [
      'a secret without a value is adopted',
      { versions: {}, tags: {} },
      {
        action: 'adopt',
        because: 'made by another hand, without a value',
        calls: [{ operation: 'PutSecretValue', current: undefined }, { operation: 'TagResource' }],
      },
    ],
    [
      'an earlier credential comes back by its label',
      { versions: { 'v-now': ['AWSCURRENT'], 'v-desired': ['AWSPREVIOUS'] } },
      {
        action: 'update',
        because: 'the credential is an earlier version of the secret',
        calls: [{ operation: 'UpdateSecretVersionStage', current: 'v-now' }],
      },
    ],
    [
      'a version left pending gets the label',
      { versions: { 'v-now': ['AWSCURRENT'], 'v-desired': ['AWSPENDING'] } },
      {
        action: 'update',
        because: 'the credential is an earlier version of the secret',
        calls: [{ operation: 'UpdateSecretVersionStage', current: 'v-now' }],
      },
    ],
    ['the AWS managed key may be named', { kmsKeyId: 'alias/aws/secretsmanager' }, { action: 'keep' }],
    ['a primary with replicas is ours to write', { primaryRegion: 'us-east-2' }, { action: 'keep' }],
  ])('%s', (_title, differing, change) => {
    const changes = planSecret(desired, present(differing), options)
    expect(changes).toEqual([expect.objectContaining({ target: secret, ...change }), keptPolicy])
  })
})

describe('states that forbid a change', () => {
  test.each<[string, ObservedSecret, string, string, string]>([
    [
      'scheduled for deletion',
      { state: 'scheduled-for-deletion', deletedDate: new Date('2026-11-20T10:00:00Z'), subject },
      'scheduled for deletion',
      'the secret is scheduled for deletion (DeletedDate 2026-11-20T10:00:00.000Z)',
      'take it back: pullthrough sync --restore',
    ],
    [
      'a replica',
      present({ primaryRegion: 'eu-west-1' }),
      'a replica of eu-west-1',
      'the secret in us-east-2 is a replica; its primary is in eu-west-1',
      'sync the primary, which carries its value here: pullthrough sync --region eu-west-1',
    ],
    [
      'a customer managed key',
      present({ kmsKeyId: 'arn:aws:kms:us-east-2:123456789012:key/1' }),
      'under a customer managed key',
      'the secret is encrypted with the customer managed key arn:aws:kms:us-east-2:123456789012:key/1, which ECR cannot use',
      'go back to the AWS managed key: aws secretsmanager update-secret --secret-id ecr-pullthroughcache/docker-hub --kms-key-id alias/aws/secretsmanager --region us-east-2',
    ],
    [
      'an owning service',
      present({ owningService: 'rds' }),
      'owned by another tool',
      'the secret belongs to the AWS service rds',
      'let one tool own it: remove it there without deleting the secret, then remove that tag and run this again',
    ],
  ])('%s', (_title, observed, because, message, hint) => {
    const changes = planSecret(desired, observed, options)
    expect(changes).toEqual([
      {
        target: secret,
        action: 'refuse',
        because,
        calls: [],
        refusal: expect.objectContaining({ code: 'ERR_STATE', message, hint }) as unknown,
      },
    ])
  })

  test.each([
    ['managed-by', 'terraform'],
    ['ManagedBy', 'Terraform'],
    ['managed_by', 'somebody'],
    ['app.kubernetes.io/managed-by', 'external-secrets'],
    ['created-by', 'opentofu'],
    ['terraform', 'true'],
    ['pulumi:project', 'infra'],
    ['aws:cloudformation:stack-name', 'base'],
  ])('tag %s=%s', (key, value) => {
    const [change] = planSecret(desired, present({ tags: { [key]: value } }), options)
    expect(change).toMatchObject({
      action: 'refuse',
      refusal: { message: `the secret belongs to another tool (tag ${key}=${value})` },
    })
  })

  test.each([
    ['owner', 'platform-team'],
    ['created-by', 'alice'],
    ['cost-center', 'terraform'],
    ['Name', 'docker-hub'],
  ])('tag %s=%s does not make another owner', (key, value) => {
    const [change] = planSecret(desired, present({ tags: { [key]: value } }), options)
    expect(change?.action).toBe('update')
  })

  test('--restore takes a deleted secret back, and looks again', () => {
    const observed: ObservedSecret = {
      state: 'scheduled-for-deletion',
      deletedDate: new Date('2026-11-20T10:00:00Z'),
      subject,
    }
    expect(planSecret(desired, observed, { ...options, restore: true })).toEqual([
      {
        target: secret,
        action: 'restore',
        because: 'scheduled for deletion (DeletedDate 2026-11-20T10:00:00.000Z)',
        calls: [{ operation: 'RestoreSecret' }],
        thenObserveAgain: true,
      },
    ])
  })
})
