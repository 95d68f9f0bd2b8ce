import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pullImage } from '../../src/ecr/pull-image.ts'
import { Secret } from '../../src/secret.ts'
import { rejectionOf, worldOf } from '../registries/docker-hub-sandbox.ts'

/** Of `AWS:password-of-ECR`. */
const authorization = 'QVdTOnBhc3N3b3JkLW9mLUVDUg=='
const password = 'password-of-ECR'
const repository = 'docker-hub/library/busybox'

const digestOf = (body: string) => `sha256:${createHash('sha256').update(body).digest('hex')}`
const descriptorOf = (body: string) => ({ digest: digestOf(body), size: body.length })
const layer = 'the files'
const config = '{"architecture":"amd64"}'
const manifest = JSON.stringify({
  config: descriptorOf(config),
  layers: [descriptorOf(layer), descriptorOf(layer)],
})
const index = JSON.stringify({
  manifests: [
    {
      digest: `sha256:${'0'.repeat(64)}`,
      size: 1,
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    },
    { ...descriptorOf(manifest), platform: { os: 'linux', architecture: 'amd64' } },
  ],
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const sends =
  (body: string, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status).end(body)
  }

const redirects =
  (location: string): Answer =>
  (_request, response) => {
    response.writeHead(307, { location }).end()
  }

const endless: Answer = (_request, response) => {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
  }
  response.on('drain', more)
  more()
}

/** The first answer for the first request, the other one from then on. */
const first = (once: Answer, then: Answer): Answer => {
  let isFirst = true
  return (...asked) => {
    const answer = isFirst ? once : then
    isFirst = false
    answer(...asked)
  }
}

const resets: Answer = (_request, response) => {
  response.destroy()
}

const refuses = (status: number, code: string, message: string) =>
  sends(JSON.stringify({ errors: [{ code, message }] }), status)

/** What a registry with one image answers, by path; `changes` take the place of some of it. */
async function startRegistry(changes: Readonly<Record<string, Answer>> = {}) {
  const asked: string[] = []
  const answers: Record<string, Answer> = {
    'manifests/1': sends(index),
    [`manifests/${digestOf(manifest)}`]: sends(manifest),
    [`blobs/${digestOf(config)}`]: sends(config),
    [`blobs/${digestOf(layer)}`]: (_request, response) => {
      response.writeHead(307, { location: `/layer?signed=1` }).end()
    },
    '/layer?signed=1': sends(layer),
    ...changes,
  }
  const server = createServer((request, response) => {
    const { url = '', headers } = request
    const path = url.replace(`/v2/${repository}/`, '')
    asked.push(`${path} ${headers.authorization ?? 'without a login'}`)
    const answer = answers[path]
    ;(answer ?? refuses(404, 'NOT_FOUND', path))(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    asked,
    endpoint,
    pull: (reference = '1', timeoutMs = 5000, signal = new AbortController().signal) =>
      pullImage(
        { repository, reference },
        { endpoint, authorization: new Secret(authorization), password: new Secret(password) },
        worldOf({ timeoutMs, signal }),
      ),
  }
}

describe('a pull', () => {
  test('gets every part once, and takes the login to the registry alone', async () => {
    const registry = await startRegistry()
    expect(await registry.pull()).toEqual({
      digests: [digestOf(index), `sha256:${'0'.repeat(64)}`, digestOf(manifest)],
      image: {
        digest: digestOf(index),
        platform: 'linux/amd64',
        bytes: index.length + manifest.length + config.length + layer.length,
        milliseconds: expect.any(Number) as number,
      },
    })
    expect(registry.asked.toSorted()).toEqual(
      [
        '/layer?signed=1 without a login',
        ...[
          `blobs/${digestOf(config)}`,
          `blobs/${digestOf(layer)}`,
          'manifests/1',
          `manifests/${digestOf(manifest)}`,
        ].map((path) => `${path} Basic ${authorization}`),
      ].toSorted(),
    )
  })

  test('of an image for one platform needs no index', async () => {
    const registry = await startRegistry({ 'manifests/1': sends(manifest) })
    expect(await registry.pull()).toMatchObject({
      digests: [digestOf(manifest)],
      image: { digest: digestOf(manifest), platform: undefined },
    })
  })

  test('takes the first image if none is for linux/amd64, and never an attestation', async () => {
    const platforms = [
      { ...descriptorOf(config), platform: { os: 'unknown', architecture: 'unknown' } },
      { ...descriptorOf(manifest), platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
    ]
    const registry = await startRegistry({ 'manifests/1': sends(JSON.stringify({ manifests: platforms })) })
    expect(await registry.pull()).toMatchObject({ image: { platform: 'linux/arm/v7' } })
  })

  test.each<[string, Record<string, Answer>, object]>([
    [
      'the registry’s JSON',
      { 'manifests/1': refuses(403, 'DENIED', 'The authentication to the upstream registry failed.') },
      { status: 403, code: 'DENIED', message: 'The authentication to the upstream registry failed.' },
    ],
    [
      'plain text',
      { 'manifests/1': sends('Not Authorized\n', 401) },
      { status: 401, code: '', message: 'Not Authorized' },
    ],
    [
      'the login, which is not repeated',
      { 'manifests/1': refuses(400, 'NO', `your header was Basic ${authorization}`) },
      { status: 400, code: 'NO', message: 'what it says repeats the login' },
    ],
    [
      'the password alone, which is not repeated either',
      { 'manifests/1': sends(`who is AWS:${password}?`, 401) },
      { status: 401, code: '', message: 'ECR’s registry answered 401' },
    ],
    [
      'a page, of which nothing is shown that came from elsewhere',
      { '/layer?signed=1': sends('the instance’s role is admin', 404) },
      { status: 404, code: '', message: 'ECR’s store of layers answered 404' },
    ],
    [
      'a layer’s store',
      { '/layer?signed=1': sends('<Error><Code>AccessDenied</Code><X>signed=1</X></Error>', 403) },
      { status: 403, code: 'AccessDenied', message: 'so says ECR’s store of layers' },
    ],
  ])('is refused in the words of %s', async (_who, changes, refusal) => {
    const registry = await startRegistry(changes)
    const pull = await registry.pull()
    expect({
      ...pull.refusal,
      message: pull.refusal?.message.replace(` (${registry.endpoint})`, ''),
    }).toEqual(refusal)
  })

  test.each<[string, Record<string, Answer>, string]>([
    ['a server error', { 'manifests/1': sends('<html>', 502) }, 'answered 502'],
    [
      'something that is no manifest',
      { 'manifests/1': sends('{"tags":[]}') },
      'neither an image nor an index',
    ],
    ['no JSON', { 'manifests/1': sends('<html>') }, 'neither an image nor an index'],
    [
      'an index in an index',
      {
        'manifests/1': sends(
          JSON.stringify({
            manifests: [{ ...descriptorOf(index), platform: { os: 'linux', architecture: 'amd64' } }],
          }),
        ),
        [`manifests/${digestOf(index)}`]: sends(index),
      },
      'is an index of indexes',
    ],
    [
      'another manifest than it listed',
      { [`manifests/${digestOf(manifest)}`]: sends(manifest.replace('"layers"', '"LAYERS"')) },
      'sent something else',
    ],
    ['another layer', { [`blobs/${digestOf(layer)}`]: sends('other') }, 'sent something else'],
    [
      'a layer from a place without encryption',
      {
        [`blobs/${digestOf(layer)}`]: redirects('http://layers.example/x'),
      },
      'sends layers from a place that is not asked: http://layers.example',
    ],
    [
      'a layer from the instance’s own metadata',
      { [`blobs/${digestOf(layer)}`]: redirects('http://169.254.169.254/latest/meta-data/iam') },
      'sends layers from a place that is not asked: http://169.254.169.254',
    ],
    [
      'a layer from another port of this machine',
      { [`blobs/${digestOf(layer)}`]: redirects('http://127.0.0.1:1/x') },
      'sends layers from a place that is not asked: http://127.0.0.1:1',
    ],
    [
      'a layer from an address with a password',
      { [`blobs/${digestOf(layer)}`]: redirects('https://me:hunter2@layers.example/x') },
      'sends layers from a place that is not asked: https://layers.example',
    ],
    [
      'a layer from no address',
      { [`blobs/${digestOf(layer)}`]: redirects('http://[') },
      'sends layers from a place that is not asked: it has no address',
    ],
    [
      'a redirect from the store, on and on',
      { '/layer?signed=1': redirects('/layer?signed=1') },
      'answered 307',
    ],
    [
      'more than a layer’s size',
      { [`blobs/${digestOf(layer)}`]: sends(`${layer} and more`) },
      `sent more than ${layer.length} bytes`,
    ],
    ['a manifest without an end', { 'manifests/1': endless }, `sent more than ${4 * 1024 * 1024} bytes`],
    [
      'a manifest without sizes',
      { 'manifests/1': sends(manifest.replaceAll('"size"', '"sighs"')) },
      'neither an image nor an index',
    ],
    [
      'a server error with words',
      { 'manifests/1': refuses(503, 'UNAVAILABLE', 'The upstream registry is not available') },
      'answered 503: The upstream registry is not available',
    ],
    [
      'half a layer',
      {
        [`blobs/${digestOf(layer)}`]: (_request, response) => {
          response.writeHead(200, { 'content-length': '9' }).write('the')
          response.destroy()
        },
      },
      'no answer from ECR’s registry',
    ],
  ])('fails if it gets %s', async (_what, changes, message) => {
    const registry = await startRegistry(changes)
    const error = await rejectionOf(registry.pull())
    expect(String(error)).toContain(message)
    const shown = inspect(error, { depth: 9 })
    for (const secret of [authorization, password, 'signed=1', 'hunter2', 'meta-data']) {
      expect(shown).not.toContain(secret)
    }
  })

  test.each<[string, Answer]>([
    ['is cut off', resets],
    [
      'ends half-way',
      (_request, response) => {
        response.writeHead(200, { 'content-length': layer.length }).write('the', () => response.destroy())
      },
    ],
    ['is throttled', refuses(429, 'TOOMANYREQUESTS', 'Rate exceeded')],
    ['is answered by a server error', sends('<html>', 502)],
  ])('is not lost if one request %s', async (_what, fault) => {
    const registry = await startRegistry({
      'manifests/1': first(fault, sends(index)),
      '/layer?signed=1': first(fault, sends(layer)),
    })
    const { image } = await registry.pull()
    // Of what was cut off nothing counts.
    expect(image?.bytes).toBe(index.length + manifest.length + config.length + layer.length)
    expect(registry.asked.filter((path) => path.startsWith('manifests/1'))).toHaveLength(2)
    expect(registry.asked.filter((path) => path.startsWith('/layer'))).toHaveLength(2)
  })

  test('does not ask again after a refusal', async () => {
    const registry = await startRegistry({ 'manifests/1': refuses(403, 'DENIED', 'no') })
    expect(await registry.pull()).toMatchObject({ refusal: { status: 403 } })
    expect(registry.asked).toHaveLength(1)
  })

  test('that is refused half-way tells what had come', async () => {
    const registry = await startRegistry({ [`blobs/${digestOf(config)}`]: refuses(403, 'DENIED', 'no') })
    expect((await registry.pull()).digests).toEqual([
      digestOf(index),
      `sha256:${'0'.repeat(64)}`,
      digestOf(manifest),
    ])
  })

  test('waits as long as something comes, and no longer', async () => {
    const registry = await startRegistry({
      'manifests/1': (_request, response) => {
        response.writeHead(200).write('{')
      },
    })
    expect(await rejectionOf(registry.pull('1', 100))).toMatchObject({
      code: 'ERR_UNREACHABLE',
      message: `no answer from ECR’s registry (${registry.endpoint}): timed out after 0.1 s`,
    })
  })

  test('ends when it is interrupted', async () => {
    const interruption = new AbortController()
    const registry = await startRegistry({
      'manifests/1': () => {
        interruption.abort()
      },
    })
    expect(await rejectionOf(registry.pull('1', 5000, interruption.signal))).toMatchObject({
      code: 'ERR_INTERRUPTED',
    })
  })
})
