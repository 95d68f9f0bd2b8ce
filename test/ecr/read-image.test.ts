import { describe, expect, test } from 'vitest'
import { readImage, type ReadImage } from '../../src/ecr/read-image.ts'
import type { RulePaths } from '../../src/ecr/cached-reference.ts'

const hub: RulePaths = { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: 'registry-1.docker.io' }
const quay: RulePaths = { ecrRepositoryPrefix: 'quay/', upstreamRegistryUrl: 'quay.io' }
const everything: RulePaths = { ecrRepositoryPrefix: 'ROOT', upstreamRegistryUrl: 'public.ecr.aws' }
const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const registry = { host, account: '123456789012', region: 'us-east-1', fips: false }
const digest = `sha256:${'0'.repeat(64)}`

const debian = { domain: 'docker.io', path: 'library/debian' }
const debianCached = [{ rule: hub, path: 'docker-hub/library/debian' }]

const cases: readonly (readonly [text: string, rules: readonly RulePaths[], ReadImage<RulePaths>])[] = [
  ['debian', [hub, quay], { kind: 'upstream', upstream: debian, cached: debianCached }],
  ['debian:12', [hub], { kind: 'upstream', upstream: { ...debian, tag: '12' }, cached: debianCached }],
  [' library/debian\n', [hub], { kind: 'upstream', upstream: debian, cached: debianCached }],
  ['docker://debian', [hub], { kind: 'upstream', upstream: debian, cached: debianCached }],
  ['registry-1.docker.io/debian', [hub], { kind: 'upstream', upstream: debian, cached: debianCached }],
  [
    'registry.hub.docker.com/library/debian',
    [hub],
    { kind: 'upstream', upstream: debian, cached: debianCached },
  ],
  ['debian', [quay], { kind: 'upstream', upstream: debian, cached: [] }],
  ['debian', [], { kind: 'upstream', upstream: debian, cached: [] }],
  [
    `quay.io/acme/widgets:1@${digest}`,
    [hub, quay],
    {
      kind: 'upstream',
      upstream: { domain: 'quay.io', path: 'acme/widgets', tag: '1', digest },
      cached: [{ rule: quay, path: 'quay/acme/widgets' }],
    },
  ],
  [
    'docker-hub/library/debian:12',
    [hub, quay],
    {
      kind: 'cached',
      rule: hub,
      cached: { path: 'docker-hub/library/debian', tag: '12' },
      upstream: { ...debian, tag: '12' },
    },
  ],
  [
    'docker-hub/debian:12',
    [hub],
    {
      kind: 'cached',
      rule: hub,
      cached: { path: 'docker-hub/debian', tag: '12' },
      upstream: { domain: 'docker.io', path: 'debian', tag: '12' },
    },
  ],
  // Without such a rule, or with the registry before it, `docker-hub` is an account of Docker Hub.
  [
    'docker-hub/debian',
    [quay],
    { kind: 'upstream', upstream: { domain: 'docker.io', path: 'docker-hub/debian' }, cached: [] },
  ],
  [
    'docker.io/docker-hub/debian',
    [hub],
    {
      kind: 'upstream',
      upstream: { domain: 'docker.io', path: 'docker-hub/debian' },
      cached: [{ rule: hub, path: 'docker-hub/docker-hub/debian' }],
    },
  ],
  [
    'docker-hub',
    [hub],
    {
      kind: 'upstream',
      upstream: { domain: 'docker.io', path: 'library/docker-hub' },
      cached: [{ rule: hub, path: 'docker-hub/library/docker-hub' }],
    },
  ],
  // A prefix that is also the name of a namespace, of a repository, or looks like a domain.
  [
    'library/debian',
    [{ ...hub, ecrRepositoryPrefix: 'library' }],
    {
      kind: 'cached',
      rule: { ...hub, ecrRepositoryPrefix: 'library' },
      cached: { path: 'library/debian' },
      upstream: { domain: 'docker.io', path: 'debian' },
    },
  ],
  [
    'debian',
    [{ ...hub, ecrRepositoryPrefix: 'library' }],
    {
      kind: 'upstream',
      upstream: debian,
      cached: [{ rule: { ...hub, ecrRepositoryPrefix: 'library' }, path: 'library/library/debian' }],
    },
  ],
  [
    'mirror.example/library/debian:12',
    [{ ...hub, ecrRepositoryPrefix: 'mirror.example' }],
    {
      kind: 'cached',
      rule: { ...hub, ecrRepositoryPrefix: 'mirror.example' },
      cached: { path: 'mirror.example/library/debian', tag: '12' },
      upstream: { ...debian, tag: '12' },
    },
  ],
  [
    'docker.io/library/debian',
    [{ ...hub, ecrRepositoryPrefix: 'docker.io' }],
    {
      kind: 'upstream',
      upstream: debian,
      cached: [{ rule: { ...hub, ecrRepositoryPrefix: 'docker.io' }, path: 'docker.io/library/debian' }],
    },
  ],
  // A rule for ROOT does not make everything a path of the cache.
  ['debian', [everything], { kind: 'upstream', upstream: debian, cached: [] }],
  [
    'public.ecr.aws/acme/widgets',
    [everything],
    {
      kind: 'upstream',
      upstream: { domain: 'public.ecr.aws', path: 'acme/widgets' },
      cached: [{ rule: everything, path: 'acme/widgets' }],
    },
  ],
  [
    `${host}/docker-hub/library/debian:12`,
    [hub],
    {
      kind: 'cached-uri',
      registry,
      cached: { path: 'docker-hub/library/debian', tag: '12' },
      rule: hub,
      upstream: { ...debian, tag: '12' },
    },
  ],
  [
    `docker://${host}/docker-hub/debian@${digest}`,
    [hub],
    {
      kind: 'cached-uri',
      registry,
      cached: { path: 'docker-hub/debian', digest },
      rule: hub,
      upstream: { domain: 'docker.io', path: 'debian', digest },
    },
  ],
  [
    `${host}/acme/widgets`,
    [hub, everything],
    {
      kind: 'cached-uri',
      registry,
      cached: { path: 'acme/widgets' },
      rule: everything,
      upstream: { domain: 'public.ecr.aws', path: 'acme/widgets' },
    },
  ],
  [`${host}/widgets:1`, [hub], { kind: 'cached-uri', registry, cached: { path: 'widgets', tag: '1' } }],
  [
    '123456789012.dkr-ecr.eu-west-1.on.aws/docker-hub/library/debian',
    [],
    {
      kind: 'cached-uri',
      registry: {
        host: '123456789012.dkr-ecr.eu-west-1.on.aws',
        account: '123456789012',
        region: 'eu-west-1',
        fips: false,
      },
      cached: { path: 'docker-hub/library/debian' },
    },
  ],
  // A registry that a rule has as its upstream.
  [
    `${host}/team-a/app:1`,
    [{ ecrRepositoryPrefix: 'peer', upstreamRegistryUrl: host, upstreamRepositoryPrefix: 'team-a' }],
    {
      kind: 'upstream',
      upstream: { domain: host, path: 'team-a/app', tag: '1' },
      cached: [
        {
          rule: {
            ecrRepositoryPrefix: 'peer',
            upstreamRegistryUrl: host,
            upstreamRepositoryPrefix: 'team-a',
          },
          path: 'peer/app',
        },
      ],
    },
  ],
  ['', [hub], { kind: 'invalid', problem: 'empty' }],
  ['  \n', [hub], { kind: 'invalid', problem: 'empty' }],
  ['Debian', [hub], { kind: 'invalid', problem: 'upper-case' }],
  [`https://${host}/docker-hub/library/debian`, [hub], { kind: 'invalid', problem: 'format' }],
  ['docker-hub/', [hub], { kind: 'invalid', problem: 'format' }],
  ['0'.repeat(64), [hub], { kind: 'invalid', problem: 'image-id' }],
  ['\u0000', [hub], { kind: 'invalid', problem: 'format' }],
]

test('100 KB of path are no image', () => {
  expect(readImage('a/'.repeat(50_000), [hub])).toEqual({ kind: 'invalid', problem: 'too-long' })
})

describe('what is meant by', () => {
  test.each(cases)('%j', (text, rules, expected) => {
    expect(readImage(text, rules)).toEqual(expected)
  })
})
