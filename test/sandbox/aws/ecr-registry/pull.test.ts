import { CreatePullThroughCacheRuleCommand, CreateRepositoryCommand } from '@aws-sdk/client-ecr'
import { expect, test } from 'vitest'
import { createImage } from '../../../../src/sandbox/oci/image.ts'
import { linuxAmd64, linuxArm64 } from '../../../../src/sandbox/oci/platform.ts'
import type { AwsSandbox } from '../aws-sandbox.ts'
import { createUpstreamSecret } from '../ecr/ecr-world.ts'
import {
  authenticationFailed,
  debian,
  errorOf,
  hours,
  imagesOf,
  imageUnknown,
  jsonOf,
  moveUpstream,
  repositoryUnknown,
  startPullSandbox,
} from './pull-world.ts'

const name = 'docker-hub/library/debian'
const upstreamDebian = createImage({ name: 'library/debian:12', platforms: [linuxAmd64, linuxArm64] })

const logIn = ['docker-registry GET /v2/', 'docker-auth GET /token']
const head = 'docker-registry HEAD /v2/{name}/manifests/{reference}'
const get = 'docker-registry GET /v2/{name}/manifests/{reference}'
const isBlob = (request: string) => request.includes('blob')
const pulls = ({ dockerHub }: AwsSandbox) => [
  dockerHub.state().accounts.map((account) => account.pulls),
  dockerHub.state().anonymousPulls,
]

test('imports an image with all that belongs to it, and serves it from then on', async () => {
  const sandbox = await startPullSandbox()
  const { registry, upstreamRequests } = sandbox
  const { status, headers, body } = await registry(`${debian}/manifests/12`)
  const { top, children, blobs } = upstreamDebian
  expect([status, headers['content-type'], headers['docker-content-digest'], body]).toEqual([
    200,
    'application/vnd.oci.image.index.v1+json',
    top.digest,
    top.body,
  ])
  const asked = upstreamRequests()
  expect(asked.filter((request) => !isBlob(request))).toEqual([...logIn, head, get, get, get])
  expect(asked.filter((request) => request === 'docker-registry GET /v2/{name}/blobs/{digest}')).toHaveLength(
    new Set(blobs.map(({ digest }) => digest)).size,
  )

  for (const child of children) {
    expect((await registry(`${debian}/manifests/${child.digest}`)).body).toEqual(child.body)
  }
  for (const blob of blobs) {
    const { status: found, headers: to } = await registry(`${debian}/blobs/${blob.digest}`)
    const layer = await fetch(to['location'] ?? '')
    expect([found, Buffer.from(await layer.arrayBuffer())]).toEqual([307, blob.body])
  }
  expect((await registry(`${debian}/manifests/12`)).body).toEqual(body)
  expect(upstreamRequests()).toEqual([])
  expect(pulls(sandbox)).toEqual([[2], 0])
  expect(imagesOf(sandbox, name).map(({ imageTags }) => imageTags)).toEqual([[], [], ['12']])
})

test('imports for HEAD too, and answers it as GET, without the body', async () => {
  const { registry } = await startPullSandbox()
  const first = await registry(`${debian}/manifests/12`, { method: 'HEAD' })
  expect(first.body).toHaveLength(0)
  const withoutDate = ({ headers }: typeof first) => ({ ...headers, date: '' })
  expect(withoutDate(first)).toEqual(withoutDate(await registry(`${debian}/manifests/12`)))
  const same = await registry(`${debian}/manifests/12`, {
    headers: { 'if-none-match': first.headers['etag'] ?? '' },
  })
  expect([same.status, same.body.length]).toEqual([304, 0])
})

test.each([
  ['bitnami/redis', '7.2', 'application/vnd.oci.image.manifest.v1+json'],
  ['library/busybox', '1.37', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  ['ratelimitpreview/test', 'latest', 'application/vnd.docker.distribution.manifest.v2+json'],
])('takes %s:%s as it is', async (repository, tag, mediaType) => {
  const { registry } = await startPullSandbox()
  const { status, headers } = await registry(`/v2/docker-hub/${repository}/manifests/${tag}`)
  expect([status, headers['content-type']]).toEqual([200, mediaType])
})

test('asks the upstream again after 24 hours, with one HEAD if nothing has changed', async () => {
  const { registry, upstreamRequests, clock, token } = await startPullSandbox()
  await registry(`${debian}/manifests/12`)
  upstreamRequests()
  clock.advance(hours(24) - 60_000)
  const later = { token: await token() }
  expect((await registry(`${debian}/manifests/12`, later)).status).toBe(200)
  expect(upstreamRequests()).toEqual([])
  clock.advance(120_000)
  expect((await registry(`${debian}/manifests/12`, later)).body).toEqual(upstreamDebian.top.body)
  expect(upstreamRequests()).toEqual([...logIn, head])
  clock.advance(hours(23))
  expect((await registry(`${debian}/manifests/12`, { token: await token() })).status).toBe(200)
  expect(upstreamRequests()).toEqual([])
})

test('gives the tag to the new image where the upstream has moved it', async () => {
  const sandbox = await startPullSandbox()
  const { registry, clock, token } = sandbox
  const before = await registry(`${debian}/manifests/12`)
  moveUpstream(sandbox, { repository: 'library/debian', tags: ['12'], platforms: ['linux/amd64'] })
  expect((await registry(`${debian}/manifests/12`)).body).toEqual(before.body)

  sandbox.upstreamRequests()
  clock.advance(hours(25))
  const later = { token: await token() }
  const after = await registry(`${debian}/manifests/12`, later)
  expect(after.headers['content-type']).toBe('application/vnd.oci.image.manifest.v1+json')
  // The configuration and one layer: the other is there already.
  const blobs = sandbox.upstreamRequests().filter((request) => request.includes('/blobs/{digest}'))
  expect(blobs).toHaveLength(2)
  expect(imagesOf(sandbox, name).map(({ imageTags }) => imageTags)).toEqual([[], [], [], ['12']])
  const old = await registry(`${debian}/manifests/${before.headers['docker-content-digest'] ?? ''}`, later)
  expect(old.body).toEqual(before.body)
})

test('imports once what many pull at the same time', async () => {
  const sandbox = await startPullSandbox()
  await sandbox.registry('/v2/')
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => sandbox.registry(`${debian}/manifests/12`)),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
  expect(sandbox.upstreamRequests().filter((request) => request === head)).toHaveLength(1)
  expect(pulls(sandbox)).toEqual([[2], 0])
})

test('never looks for a digest upstream', async () => {
  const sandbox = await startPullSandbox()
  const { registry, upstreamRequests } = sandbox
  const byDigest = () => registry(`${debian}/manifests/${upstreamDebian.top.digest}`)
  expect(errorOf(await byDigest())).toEqual(imageUnknown)
  expect(upstreamRequests()).toEqual([])
  await registry(`${debian}/manifests/12`)
  expect((await byDigest()).status).toBe(200)
})

test.each<[title: string, path: string, error: readonly unknown[]]>([
  ['a tag that is not there', `${debian}/manifests/none`, imageUnknown],
  ['an official image without library/', '/v2/docker-hub/debian/manifests/12', authenticationFailed],
  [
    'library/ before another image',
    '/v2/docker-hub/library/bitnami/redis/manifests/7.2',
    authenticationFailed,
  ],
  ['a repository that is not there', '/v2/docker-hub/acme/none/manifests/1', authenticationFailed],
  ['a private one beyond the scope', '/v2/docker-hub/sandbox/private/manifests/latest', authenticationFailed],
  ['a tag that is none', `${debian}/manifests/-`, imageUnknown],
  ['a digest that is none', `${debian}/manifests/sha256:12`, imageUnknown],
  ['another prefix', '/v2/library/debian/manifests/12', repositoryUnknown('library/debian')],
  ['the prefix alone', '/v2/docker-hub/manifests/12', repositoryUnknown('docker-hub')],
  ['a longer prefix', '/v2/docker-hub2/a/manifests/1', repositoryUnknown('docker-hub2/a')],
  [
    'a name that is none',
    '/v2/docker-hub/Debian/manifests/12',
    [400, 'NAME_INVALID', 'invalid repository name'],
  ],
])('does not find %s, and makes no repository', async (_, path, error) => {
  const sandbox = await startPullSandbox()
  expect(errorOf(await sandbox.registry(path))).toEqual(error)
  expect(sandbox.aws.state()['123456789012']?.['us-east-1']?.repositories).toEqual([])
})

test.each<[mutability: object, isRefreshed: boolean]>([
  [{ imageTagMutability: 'MUTABLE' }, true],
  [{ imageTagMutability: 'IMMUTABLE' }, false],
  [{ imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: ['1*'] }, true],
  [{ imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: ['.'] }, false],
  [{ imageTagMutability: 'MUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: ['12'] }, false],
])('refreshes a tag of a repository that is %j: %s', async (mutability, isRefreshed) => {
  const sandbox = await startPullSandbox()
  const { imageTagMutabilityExclusionFilters: filters } = mutability as {
    imageTagMutabilityExclusionFilters?: string[]
  }
  await sandbox.ecr().send(
    new CreateRepositoryCommand({
      repositoryName: name,
      ...mutability,
      imageTagMutabilityExclusionFilters: filters?.map((filter) => ({ filterType: 'WILDCARD', filter })),
    }),
  )
  const { body } = await sandbox.registry(`${debian}/manifests/12`)
  moveUpstream(sandbox, { repository: 'library/debian', tags: ['12'] })
  sandbox.clock.advance(hours(25))
  sandbox.upstreamRequests()
  const later = { token: await sandbox.token() }
  expect((await sandbox.registry(`${debian}/manifests/12`, later)).body.equals(body)).toBe(!isRefreshed)
  expect(sandbox.upstreamRequests().length > 0).toBe(isRefreshed)
})

async function addRule(sandbox: AwsSandbox, rule: object): Promise<void> {
  const credentialArn = await createUpstreamSecret(sandbox, {
    name: `ecr-pullthroughcache/${Object.values(rule).join('-')}`,
  })
  await sandbox.ecr().send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: undefined,
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn,
      ...rule,
    }),
  )
}

test.each([
  [{ ecrRepositoryPrefix: 'ROOT' }, 'library/debian'],
  [{ ecrRepositoryPrefix: 'hub/' }, 'hub/library/debian'],
  [{ ecrRepositoryPrefix: 'team/hub' }, 'team/hub/library/debian'],
  [{ ecrRepositoryPrefix: 'hub', upstreamRepositoryPrefix: 'library' }, 'hub/debian'],
  [{ ecrRepositoryPrefix: 'library', upstreamRepositoryPrefix: 'library/' }, 'library/debian'],
])('by the rule %j pulls %s', async (rule, repository) => {
  const sandbox = await startPullSandbox()
  await addRule(sandbox, rule)
  expect((await sandbox.registry(`/v2/${repository}/manifests/12`)).body).toEqual(upstreamDebian.top.body)
})

test('takes the rule with the longest prefix', async () => {
  const sandbox = await startPullSandbox()
  await addRule(sandbox, { ecrRepositoryPrefix: 'ROOT' })
  await addRule(sandbox, { ecrRepositoryPrefix: 'docker-hub/official', upstreamRepositoryPrefix: 'library' })
  const status = async (path: string) => (await sandbox.registry(path)).status
  expect(await status('/v2/docker-hub/official/debian/manifests/12')).toBe(200)
  expect(await status('/v2/docker-hub/library/debian/manifests/12')).toBe(200)
  expect(await status('/v2/docker-hub2/debian/manifests/12')).toBe(403)
})

test('says loudly that it has no other upstream, and serves what is there', async () => {
  const sandbox = await startPullSandbox()
  await sandbox
    .ecr()
    .send(
      new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io' }),
    )
  const quay = '/v2/quay/prometheus/node/manifests'
  expect(errorOf(await sandbox.registry(`${quay}/v1`))).toEqual([
    501,
    'UNSUPPORTED',
    'the sandbox does not do imports from this upstream; AWS does',
  ])
  sandbox.aws.seeds['/aws/repositories']?.({ repositoryName: 'quay/prometheus/node', imageTags: ['v1'] })
  expect((await sandbox.registry(`${quay}/v1`)).status).toBe(200)
})

test('lists the tags that are cached, page by page', async () => {
  const { registry } = await startPullSandbox()
  const list = `${debian}/tags/list`
  expect(errorOf(await registry(list))).toEqual(repositoryUnknown(name))
  for (const tag of ['latest', '12', 'bookworm-slim']) await registry(`${debian}/manifests/${tag}`)
  expect(jsonOf((await registry(list)).body)).toEqual({ name, tags: ['12', 'bookworm-slim', 'latest'] })
  const { headers, body } = await registry(`${list}?n=2`)
  expect(jsonOf(body)).toEqual({ name, tags: ['12', 'bookworm-slim'] })
  const [, next = ''] = /^<(.*)>; rel="next"$/.exec(headers['link'] ?? '') ?? []
  expect(jsonOf((await registry(next)).body)).toEqual({ name, tags: ['latest'] })
  expect(errorOf(await registry(`${list}?n=x`))).toEqual([
    400,
    'PAGINATION_NUMBER_INVALID',
    'invalid number of results requested',
  ])
})
