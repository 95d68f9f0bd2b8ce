import { Policy } from '@pulumi/aws/iam/policy.js'
import * as pulumi from '@pulumi/pulumi'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PullThroughCache, type PullThroughCacheArgs } from '../../src/pulumi/index.ts'

const secretArn =
  'arn:aws:secretsmanager:us-east-2:123456789012:secret:ecr-pullthroughcache/docker-hub-a1b2c3'
const registry = '123456789012.dkr.ecr.us-east-2.amazonaws.com'

/** What the program asked for, in order. */
interface Asked {
  readonly resources: { type: string; name: string; inputs: unknown }[]
  readonly calls: { token: string; inputs: unknown }[]
}

let asked: Asked
/** What the mock of the provider answers instead. */
let answers: Record<string, object>

/** Shape and secretness only: mocks know neither checks nor diffs. The engine is asked in test/pulumi-engine. */
beforeEach(async () => {
  asked = { resources: [], calls: [] }
  answers = {}
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        asked.resources.push({ type, name, inputs: inputs as unknown })
        return { id: `${name}-id`, state: { ...(inputs as object), registryId: '123456789012' } }
      },
      call({ token, inputs }) {
        asked.calls.push({ token, inputs: inputs as unknown })
        const known: Record<string, object> = {
          'aws:index/getRegion:getRegion': { region: 'us-east-2' },
          'aws:index/getPartition:getPartition': { partition: 'aws', dnsSuffix: 'amazonaws.com' },
          'aws:secretsmanager/getSecret:getSecret': { arn: secretArn, kmsKeyId: '' },
          'aws:ecr/getPullThroughCacheRule:getPullThroughCacheRule': {
            upstreamRegistryUrl: 'registry-1.docker.io',
            credentialArn: secretArn,
            registryId: '123456789012',
          },
          ...answers,
        }
        const answer = known[token]
        if (!answer) throw new Error(`nobody mocked ${token}`)
        return answer
      },
    },
    'acme-infra',
    'dev',
    false,
  )
})

afterEach(async () => {
  await pulumi.runtime.disconnect()
})

const valueOf = <T>(output: pulumi.Output<T>) =>
  new Promise<T>((resolve) => {
    output.apply(resolve)
  })

const resourcesOf = (type: string) => asked.resources.filter((resource) => resource.type === type)

describe('in one line, for Docker Hub', () => {
  test('makes one rule with the shared secret, and nothing else', async () => {
    const cache = new PullThroughCache('docker-hub')
    expect({
      prefix: await valueOf(cache.prefix),
      registryUrl: await valueOf(cache.registryUrl),
      credentialArn: await valueOf(cache.credentialArn),
      pullPolicy: JSON.parse(await valueOf(cache.pullPolicy)) as unknown,
      image: await valueOf(cache.image('debian:bookworm-slim')),
    }).toEqual({
      prefix: 'docker-hub-dev',
      registryUrl: registry,
      credentialArn: secretArn,
      pullPolicy: {
        Version: '2012-10-17',
        Statement: [
          { Sid: 'LogIn', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
          {
            Sid: 'PullThroughCache',
            Effect: 'Allow',
            Action: [
              'ecr:BatchGetImage',
              'ecr:GetDownloadUrlForLayer',
              'ecr:BatchImportUpstreamImage',
              'ecr:CreateRepository',
            ],
            Resource: 'arn:aws:ecr:us-east-2:123456789012:repository/docker-hub-dev/*',
          },
        ],
      },
      image: `${registry}/docker-hub-dev/library/debian:bookworm-slim`,
    })
    expect(asked.resources).toEqual([
      { type: 'pullthrough:index:PullThroughCache', name: 'docker-hub', inputs: {} },
      {
        type: 'aws:ecr/pullThroughCacheRule:PullThroughCacheRule',
        name: 'docker-hub',
        inputs: {
          ecrRepositoryPrefix: 'docker-hub-dev',
          upstreamRegistryUrl: 'registry-1.docker.io',
          credentialArn: secretArn,
        },
      },
    ])
  })

  test('asks for the secret by its metadata, and never for its value', async () => {
    const cache = new PullThroughCache('docker-hub')
    await valueOf(cache.pullPolicy)
    expect(asked.calls.map(({ token }) => token).sort()).toEqual([
      'aws:index/getPartition:getPartition',
      'aws:index/getRegion:getRegion',
      'aws:secretsmanager/getSecret:getSecret',
    ])
    expect(asked.calls.find(({ token }) => token.includes('getSecret'))?.inputs).toEqual({
      name: 'ecr-pullthroughcache/docker-hub',
      region: 'us-east-2',
    })
  })

  test('gives nothing that is secret, since no value is there', async () => {
    const cache = new PullThroughCache('docker-hub')
    for (const output of [cache.prefix, cache.registryUrl, cache.credentialArn, cache.pullPolicy]) {
      expect(await pulumi.isSecret(output)).toBe(false)
    }
  })
})

describe('what it makes', () => {
  async function ruleOf(args: PullThroughCacheArgs): Promise<unknown> {
    const cache = new PullThroughCache('cache', args)
    await valueOf(cache.registryUrl)
    return resourcesOf('aws:ecr/pullThroughCacheRule:PullThroughCacheRule').map(({ inputs }) => inputs)
  }

  test.each<[string, PullThroughCacheArgs, object]>([
    [
      'a prefix',
      { prefix: 'hub' },
      {
        ecrRepositoryPrefix: 'hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn: secretArn,
      },
    ],
    [
      'the shared prefix',
      { shared: true },
      {
        ecrRepositoryPrefix: 'docker-hub',
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn: secretArn,
      },
    ],
    [
      'a Region',
      { region: 'eu-west-1' },
      {
        ecrRepositoryPrefix: 'docker-hub-dev',
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn: secretArn,
        region: 'eu-west-1',
      },
    ],
    [
      'ECR Public',
      { upstream: 'ecr-public' },
      { ecrRepositoryPrefix: 'ecr-public-dev', upstreamRegistryUrl: 'public.ecr.aws' },
    ],
    [
      'Kubernetes',
      { upstream: 'k8s' },
      { ecrRepositoryPrefix: 'kubernetes-dev', upstreamRegistryUrl: 'registry.k8s.io' },
    ],
    [
      'Quay',
      { upstream: 'quay', shared: true },
      { ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io' },
    ],
    [
      'GitHub',
      { upstream: 'github-container-registry', secretName: 'ecr-pullthroughcache/github' },
      { ecrRepositoryPrefix: 'github-dev', upstreamRegistryUrl: 'ghcr.io', credentialArn: secretArn },
    ],
    [
      'Azure',
      {
        upstream: 'azure-container-registry',
        upstreamRegistryUrl: 'acme.azurecr.io',
        secretName: 'ecr-pullthroughcache/acme',
      },
      { ecrRepositoryPrefix: 'azure-dev', upstreamRegistryUrl: 'acme.azurecr.io', credentialArn: secretArn },
    ],
    [
      'ECR of another account',
      {
        upstream: 'ecr',
        upstreamRegistryUrl: '210987654321.dkr.ecr.eu-west-1.amazonaws.com',
        upstreamRepositoryPrefix: 'base',
        customRoleArn: 'arn:aws:iam::123456789012:role/cache',
      },
      {
        ecrRepositoryPrefix: 'ecr-dev',
        upstreamRegistryUrl: '210987654321.dkr.ecr.eu-west-1.amazonaws.com',
        upstreamRepositoryPrefix: 'base',
        customRoleArn: 'arn:aws:iam::123456789012:role/cache',
      },
    ],
  ])('for %s', async (_, args, inputs) => {
    expect(await ruleOf(args)).toEqual([inputs])
  })

  test('is a rule with the secret whose ARN is given, without a lookup', async () => {
    const credentialArn = secretArn.replace('docker-hub', 'github')
    expect(
      await ruleOf({ upstream: 'github-container-registry', credentialArn: pulumi.output(credentialArn) }),
    ).toEqual([{ ecrRepositoryPrefix: 'github-dev', upstreamRegistryUrl: 'ghcr.io', credentialArn }])
    expect(asked.calls.map(({ token }) => token).filter((token) => token.includes('Secret'))).toEqual([])
  })

  test('is a template for the rule’s own prefix, if the repositories are described', async () => {
    const cache = new PullThroughCache('cache', {
      repositories: {
        description: 'Docker Hub',
        expireUntaggedAfterDays: 30,
        kmsKeyArn: 'arn:aws:kms:us-east-2:123456789012:key/k',
        resourceTags: { team: 'platform' },
        customRoleArn: 'arn:aws:iam::123456789012:role/template',
      },
    })
    await valueOf(cache.registryUrl)
    const [template, ...others] = resourcesOf('aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate')
    expect(others).toEqual([])
    expect(template).toEqual({
      type: 'aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate',
      name: 'cache',
      inputs: {
        prefix: 'docker-hub-dev',
        appliedFors: ['PULL_THROUGH_CACHE'],
        description: 'Docker Hub',
        customRoleArn: 'arn:aws:iam::123456789012:role/template',
        resourceTags: { team: 'platform' },
        encryptionConfigurations: [
          { encryptionType: 'KMS', kmsKey: 'arn:aws:kms:us-east-2:123456789012:key/k' },
        ],
        lifecyclePolicy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: 'Images that no tag names, 30 days after they were cached',
              selection: {
                tagStatus: 'untagged',
                countType: 'sinceImagePushed',
                countUnit: 'days',
                countNumber: 30,
              },
              action: { type: 'expire' },
            },
          ],
        }),
      },
    })
  })

  test('is nothing, for a rule that another stack owns', async () => {
    const cache = new PullThroughCache('docker-hub', { existing: true })
    expect(await valueOf(cache.image('debian'))).toBe(`${registry}/docker-hub/library/debian`)
    expect(asked.resources.map(({ type }) => type)).toEqual(['pullthrough:index:PullThroughCache'])
    expect(asked.calls.find(({ token }) => token.includes('getPullThroughCacheRule'))?.inputs).toEqual({
      ecrRepositoryPrefix: 'docker-hub',
      region: 'us-east-2',
    })
  })

  test('speaks of China as AWS does there', async () => {
    answers['aws:index/getPartition:getPartition'] = { partition: 'aws-cn', dnsSuffix: 'amazonaws.com.cn' }
    answers['aws:index/getRegion:getRegion'] = { region: 'cn-north-1' }
    const cache = new PullThroughCache('docker-hub')
    expect(await valueOf(cache.registryUrl)).toBe('123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn')
    expect(await valueOf(cache.pullPolicy)).toContain(
      '"arn:aws-cn:ecr:cn-north-1:123456789012:repository/docker-hub-dev/*"',
    )
  })
})

describe('an image', () => {
  test.each([
    ['debian', 'library/debian'],
    ['debian:12', 'library/debian:12'],
    ['library/debian:12', 'library/debian:12'],
    ['docker.io/library/debian:12', 'library/debian:12'],
    ['registry-1.docker.io/debian', 'library/debian'],
    ['grafana/grafana:11.0.0', 'grafana/grafana:11.0.0'],
    [`debian@sha256:${'0'.repeat(64)}`, `library/debian@sha256:${'0'.repeat(64)}`],
    [`debian:12@sha256:${'0'.repeat(64)}`, `library/debian:12@sha256:${'0'.repeat(64)}`],
  ])('%s is %s', async (reference, path) => {
    const cache = new PullThroughCache('docker-hub')
    expect(await valueOf(cache.image(reference))).toBe(`${registry}/docker-hub-dev/${path}`)
  })

  test.each([
    [
      '',
      '"" is no image: no image is named\nwrite it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1',
    ],
    [
      'Debian',
      '"Debian" is no image: the name of a repository has no upper-case letters\nwrite it as docker pull takes it: debian:12, ghcr.io/acme/widgets:1',
    ],
    [
      'ghcr.io/acme/widgets:1',
      'the rule docker-hub-dev does not cache ghcr.io/acme/widgets:1\nit caches docker.io',
    ],
    [
      `acme/${'x'.repeat(240)}`,
      `the rule docker-hub-dev does not cache docker.io/acme/${'x'.repeat(240)}\nit caches what is below ROOT, as far as the path has at most 255 characters`,
    ],
  ])('%j is refused', (reference, message) => {
    const cache = new PullThroughCache('docker-hub')
    expect(() => cache.image(reference)).toThrow(expect.objectContaining({ message }) as Error)
  })

  test('of another registry is asked for with the registry', async () => {
    const cache = new PullThroughCache('public', { upstream: 'ecr-public' })
    expect(await valueOf(cache.image('public.ecr.aws/amazonlinux/amazonlinux:2023'))).toBe(
      `${registry}/ecr-public-dev/amazonlinux/amazonlinux:2023`,
    )
    expect(() => cache.image('debian')).toThrow(
      'the rule ecr-public-dev does not cache docker.io/library/debian',
    )
  })
})

describe('arguments that cannot be', () => {
  const days = (expireUntaggedAfterDays: number) => ({ repositories: { expireUntaggedAfterDays } })

  test.each<[PullThroughCacheArgs, string]>([
    [
      { upstream: 'dockerhub' },
      'ECR has no upstream "dockerhub"\none of docker-hub, github-container-registry, gitlab-container-registry, azure-container-registry, chainguard, ecr-public, k8s, quay, ecr',
    ],
    [
      { upstream: 'toString' },
      'ECR has no upstream "toString"\none of docker-hub, github-container-registry, gitlab-container-registry, azure-container-registry, chainguard, ecr-public, k8s, quay, ecr',
    ],
    [
      { upstream: 'azure-container-registry', secretName: 'ecr-pullthroughcache/a' },
      'the upstream azure-container-registry has no host of one name\ngive upstreamRegistryUrl: <name>.azurecr.io',
    ],
    [
      { upstreamRegistryUrl: 'docker.io' },
      '"docker.io" is not a host of the upstream docker-hub\ngive registry-1.docker.io',
    ],
    [
      { upstream: 'quay', secretName: 'ecr-pullthroughcache/quay' },
      'the upstream quay takes no secret\nleave secretName and credentialArn out',
    ],
    [
      { upstream: 'chainguard' },
      'the upstream chainguard needs a secret\ngive secretName: ecr-pullthroughcache/…, or credentialArn',
    ],
    [
      { secretName: 'docker-hub' },
      'the secret’s name "docker-hub" does not do: ECR reads only secrets whose name begins with ecr-pullthroughcache/\ngive secretName: ecr-pullthroughcache/…',
    ],
    [
      { secretName: 'ecr-pullthroughcache/a b' },
      'the secret’s name "ecr-pullthroughcache/a b" does not do: the rest of a secret’s name is letters, digits and /_+=.@-\ngive secretName: ecr-pullthroughcache/…',
    ],
    [{ region: '' }, 'region is empty\nname a Region, or leave it out for the provider’s'],
    [
      { customRoleArn: 'arn:aws:iam::123456789012:role/cache' },
      'customRoleArn is for the upstream ecr alone\nleave it out',
    ],
    [
      { upstream: 'quay', upstreamRepositoryPrefix: 'a' },
      'upstreamRepositoryPrefix is for the upstream ecr alone\nleave it out',
    ],
    [
      { secretName: 'ecr-pullthroughcache/a', credentialArn: secretArn },
      'secretName and credentialArn are both given\nkeep one of them',
    ],
    [{ prefix: 'hub', shared: true }, 'prefix and shared are both given\nkeep one of them'],
    [
      { existing: true, adopt: true },
      'existing and adopt are both given\nexisting leaves the rule to its owner, adopt makes this stack the owner: keep one of them',
    ],
    [
      { existing: true, repositories: {} },
      'repositories is given for a rule that another stack owns\ngive it in the stack that owns the rule',
    ],
    [
      { prefix: 'ROOT' },
      'the prefix "ROOT" does not do: it would take every repository of the registry\ngive another prefix, or none: then it is made of the stack’s name',
    ],
    [
      { adopt: true, region: pulumi.output('eu-west-1') },
      'adopt needs a Region that is known beforehand\ngive region as a plain text, or leave it out',
    ],
    [days(0), 'repositories: expireUntaggedAfterDays is 0\ngive a whole number of days, 1 or more'],
    [days(1.5), 'repositories: expireUntaggedAfterDays is 1.5\ngive a whole number of days, 1 or more'],
    [
      { repositories: { expireUntaggedAfterDays: 1, lifecyclePolicy: '{}' } },
      'repositories: expireUntaggedAfterDays and lifecyclePolicy are both given\nkeep one of them',
    ],
    [
      { repositories: { resourceTags: { a: 'b' } } },
      'repositories: resourceTags needs a role that makes the repositories\ngive customRoleArn',
    ],
    [
      { repositories: { kmsKeyArn: 'arn:aws:kms:us-east-2:123456789012:key/k' } },
      'repositories: kmsKeyArn needs a role that makes the repositories\ngive customRoleArn',
    ],
  ])('%j', (args, message) => {
    expect(() => new PullThroughCache('cache', args)).toThrow(expect.objectContaining({ message }) as Error)
    expect(asked.resources.filter(({ type }) => type.startsWith('aws:'))).toEqual([])
  })
})

test('a program of its own uses what the cache gives', async () => {
  const cache = new PullThroughCache('docker-hub')
  const policy = new Policy('pull', { policy: cache.pullPolicy })
  expect(await valueOf(policy.policy)).toContain('ecr:BatchImportUpstreamImage')
})
