import { UpstreamRegistry } from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { domainOfUrl, upstreamOfDomain, upstreamOfUrl, upstreams } from '../../src/ecr/upstreams.ts'

test('are those that ECR knows', () => {
  expect(Object.keys(upstreams).sort()).toEqual(Object.values(UpstreamRegistry).sort())
})

test('are as ECR documents them', () => {
  const table = Object.entries(upstreams).map(([name, { url, credential, consolePrefix }]) => [
    name,
    url,
    credential,
    consolePrefix,
  ])
  expect(table).toEqual([
    ['docker-hub', 'registry-1.docker.io', 'required', 'docker-hub'],
    ['github-container-registry', 'ghcr.io', 'required', 'github'],
    ['gitlab-container-registry', 'registry.gitlab.com', 'required', 'gitlab'],
    ['azure-container-registry', '<name>.azurecr.io', 'required', 'azure'],
    ['chainguard', 'cgr.dev', 'required', 'chainguard'],
    ['ecr-public', 'public.ecr.aws', 'none', 'ecr-public'],
    ['k8s', 'registry.k8s.io', 'none', 'kubernetes'],
    ['quay', 'quay.io', 'none', 'quay'],
    ['ecr', '<account>.dkr.ecr.<region>.amazonaws.com', 'role', 'ecr'],
  ])
})

test.each([
  ['registry-1.docker.io', 'docker.io', 'docker-hub'],
  ['ghcr.io', 'ghcr.io', 'github-container-registry'],
  ['registry.gitlab.com', 'registry.gitlab.com', 'gitlab-container-registry'],
  ['acme.azurecr.io', 'acme.azurecr.io', 'azure-container-registry'],
  ['acme-d4f9c2e1.azurecr.io', 'acme-d4f9c2e1.azurecr.io', 'azure-container-registry'],
  ['cgr.dev', 'cgr.dev', 'chainguard'],
  ['public.ecr.aws', 'public.ecr.aws', 'ecr-public'],
  ['registry.k8s.io', 'registry.k8s.io', 'k8s'],
  ['quay.io', 'quay.io', 'quay'],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', '123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'ecr'],
])('%s, in references %s, is %s', (url, domain, upstream) => {
  expect(upstreamOfUrl(url)).toBe(upstream)
  expect(domainOfUrl(url)).toBe(domain)
  expect(upstreamOfDomain(domain)).toBe(upstream)
})

test('the host of Docker Hub is no domain of references, nor its domain a host', () => {
  expect(upstreamOfDomain('registry-1.docker.io')).toBeUndefined()
  expect(upstreamOfUrl('docker.io')).toBeUndefined()
})

test.each([
  [''],
  ['gcr.io'],
  ['index.docker.io'],
  ['azurecr.io'],
  ['a.b.azurecr.io'],
  ['quay.io.example'],
  ['xquay.io'],
])('ECR cannot cache %j', (host) => {
  expect(upstreamOfUrl(host)).toBeUndefined()
  expect(upstreamOfDomain(host)).toBeUndefined()
  expect(domainOfUrl(host)).toBe(host)
})
