import { beforeAll, describe, expect, test } from 'vitest'
import { upstreams } from '../../src/ecr/upstreams.ts'
import { type Analyzer, type Described, servePack, unknown } from './served-pack.ts'

const classic = 'aws:ecr/pullThroughCacheRule:PullThroughCacheRule'
const native = 'aws-native:ecr:PullThroughCacheRule'
const hub = 'registry-1.docker.io'
const arnIn = (
  region: string,
  { account = '123456789012', name = 'ecr-pullthroughcache/docker-hub-AbCdEf' } = {},
) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}`
const arn = arnIn('us-east-2')

let analyzer: Analyzer
beforeAll(async () => {
  analyzer = await servePack()
})

/** What the policy says of a rule; the others of the pack have nothing against any of these. */
async function said(resource: Described): Promise<readonly string[]> {
  const all = await analyzer.analyze(resource)
  return all.map(({ policy, level, message }) => {
    expect(policy).toBe('docker-hub-rule-has-credential')
    return `${level}: ${message}`
  })
}

const missing = (upstream: string) =>
  `mandatory: It caches ${upstream} and has no credentialArn. Give it the ARN that aws.secretsmanager.getSecret finds.`

test('the whole violation, as the engine gets it', async () => {
  const props = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: hub }
  await expect(analyzer.analyze({ type: classic, name: 'hub', props })).resolves.toEqual([
    {
      policy: 'docker-hub-rule-has-credential',
      level: 'mandatory',
      message: missing('docker-hub').replace('mandatory: ', ''),
      on: `${classic}::hub`,
    },
  ])
})

describe('without a credential', () => {
  test.each([
    [classic, { upstreamRegistryUrl: hub }, 'docker-hub'],
    [classic, { upstreamRegistryUrl: hub, credentialArn: '' }, 'docker-hub'],
    [classic, { upstreamRegistryUrl: hub, credentialArn: null }, 'docker-hub'],
    [classic, { upstreamRegistryUrl: hub, customRoleArn: 'arn:aws:iam::123456789012:role/x' }, 'docker-hub'],
    [native, { upstreamRegistryUrl: hub }, 'docker-hub'],
    [native, { upstreamRegistry: 'docker-hub' }, 'docker-hub'],
    [classic, { upstreamRegistryUrl: 'ghcr.io' }, 'github-container-registry'],
    [classic, { upstreamRegistryUrl: 'registry.gitlab.com' }, 'gitlab-container-registry'],
    [classic, { upstreamRegistryUrl: 'acme.azurecr.io' }, 'azure-container-registry'],
    [classic, { upstreamRegistryUrl: 'cgr.dev' }, 'chainguard'],
  ])('%s %j is refused', async (type, props, upstream) => {
    await expect(said({ type, props })).resolves.toEqual([missing(upstream)])
  })

  test.each([
    [classic, { upstreamRegistryUrl: 'public.ecr.aws' }],
    [classic, { upstreamRegistryUrl: 'registry.k8s.io' }],
    [classic, { upstreamRegistryUrl: 'quay.io' }],
    [classic, { upstreamRegistryUrl: '123456789012.dkr.ecr.us-east-1.amazonaws.com' }],
    [classic, { upstreamRegistryUrl: 'docker.io.example.com' }],
    [classic, { upstreamRegistryUrl: 'constructor' }],
    [native, { upstreamRegistry: 'ecr-public' }],
    [native, { upstreamRegistry: 'constructor' }],
    [classic, {}],
    ['aws:ecr/repository:Repository', { upstreamRegistryUrl: hub }],
  ])('%s %j is allowed', async (type, props) => {
    await expect(said({ type, props })).resolves.toEqual([])
  })

  test('every upstream is one or the other', () => {
    expect(Object.entries(upstreams).map(([name, { credential }]) => [name, credential])).toEqual([
      ['docker-hub', 'required'],
      ['github-container-registry', 'required'],
      ['gitlab-container-registry', 'required'],
      ['azure-container-registry', 'required'],
      ['chainguard', 'required'],
      ['ecr-public', 'none'],
      ['k8s', 'none'],
      ['quay', 'none'],
      ['ecr', 'role'],
    ])
  })
})

describe('a host that ECR does not know Docker Hub by', () => {
  test.each([
    'docker.io',
    'index.docker.io',
    'hub.docker.com',
    'registry.hub.docker.com',
    'https://registry-1.docker.io',
    'https://index.docker.io/v1/',
    'registry-1.docker.io/',
    'registry-1.docker.io:443',
    'Registry-1.Docker.io',
    ' registry-1.docker.io ',
  ])('%j is refused', async (upstreamRegistryUrl) => {
    const spelling = `mandatory: ECR does not know docker-hub as ${upstreamRegistryUrl}. Write registry-1.docker.io.`
    const props = { upstreamRegistryUrl, credentialArn: arn }
    await expect(said({ type: classic, props })).resolves.toEqual([spelling])
    await expect(said({ type: classic, props: { upstreamRegistryUrl } })).resolves.toEqual([
      spelling,
      missing('docker-hub'),
    ])
  })
})

describe('a credential', () => {
  test.each<readonly [string, object, object | undefined]>([
    ['of the Region of the rule', { region: 'us-east-2' }, { region: 'eu-west-1' }],
    ['of the Region of the provider', {}, { region: 'us-east-2' }],
    ['where no Region is known', {}, {}],
    ['where the Region is not known yet', { region: unknown }, { region: unknown }],
    ['of the provider’s account', {}, { allowedAccountIds: '["123456789012"]' }],
    ['of one of the provider’s accounts', {}, { allowedAccountIds: '["999999999999","123456789012"]' }],
    ['where the account is not known yet', {}, { allowedAccountIds: unknown }],
    ['where the provider’s accounts are no list', {}, { allowedAccountIds: 'x' }],
    ['without a provider', {}, undefined],
  ])('%s is allowed', async (_, props, provider) => {
    await expect(
      said({
        type: classic,
        props: { upstreamRegistryUrl: hub, credentialArn: arn, ...props },
        ...(provider && { provider }),
      }),
    ).resolves.toEqual([])
  })

  test.each<readonly [string, object, object, string]>([
    [
      arnIn('eu-west-1'),
      { region: 'us-east-2' },
      { region: 'eu-west-1' },
      `It is in us-east-2 and its credentialArn is ${arnIn('eu-west-1')}: ECR reads only secrets of the rule’s own Region.`,
    ],
    [
      arnIn('eu-west-1'),
      {},
      { region: 'us-east-2' },
      `It is in us-east-2 and its credentialArn is ${arnIn('eu-west-1')}: ECR reads only secrets of the rule’s own Region.`,
    ],
    [
      arnIn('us-east-2', { account: '999999999999' }),
      {},
      { region: 'us-east-2', allowedAccountIds: '["123456789012"]' },
      `It is in the account 123456789012 and its credentialArn is ${arnIn('us-east-2', { account: '999999999999' })}: ECR reads only secrets of the rule’s own account.`,
    ],
    [
      arnIn('us-east-2', { account: '999999999999' }),
      {},
      { allowedAccountIds: ['123456789012'] },
      `It is in the account 123456789012 and its credentialArn is ${arnIn('us-east-2', { account: '999999999999' })}: ECR reads only secrets of the rule’s own account.`,
    ],
    [
      arnIn('us-east-2', { name: 'docker-hub-AbCdEf' }),
      {},
      {},
      `Its credentialArn is ${arnIn('us-east-2', { name: 'docker-hub-AbCdEf' })}, and ECR reads only secrets whose name begins with ecr-pullthroughcache/.`,
    ],
    [
      'ecr-pullthroughcache/docker-hub',
      {},
      {},
      'Its credentialArn is ecr-pullthroughcache/docker-hub, which is no ARN of a secret.',
    ],
    [
      'arn:aws:iam::123456789012:role/ecr-pullthroughcache/docker-hub',
      {},
      {},
      'Its credentialArn is arn:aws:iam::123456789012:role/ecr-pullthroughcache/docker-hub, which is no ARN of a secret.',
    ],
  ])(
    '%s of a rule with %j and a provider with %j is refused',
    async (credentialArn, props, provider, message) => {
      await expect(
        said({ type: classic, props: { upstreamRegistryUrl: hub, credentialArn, ...props }, provider }),
      ).resolves.toEqual([`mandatory: ${message}`])
    },
  )

  test('with everything wrong is told of everything', async () => {
    const credentialArn = arnIn('eu-west-1', { account: '999999999999', name: 'hub' })
    const violations = await said({
      type: native,
      props: { upstreamRegistry: 'docker-hub', credentialArn },
      provider: { region: 'us-east-2', allowedAccountIds: ['123456789012'] },
    })
    expect(violations.map((line) => line.replace(credentialArn, 'ARN'))).toEqual([
      'mandatory: Its credentialArn is ARN, and ECR reads only secrets whose name begins with ecr-pullthroughcache/.',
      'mandatory: It is in us-east-2 and its credentialArn is ARN: ECR reads only secrets of the rule’s own Region.',
      'mandatory: It is in the account 123456789012 and its credentialArn is ARN: ECR reads only secrets of the rule’s own account.',
    ])
  })

  test.each([
    [{ upstreamRegistryUrl: hub, credentialArn: unknown }, 'credentialArn'],
    [{ upstreamRegistryUrl: unknown, credentialArn: arn }, 'upstreamRegistryUrl'],
  ])('%j, not known in a preview, is said to be, and does not stop it', async (props, property) => {
    await expect(said({ type: classic, props })).resolves.toEqual([
      `advisory: can't run policy 'docker-hub-rule-has-credential' from policy pack 'pullthrough@v0.1.0' during preview: string value at .${property} can't be known during preview`,
    ])
  })
})
