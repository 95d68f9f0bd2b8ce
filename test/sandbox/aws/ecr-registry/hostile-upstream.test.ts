import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { contentOf, descriptorOf, jsonContent } from '../../../../src/sandbox/oci/content.ts'
import { createImage } from '../../../../src/sandbox/oci/image.ts'
import { ociFormat } from '../../../../src/sandbox/oci/media-type.ts'
import { linuxAmd64 } from '../../../../src/sandbox/oci/platform.ts'
import { account } from '../ecr/ecr-world.ts'
import { debian, errorOf, startPullSandbox } from './pull-world.ts'

interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** What an upstream answers: by path, `GET` and `HEAD` alike; 404 for all others. */
type Replies = Readonly<Record<string, Reply>>

const { top, blobs } = createImage({ name: 'library/debian:12', platforms: [linuxAmd64] })
const asked: IncomingMessage[] = []

/** A registry that answers as it is told, where nothing needs a login unless it says so. */
async function pullFrom(replies: (origin: string) => Replies): Promise<readonly unknown[]> {
  const sandbox = await startPullSandbox()
  asked.length = 0
  const server = createServer((request, response) => {
    asked.push(request)
    const {
      status = 200,
      headers = {},
      body = '',
    } = replies(origin)[(request.url ?? '').split('?')[0] ?? ''] ?? { status: 404 }
    response.writeHead(status, headers)
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  sandbox.aws.announce({ dockerHub: { url: origin } })
  const answer = await sandbox.registry(`${debian}/manifests/12`)
  const { repositories = [] } = sandbox.aws.state()[account]?.['us-east-1'] ?? {}
  expect(repositories).toHaveLength(answer.status === 200 ? 1 : 0)
  return answer.status === 200 ? [200, answer.body.equals(top.body)] : errorOf(answer)
}

const unavailable = [503, 'UNAVAILABLE', 'The upstream registry is not available']
const path = '/v2/library/debian'
const manifest = (content: typeof top, headers = {}): Reply => ({
  headers: { 'content-type': content.mediaType, 'docker-content-digest': content.digest, ...headers },
  body: content.body,
})
const good: Replies = {
  '/v2/': {},
  [`${path}/manifests/12`]: manifest(top),
  [`${path}/manifests/${top.digest}`]: manifest(top),
  ...Object.fromEntries(blobs.map(({ digest, body }) => [`${path}/blobs/${digest}`, { body }])),
}

/** A manifest in place of the good one. */
function instead(content: typeof top): Replies {
  const reply = manifest(content)
  return { ...good, [`${path}/manifests/12`]: reply, [`${path}/manifests/${content.digest}`]: reply }
}

const challenge = (realm: string) => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="${realm}",service="registry.example"` },
})

test('imports from a registry that asks for no login', async () => {
  expect(await pullFrom(() => good)).toEqual([200, true])
})

test('imports with the token that the registry’s own token server gives', async () => {
  const replies = (origin: string): Replies => ({
    ...good,
    '/v2/': challenge(`${origin}/token`),
    '/token': { body: '{"access_token":"granted"}' },
  })
  expect(await pullFrom(replies)).toEqual([200, true])
  const urls = asked.map(({ url, headers }) => [url, headers.authorization?.split(' ')[0]])
  expect(urls.slice(0, 3)).toEqual([
    ['/v2/', undefined],
    ['/token?service=registry.example&scope=repository%3Alibrary%2Fdebian%3Apull', 'Basic'],
    [`${path}/manifests/12`, 'Bearer'],
  ])
})

const config = jsonContent(ociFormat.config, {})
const wrongParts = [
  { ...descriptorOf(config), digest: 'sha256:../../../etc/passwd' },
  { ...descriptorOf(config), size: '1' },
]

test.each<[title: string, replies: (origin: string) => Replies]>([
  [
    'a challenge to a server that is not encrypted',
    () => ({ '/v2/': challenge('http://127.0.0.1.example/') }),
  ],
  ['a challenge to nowhere', () => ({ '/v2/': challenge('token') })],
  [
    'another kind of challenge',
    () => ({ '/v2/': { status: 401, headers: { 'www-authenticate': 'Basic' } } }),
  ],
  ['no challenge', () => ({ '/v2/': { status: 401 } })],
  ['no JSON for a token', (origin) => ({ '/v2/': challenge(`${origin}/token`), '/token': { body: '<' } })],
  ['no token', (origin) => ({ '/v2/': challenge(`${origin}/token`), '/token': { body: '{"token":1}' } })],
  [
    'a token server that sends the credential on',
    (origin) => ({
      '/v2/': challenge(`${origin}/token`),
      '/token': { status: 307, headers: { location: `${origin}/other` } },
      '/other': { body: '{"token":"granted"}' },
    }),
  ],
  ['no digest', () => ({ ...good, [`${path}/manifests/12`]: { body: top.body } })],
  [
    'a digest that is none',
    () => ({ ...good, [`${path}/manifests/12`]: manifest(top, { 'docker-content-digest': '../12' }) }),
  ],
  [
    'a manifest of another digest',
    () => ({ ...good, [`${path}/manifests/${top.digest}`]: { ...manifest(top), body: '{}' } }),
  ],
  [
    'a manifest of another type',
    () => ({ ...good, [`${path}/manifests/${top.digest}`]: manifest(top, { 'content-type': 'text/html' }) }),
  ],
  [
    'a layer of another digest',
    () => ({ ...good, [`${path}/blobs/${blobs[0]?.digest ?? ''}`]: { body: 'something else' } }),
  ],
  ['a manifest that is not JSON', () => instead(contentOf(ociFormat.manifest, Buffer.from('{')))],
  ['a manifest that is no object', () => instead(jsonContent(ociFormat.manifest, 1))],
  ['an index without manifests', () => instead(jsonContent(ociFormat.index, {}))],
  [
    'a manifest without layers',
    () => instead(jsonContent(ociFormat.manifest, { config: descriptorOf(config) })),
  ],
  ['a manifest without a configuration', () => instead(jsonContent(ociFormat.manifest, { layers: [] }))],
  ...wrongParts.map(
    (part) =>
      [
        `a descriptor ${JSON.stringify(part)}`,
        () => instead(jsonContent(ociFormat.manifest, { config: part, layers: [] })),
      ] as [string, () => Replies],
  ),
])('keeps nothing from %s', async (_, replies) => {
  expect(await pullFrom(replies)).toEqual(unavailable)
})

test('asks nobody for a token whom the credential must not reach', async () => {
  await pullFrom((origin) => ({
    '/v2/': challenge(`${origin}/token`),
    '/token': { status: 307, headers: { location: `${origin}/other` } },
  }))
  expect(asked.map(({ url }) => url?.split('?')[0])).toEqual(['/v2/', '/token'])
})
