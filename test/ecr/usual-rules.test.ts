import { expect, test } from 'vitest'
import { usualRules } from '../../src/ecr/usual-rules.ts'
import { upstreams } from '../../src/ecr/upstreams.ts'

const paths = (prefixes: readonly (readonly [string, string])[] = []) =>
  usualRules(new Map(prefixes)).map(
    ({ ecrRepositoryPrefix, upstreamRegistryUrl }) => [ecrRepositoryPrefix, upstreamRegistryUrl] as const,
  )

const dockerHub = ['docker-hub', 'registry-1.docker.io'] as const
const others = [
  ['github', 'ghcr.io'],
  ['gitlab', 'registry.gitlab.com'],
  ['chainguard', 'cgr.dev'],
  ['ecr-public', 'public.ecr.aws'],
  ['kubernetes', 'registry.k8s.io'],
  ['quay', 'quay.io'],
] as const

test('there is one for each upstream of one host, with the console’s prefix', () => {
  expect(paths()).toEqual([dockerHub, ...others])
  const ofMany = Object.keys(upstreams).length - paths().length
  expect(ofMany).toBe(['azure-container-registry', 'ecr'].length)
})

test('a given prefix is that of its registry, and of no other', () => {
  expect(paths([['docker.io', 'docker-hub-dev']])).toEqual([
    ['docker-hub-dev', 'registry-1.docker.io'],
    ...others,
  ])
  expect(
    paths([
      ['docker.io', 'quay'],
      ['ghcr.io', 'docker-hub'],
    ]),
  ).toEqual([
    ['quay', 'registry-1.docker.io'],
    ['docker-hub', 'ghcr.io'],
    ...others.filter(([prefix]) => prefix !== 'quay' && prefix !== 'github'),
  ])
})

test('an upstream that has many hosts is there by its prefix', () => {
  const ecr = '210987654321.dkr.ecr.eu-west-1.amazonaws.com'
  expect(
    paths([
      ['acme.azurecr.io', 'azure'],
      [ecr, 'peer'],
    ]),
  ).toEqual([['azure', 'acme.azurecr.io'], ['peer', ecr], dockerHub, ...others])
})
