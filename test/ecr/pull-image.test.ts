import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pullImage } from '../../src/ecr/pull-image.ts'
import { Secret } from '../../src/secret.ts'
import { rejectionOf, worldOf } from '../registries/docker-hub-sandbox.ts'

const password = 'QVdTOnBhc3N3b3JkLW9mLUVDUg=='
const repository = 'docker-hub/library/busybox'

const digestOf = (body: string) => `sha256:${createHash('sha256').update(body).digest('hex')}`
const layer = 'the files'
const config = '{"architecture":"amd64"}'
const manifest = JSON.stringify({
  config: { digest: digestOf(config) },
  layers: [{ digest: digestOf(layer) }, { digest: digestOf(layer) }],
})
const index = JSON.stringify({
  manifests: [
    { digest: `sha256:${'0'.repeat(64)}`, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    { digest: digestOf(manifest), platform: { os: 'linux', architecture: 'amd64' } },
  ],
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const sends =
  (body: string, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status).end(body)
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
    ...changes,
  }
  const server = createServer((request, response) => {
    const { url = '', headers } = request
    const path = url.replace(`/v2/${repository}/`, '')
    asked.push(`${path} ${headers.authorization ?? 'without a login'}`)
    const answer = path === '/layer?signed=1' ? sends(layer) : answers[path]
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
        { endpoint, authorization: new Secret(password) },
        worldOf({ timeoutMs, signal }),
      ),
  }
}

describe('a pull', () => {
  test('gets every part once, and takes the login to the registry alone', async () => {
    const registry = await startRegistry()
    expect(await registry.pull()).toEqual({
      image: {
        digest: digestOf(index),
        digests: [digestOf(index), `sha256:${'0'.repeat(64)}`, digestOf(manifest)],
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
        ].map((path) => `${path} Basic ${password}`),
      ].toSorted(),
    )
  })

  test('of an image for one platform needs no index', async () => {
    const registry = await startRegistry({ 'manifests/1': sends(manifest) })
    expect(await registry.pull()).toMatchObject({
      image: { digest: digestOf(manifest), digests: [digestOf(manifest)], platform: undefined },
    })
  })

  test('takes the first image if none is for linux/amd64, and never an attestation', async () => {
    const platforms = [
      { digest: digestOf(config), platform: { os: 'unknown', architecture: 'unknown' } },
      { digest: digestOf(manifest), platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
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
      { 'manifests/1': refuses(400, 'NO', `your header was Basic ${password}`) },
      { status: 400, code: 'NO', message: 'ECR’s registry answered 400' },
    ],
    [
      'a layer’s store',
      { [`blobs/${digestOf(config)}`]: sends('<Error><Code>AccessDenied</Code></Error>', 403) },
      { status: 403, code: '', message: '<Error><Code>AccessDenied</Code></Error>' },
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
            manifests: [{ digest: digestOf(index), platform: { os: 'linux', architecture: 'amd64' } }],
          }),
        ),
        [`manifests/${digestOf(index)}`]: sends(index),
      },
      'is an index of indexes',
    ],
    [
      'another manifest than it listed',
      { [`manifests/${digestOf(manifest)}`]: sends(`${manifest} `) },
      'sent something else',
    ],
    ['another layer', { [`blobs/${digestOf(layer)}`]: sends('other files') }, 'sent something else'],
    [
      'a layer from a place without encryption',
      {
        [`blobs/${digestOf(layer)}`]: (_request, response) => {
          response.writeHead(307, { location: 'http://layers.example/x' }).end()
        },
      },
      'would send credentials over plain http',
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
    expect(JSON.stringify(error)).not.toContain(password)
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
