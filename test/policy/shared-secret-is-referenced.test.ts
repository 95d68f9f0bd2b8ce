import { beforeAll, describe, expect, test } from 'vitest'
import { type Analyzer, type Described, servePack, unknown } from './served-pack.ts'

const name = 'ecr-pullthroughcache/docker-hub'
const arn = `arn:aws:secretsmanager:us-east-2:123456789012:secret:${name}-AbCdEf`

let analyzer: Analyzer
beforeAll(async () => {
  analyzer = await servePack()
})

/** What the policy says; the others of the pack have tests of their own. */
async function said(resource: Described): Promise<readonly string[]> {
  const all = await analyzer.analyze(resource)
  return all
    .filter(({ policy }) => policy === 'shared-secret-is-referenced')
    .map(({ level, message }) => `${level}: ${message}`)
}

const lookUp = 'Look the secret up with aws.secretsmanager.getSecret instead.'

test('the whole violation, as the engine gets it', async () => {
  await expect(
    analyzer.analyze({ type: 'aws:secretsmanager/secret:Secret', name: 'hub', props: { name } }),
  ).resolves.toEqual([
    {
      policy: 'shared-secret-is-referenced',
      level: 'mandatory',
      message: `This is the secret ${name}. ${lookUp}`,
      on: 'aws:secretsmanager/secret:Secret::hub',
    },
  ])
})

describe('refused', () => {
  test.each([
    ['aws:secretsmanager/secret:Secret', { name }, `the secret ${name}`],
    ['aws:secretsmanager/secret:Secret', { name: `${name}-eu` }, `the secret ${name}-eu`],
    [
      'aws:secretsmanager/secret:Secret',
      { namePrefix: 'ecr-pullthroughcache/' },
      'the secret ecr-pullthroughcache/',
    ],
    ['aws:secretsmanager/secret:Secret', { name, replicas: [{ region: 'eu-west-1' }] }, `the secret ${name}`],
    ['aws:secretsmanager/secret:Secret', { name: unknown, namePrefix: `${name}-` }, `the secret ${name}-`],
    [
      'aws:secretsmanager/secretVersion:SecretVersion',
      { secretId: arn },
      `a value of the secret ${name}-AbCdEf`,
    ],
    ['aws:secretsmanager/secretVersion:SecretVersion', { secretId: name }, `a value of the secret ${name}`],
    [
      'aws:secretsmanager/secretVersion:SecretVersion',
      { secretId: `arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:${name}` },
      `a value of the secret ${name}`,
    ],
    [
      'aws:secretsmanager/secretPolicy:SecretPolicy',
      { secretArn: arn },
      `the policy of the secret ${name}-AbCdEf`,
    ],
    [
      'aws:secretsmanager/secretRotation:SecretRotation',
      { secretId: arn },
      `the rotation of the secret ${name}-AbCdEf`,
    ],
    [
      'aws:secretsmanager/tag:Tag',
      { secretId: arn, key: 'a', value: 'b' },
      `a tag of the secret ${name}-AbCdEf`,
    ],
    ['aws-native:secretsmanager:Secret', { name }, `the secret ${name}`],
    [
      'aws-native:secretsmanager:ResourcePolicy',
      { secretId: arn },
      `the policy of the secret ${name}-AbCdEf`,
    ],
    ['aws-native:secretsmanager:RotationSchedule', { secretId: name }, `the rotation of the secret ${name}`],
    ['aws-native:secretsmanager:SecretTargetAttachment', { secretId: name }, `a value of the secret ${name}`],
  ])('%s %j', async (type, props, what) => {
    await expect(said({ type, props })).resolves.toEqual([`mandatory: This is ${what}. ${lookUp}`])
  })

  test('without showing a token that somebody put into the name', async () => {
    const token = 'dckr_pat_sandbox_0123456789abcdefghi'
    const violations = await said({
      type: 'aws:secretsmanager/secret:Secret',
      props: { name: `${name}-${token}` },
    })
    expect(violations).toEqual([`mandatory: This is the secret …. ${lookUp}`])
  })
})

describe('allowed', () => {
  test.each([
    ['aws:secretsmanager/secret:Secret', { name: 'database' }],
    ['aws:secretsmanager/secret:Secret', { name: 'my/ecr-pullthroughcache/docker-hub' }],
    ['aws:secretsmanager/secret:Secret', { name: 'ecr-pullthroughcache' }],
    ['aws:secretsmanager/secret:Secret', { namePrefix: 'ecr-pullthroughcache' }],
    ['aws:secretsmanager/secret:Secret', {}],
    ['aws:secretsmanager/secret:Secret', { name: null }],
    ['aws:secretsmanager/secret:Secret', { name: 7, namePrefix: ['ecr-pullthroughcache/'] }],
    [
      'aws:secretsmanager/secretVersion:SecretVersion',
      { secretId: 'arn:aws:secretsmanager:us-east-2:123456789012:secret:database-AbCdEf' },
    ],
    ['aws:secretsmanager/secretPolicy:SecretPolicy', { secretId: arn }],
    ['aws:iam/policy:Policy', { name, policy: arn }],
    ['aws:ecr/pullThroughCacheRule:PullThroughCacheRule', { credentialArn: arn }],
    ['aws:secretsmanager/secret:secret', { name }],
  ])('%s %j', async (type, props) => {
    await expect(said({ type, props })).resolves.toEqual([])
  })
})

describe('not known in a preview', () => {
  test.each([
    ['aws:secretsmanager/secret:Secret', { name: unknown }, 'name'],
    ['aws:secretsmanager/secretVersion:SecretVersion', { secretId: unknown, secretString: 'x' }, 'secretId'],
  ])('%s %j is said to be, and does not stop it', async (type, props, property) => {
    await expect(said({ type, props })).resolves.toEqual([
      `advisory: can't run policy 'shared-secret-is-referenced' from policy pack 'pullthrough@v0.1.0' during preview: string value at .${property} can't be known during preview`,
    ])
  })

  test('a property that does not matter', async () => {
    const props = { name: 'database', description: unknown, tags: unknown }
    await expect(said({ type: 'aws:secretsmanager/secret:Secret', props })).resolves.toEqual([])
  })
})
