import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answered, bearerFor, digestOf, getBlob, manifestIn, send } from './pulling.ts'
import { type RunningDockerHub, seeded, startDockerHub } from './running-docker-hub.ts'

let running: RunningDockerHub

beforeEach(async () => {
  running = await startDockerHub()
  // Without a limit, so that GET and HEAD have the same headers.
  running.account({ username: 'sandbox', token: seeded.password, scope: 'repo:admin', plan: 'pro' })
})

afterEach(() => running.close())

const oci = (part: string) => `application/vnd.oci.image.${part}.v1+json`
const docker = (part: string) => `application/vnd.docker.distribution.${part}.v2+json`

const unknownDigest = `sha256:${'0'.repeat(64)}`
const privateImage = '/v2/sandbox/private/manifests/latest'

/** Ask as the seeded user, with a token for the repository in the path. */
async function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Answered> {
  const [, name = 'sandbox/private'] =
    /^\/v2\/([a-z/]+)\/(?:manifests|blobs|tags)\//.exec(decodeURIComponent(path)) ?? []
  const actions = name.startsWith('sandbox/') ? 'pull,push,delete' : 'pull'
  const authorization = await bearerFor(running, name, { credentials: seeded, actions })
  return send(running.registryUrl + path, { method, headers: { authorization, ...headers } })
}

const json = ({ body }: Answered) => JSON.parse(body.toString('utf8')) as unknown

/** The blobs of `library/debian:12` for amd64. */
async function blobsOfDebian() {
  const index = manifestIn(await ask('GET', '/v2/library/debian/manifests/12'))
  const child = index.manifests?.[0]?.digest ?? ''
  const { config, layers = [] } = manifestIn(await ask('GET', `/v2/library/debian/manifests/${child}`))
  const path = (digest = '') => `/v2/library/debian/blobs/${digest}`
  return { child, config: path(config?.digest), layer: path(layers[0]?.digest), size: layers[0]?.size ?? 0 }
}

describe('every image', () => {
  test.each([
    ['library/alpine', ['3.20', '3.21', 'latest'], oci('index')],
    ['library/busybox', ['1.37', 'latest'], docker('manifest.list')],
    ['library/debian', ['12', 'bookworm-slim', 'latest'], oci('index')],
    ['library/nginx', ['1', '1.27', 'latest'], oci('index')],
    ['library/node', ['20', 'latest'], oci('index')],
    ['library/postgres', ['16'], oci('index')],
    ['library/redis', ['7'], oci('index')],
    ['bitnami/redis', ['7.2', 'latest'], oci('manifest')],
    ['grafana/grafana', ['11.0.0', 'latest'], oci('manifest')],
    ['ratelimitpreview/test', ['latest'], docker('manifest')],
    ['sandbox/private', ['latest'], oci('manifest')],
  ])('of %s is there whole, to the last blob, under %j', async (name, tags, mediaType) => {
    const authorization = await bearerFor(running, name, { credentials: seeded })
    const get = (reference: string) =>
      send(`${running.registryUrl}/v2/${name}/manifests/${reference}`, { headers: { authorization } })

    expect(json(await ask('GET', `/v2/${name}/tags/list`))).toEqual({ name, tags })
    for (const tag of tags) {
      const top = await get(tag)
      expect([top.headers['content-type'], top.headers['docker-content-digest']]).toEqual([
        mediaType,
        digestOf(top.body),
      ])
      const children = manifestIn(top).manifests
      const manifests = children ? await Promise.all(children.map(({ digest }) => get(digest))) : [top]
      expect(manifests.map(({ body }) => digestOf(body))).toEqual(
        children?.map(({ digest }) => digest) ?? [digestOf(top.body)],
      )
      for (const manifest of manifests) {
        const { config, layers = [] } = manifestIn(manifest)
        for (const { digest, size } of [config, ...layers].filter((blob) => blob !== undefined)) {
          const { body } = await getBlob(running, `/v2/${name}/blobs/${digest}`, authorization)
          expect([digestOf(body), body.length]).toEqual([digest, size])
        }
      }
    }
  })
})

describe('a request of the specification', () => {
  test.each<[string, string, number, string | undefined]>([
    ['GET', '/v2/', 200, undefined],
    ['HEAD', '/v2/', 200, undefined],
    ['POST', '/v2/', 405, 'UNSUPPORTED'],
    ['GET', '/v2/_catalog', 401, 'UNAUTHORIZED'],
    ['GET', '/v2/library/debian/manifests/12', 200, undefined],
    ['GET', '/v2/library/debian/manifests/13', 404, 'MANIFEST_UNKNOWN'],
    ['GET', '/v2/library/debian/manifests/.12', 404, 'MANIFEST_UNKNOWN'],
    ['GET', `/v2/library/debian/manifests/${unknownDigest}`, 404, 'MANIFEST_UNKNOWN'],
    ['GET', `/v2/library/debian/manifests/sha512:${'0'.repeat(128)}`, 404, 'MANIFEST_UNKNOWN'],
    ['GET', '/v2/library/debian/manifests/sha256:00', 400, 'DIGEST_INVALID'],
    ['GET', `/v2/library/debian/manifests/sha256:${'A'.repeat(64)}`, 400, 'DIGEST_INVALID'],
    ['GET', `/v2/library/debian/manifests/md5:${'0'.repeat(32)}`, 400, 'DIGEST_INVALID'],
    ['GET', '/v2/sandbox/nothing/manifests/latest', 404, 'MANIFEST_UNKNOWN'],
    ['GET', '/v2/Library/Debian/manifests/12', 400, 'NAME_INVALID'],
    ['GET', '/v2/library/-debian/manifests/12', 400, 'NAME_INVALID'],
    ['GET', `/v2/library/${'a'.repeat(248)}/manifests/12`, 400, 'NAME_INVALID'],
    ['GET', '/v2/acme/hidden/manifests/12', 401, 'UNAUTHORIZED'],
    ['PUT', '/v2/library/debian/manifests/12', 401, 'UNAUTHORIZED'],
    ['DELETE', '/v2/library/debian/manifests/12', 401, 'UNAUTHORIZED'],
    ['PUT', privateImage, 501, 'UNSUPPORTED'],
    ['POST', privateImage, 405, 'UNSUPPORTED'],
    ['GET', `/v2/library/debian/blobs/${unknownDigest}`, 404, 'BLOB_UNKNOWN'],
    ['GET', '/v2/library/debian/blobs/sha256:00', 400, 'DIGEST_INVALID'],
    ['GET', '/v2/library/debian/blobs/latest', 400, 'DIGEST_INVALID'],
    ['DELETE', `/v2/library/debian/blobs/${unknownDigest}`, 401, 'UNAUTHORIZED'],
    ['POST', '/v2/library/debian/blobs/uploads/', 401, 'UNAUTHORIZED'],
    ['GET', '/v2/library/debian/tags/list', 200, undefined],
    ['GET', '/v2/sandbox/nothing/tags/list', 404, 'NAME_UNKNOWN'],
    ['DELETE', '/v2/sandbox/private/tags/list', 405, 'UNSUPPORTED'],
    ['GET', '/v2/library/debian/tags/list?n=two', 400, 'PAGINATION_NUMBER_INVALID'],
    ['GET', '/v2/library/debian/tags/list?n=-1', 400, 'PAGINATION_NUMBER_INVALID'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const answered = await ask(method, path)
    expect(answered).toMatchObject({ status, headers: { 'docker-distribution-api-version': 'registry/2.0' } })
    if (code !== undefined) {
      expect(answered.headers['content-type']).toBe('application/json')
      expect(json(answered)).toMatchObject({ errors: [{ code, message: expect.any(String) as string }] })
    }
  })

  test('that nothing answers names the methods that are', async () => {
    expect((await ask('POST', privateImage)).headers['allow']).toBe('GET, HEAD, PUT, DELETE')
  })

  test.each([
    ['PUT', 'manifests/12', 'pull,push'],
    ['POST', 'blobs/uploads/', 'pull,push'],
    ['DELETE', 'manifests/12', 'delete'],
  ])('that writes says what it takes: %s %s', async (method, path, actions) => {
    const answered = await ask(method, `/v2/library/debian/${path}`)
    expect(answered.headers['www-authenticate']).toBe(
      `Bearer realm="${running.authUrl}/token",service="registry.docker.io",scope="repository:library/debian:${actions}",error="insufficient_scope"`,
    )
    expect(json(answered)).toEqual({
      errors: [
        {
          code: 'UNAUTHORIZED',
          message: 'authentication required',
          detail: actions
            .split(',')
            .map((Action) => ({ Type: 'repository', Class: '', Name: 'library/debian', Action })),
        },
      ],
    })
  })

  test('for the catalogue has a scope of its own, and is refused whoever asks', async () => {
    for (const authorization of [undefined, await running.bearer(seeded)]) {
      const answered = await send(`${running.registryUrl}/v2/_catalog`, {
        ...(authorization !== undefined && { headers: { authorization } }),
      })
      expect(answered.headers['www-authenticate']).toBe(
        `Bearer realm="${running.authUrl}/token",service="registry.docker.io",scope="registry:catalog:*"${authorization === undefined ? '' : ',error="insufficient_scope"'}`,
      )
    }
  })

  test('may escape the colon of a digest', async () => {
    const { layer } = await blobsOfDebian()
    expect((await ask('HEAD', layer.replace('sha256:', 'sha256%3A'))).status).toBe(307)
  })

  test('has the same status and headers with HEAD as with GET, and no body', async () => {
    const { child, config, layer } = await blobsOfDebian()
    const [toConfig, toLayer] = await Promise.all(
      [config, layer].map(async (path) => (await ask('GET', path)).headers['location'] ?? ''),
    )
    const paths = [
      '/v2/',
      '/v2/library/debian/manifests/12',
      `/v2/library/debian/manifests/${child}`,
      '/v2/library/debian/manifests/13',
      '/v2/library/debian/manifests/sha256:00',
      privateImage,
      layer,
      `/v2/library/debian/blobs/${unknownDigest}`,
      '/v2/library/debian/tags/list?n=1',
      '/v2/acme/hidden/manifests/12',
      '/v2/Nowhere/manifests/12',
    ]
    for (const path of paths) {
      const [get, head] = [await ask('GET', path), await ask('HEAD', path)]
      expect([path, head]).toEqual([path, { ...get, body: Buffer.alloc(0) }])
    }
    for (const [address = '', headers] of [
      [toConfig, {}],
      [toLayer, { range: 'bytes=0-9' }],
      [toLayer, { range: 'bytes=9999-' }],
    ] as const) {
      const [get, head] = [await send(address, { headers }), await send(address, { method: 'HEAD', headers })]
      expect(head).toEqual({ ...get, body: Buffer.alloc(0) })
    }
  })
})

describe('a manifest', () => {
  const debian = '/v2/library/debian/manifests/12'
  const busybox = '/v2/library/busybox/manifests/latest'
  const bitnami = '/v2/bitnami/redis/manifests/latest'
  const preview = '/v2/ratelimitpreview/test/manifests/latest'
  const indexRefused = 'OCI index found, but accept header does not support OCI indexes'
  const manifestRefused = 'OCI manifest found, but accept header does not support OCI manifests'

  test.each<[string, string, string]>([
    [debian, '*/*', oci('index')],
    [debian, 'application/*', oci('index')],
    [debian, oci('index'), oci('index')],
    [debian, `text/plain, ${oci('index').toUpperCase()};q=0.5`, oci('index')],
    [bitnami, `${oci('index')},${oci('manifest')}`, oci('manifest')],
    [busybox, docker('manifest.list'), docker('manifest.list')],
    [busybox, docker('manifest'), docker('manifest')],
    [preview, oci('manifest'), docker('manifest')],
  ])('%s for those who accept %s is %s', async (path, accept, mediaType) => {
    const answered = await ask('GET', path, { accept })
    expect(answered).toMatchObject({ status: 200, headers: { 'content-type': mediaType } })
    expect(json(answered)).toMatchObject({ mediaType })
    expect(answered.headers['docker-content-digest']).toBe(digestOf(answered.body))
  })

  test.each([
    [debian, docker('manifest.list'), indexRefused],
    [debian, oci('manifest'), indexRefused],
    [bitnami, oci('index'), manifestRefused],
    [bitnami, 'application/json', manifestRefused],
  ])('%s is not there for those who accept %s', async (path, accept, message) => {
    const answered = await ask('GET', path, { accept })
    expect([answered.status, json(answered)]).toMatchObject([
      404,
      { errors: [{ code: 'MANIFEST_UNKNOWN', message }] },
    ])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 0 }] })
  })

  test('list is the manifest for linux on amd64 to those who know no lists, unless asked for by digest', async () => {
    const list = await ask('GET', busybox)
    const child = manifestIn(list).manifests?.find(({ platform }) => platform.architecture === 'amd64')
    const accept = docker('manifest')
    expect((await ask('GET', busybox, { accept })).headers['docker-content-digest']).toBe(child?.digest)
    const byDigest = busybox.replace('latest', list.headers['docker-content-digest'] ?? '')
    expect((await ask('GET', byDigest, { accept })).headers['content-type']).toBe(docker('manifest.list'))
  })

  test('that the client has already is 304, which is a pull all the same', async () => {
    const { headers } = await ask('HEAD', debian)
    const digest = headers['docker-content-digest'] ?? ''
    for (const tag of [`"${digest}"`, digest, `W/"${digest}"`, `"x", "${digest}"`, '*']) {
      const answered = await ask('GET', debian, { 'if-none-match': tag })
      expect(answered).toMatchObject({ status: 304, headers: { etag: `"${digest}"` } })
      expect(answered.body.length).toBe(0)
    }
    expect((await ask('GET', debian, { 'if-none-match': `"${unknownDigest}"` })).status).toBe(200)
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 6 }] })
  })
})

describe('a blob', () => {
  test('is elsewhere, at an address without a token and of another host', async () => {
    const { layer } = await blobsOfDebian()
    const { status, headers, body } = await ask('GET', layer)
    const hex = layer.slice(-64)
    expect([status, headers['content-type'], body.length]).toEqual([307, 'application/octet-stream', 0])
    const location = new URL(headers['location'] ?? '')
    expect([location.hostname, location.port, location.pathname]).toEqual([
      'localhost',
      new URL(running.registryUrl).port,
      `/registry-v2/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`,
    ])
    const delivered = await send(location.href)
    expect(delivered).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'accept-ranges': 'bytes',
        etag: `"sha256:${hex}"`,
      },
    })
    expect(delivered.headers['docker-distribution-api-version']).toBeUndefined()
    expect(digestOf(delivered.body)).toBe(`sha256:${hex}`)
  })

  test('is not there for whoever brings a token to the address, changes it, comes late or writes', async () => {
    const { layer, config } = await blobsOfDebian()
    const address = (await ask('GET', layer)).headers['location'] ?? ''
    const other = (await ask('GET', config)).headers['location'] ?? ''
    const stranger = new URL(address)
    stranger.search = new URL(other).search
    const longer = address.replace(/verify=\d/, (start) => `${start}9`)
    const bare = address.split('?')[0] ?? ''

    expect((await send(address, { headers: { authorization: 'Bearer x' } })).status).toBe(400)
    for (const url of [stranger.href, longer, bare]) expect((await send(url)).status).toBe(403)
    expect((await send(address, { method: 'PUT' })).status).toBe(405)
    running.clock.advance(3_599_000)
    expect((await send(address)).status).toBe(200)
    running.clock.advance(2_000)
    expect((await send(address)).status).toBe(403)
  })

  test('of another repository is not there', async () => {
    const { config } = await blobsOfDebian()
    expect((await ask('GET', config.replace('debian', 'node'))).status).toBe(404)
  })

  test.each<[string, number, string | undefined, [number, number] | undefined]>([
    ['bytes=0-0', 206, 'bytes 0-0/SIZE', [0, 1]],
    ['bytes=0-99', 206, 'bytes 0-99/SIZE', [0, 100]],
    ['bytes=100-', 206, 'bytes 100-LAST/SIZE', [100, Infinity]],
    ['bytes=-10', 206, 'bytes FROM-LAST/SIZE', [-10, Infinity]],
    ['bytes=-99999', 206, 'bytes 0-LAST/SIZE', [0, Infinity]],
    ['bytes=5-99999', 206, 'bytes 5-LAST/SIZE', [5, Infinity]],
    ['bytes=SIZE-', 416, 'bytes */SIZE', undefined],
    ['bytes=5-4', 416, 'bytes */SIZE', undefined],
    ['bytes=-0', 416, 'bytes */SIZE', undefined],
    ['bytes=-', 416, 'bytes */SIZE', undefined],
    ['bytes=a-b', 416, 'bytes */SIZE', undefined],
    ['bytes=0-1,4-5', 200, undefined, [0, Infinity]],
    ['lines=0-1', 200, undefined, [0, Infinity]],
  ])('of which %s is asked for answers %i', async (range, status, contentRange, slice) => {
    const { layer, size } = await blobsOfDebian()
    const filled = (text: string) =>
      text
        .replace('FROM', String(size - 10))
        .replace('LAST', String(size - 1))
        .replace('SIZE', String(size))
    const address = (await ask('GET', layer)).headers['location'] ?? ''
    const whole = (await send(address)).body
    const answered = await send(address, { headers: { range: filled(range) } })
    const part = slice ? whole.subarray(...slice) : Buffer.alloc(0)
    expect([answered.status, answered.headers['content-range'], answered.headers['content-length']]).toEqual([
      status,
      contentRange && filled(contentRange),
      String(part.length),
    ])
    expect(answered.body.equals(part)).toBe(true)
  })

  test('is 304 to those who have it, and whole if it is not the one a part is wanted of', async () => {
    const { layer } = await blobsOfDebian()
    const address = (await ask('GET', layer)).headers['location'] ?? ''
    const etag = `"${layer.slice(-71)}"`
    expect((await send(address, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const range = 'bytes=0-1'
    expect((await send(address, { headers: { range, 'if-range': etag } })).status).toBe(206)
    expect((await send(address, { headers: { range, 'if-range': '"other"' } })).status).toBe(200)
  })
})

describe('the list of tags', () => {
  const path = '/v2/library/debian/tags/list'
  const link = (last: string, n: number) => `<${path}?last=${last}&n=${n}>; rel="next"`

  test.each<[string, readonly string[], string | undefined]>([
    ['', ['12', 'bookworm-slim', 'latest'], undefined],
    ['?n=2', ['12', 'bookworm-slim'], link('bookworm-slim', 2)],
    ['?n=2&last=bookworm-slim', ['latest'], undefined],
    ['?n=1&last=12', ['bookworm-slim'], link('bookworm-slim', 1)],
    ['?n=3', ['12', 'bookworm-slim', 'latest'], undefined],
    ['?n=100', ['12', 'bookworm-slim', 'latest'], undefined],
    ['?n=0', [], undefined],
    ['?last=c', ['latest'], undefined],
    ['?last=latest', [], undefined],
  ])('%j', async (query, tags, next) => {
    const answered = await ask('GET', path + query)
    expect([json(answered), answered.headers['link']]).toEqual([{ name: 'library/debian', tags }, next])
  })
})

test('the log names what was asked for, whatever its name', async () => {
  const { layer } = await blobsOfDebian()
  running.log.clear()
  await getBlob(running, layer, await bearerFor(running, 'library/debian'))
  await ask('GET', '/v2/library/debian/tags/list')
  await ask('PUT', '/v2/library/debian/blobs/uploads/1')
  expect(
    running.log
      .entries()
      .filter(({ service }) => service === 'docker-registry')
      .map(({ operation, mutating, status }) => [operation, mutating, status]),
  ).toEqual([
    ['GET /v2/{name}/blobs/{digest}', false, 307],
    ['GET /registry-v2/{blob}', false, 200],
    ['GET /v2/{name}/tags/list', false, 200],
    ['PUT /v2/{name}/blobs/uploads/{id}', true, 401],
  ])
})
