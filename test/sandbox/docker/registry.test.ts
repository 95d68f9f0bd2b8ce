import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  claimsOf,
  type Credentials,
  previewManifest,
  type Received,
  receive,
  type RunningDockerHub,
  seeded,
  startDockerHub,
} from './running-docker-hub.ts'

let running: RunningDockerHub

beforeEach(async () => {
  running = await startDockerHub()
})

afterEach(() => running.close())

function ask(method: string, path: string, authorization?: string): Promise<Received> {
  return receive(running.registryUrl + path, { method, ...(authorization && { headers: { authorization } }) })
}

const limitsOf = ({ headers }: Received) => [
  headers['ratelimit-limit'],
  headers['ratelimit-remaining'],
  headers['docker-ratelimit-source'],
]

const unauthorized = (name: string) => ({
  errors: [
    {
      code: 'UNAUTHORIZED',
      message: 'authentication required',
      detail: [{ Type: 'repository', Class: '', Name: name, Action: 'pull' }],
    },
  ],
})

describe('the challenge', () => {
  test('says where tokens are, for the registry as a whole', async () => {
    expect(await ask('GET', '/v2/')).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': `Bearer realm="${running.authUrl}/token",service="registry.docker.io"`,
        'docker-distribution-api-version': 'registry/2.0',
      },
      body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] },
    })
  })

  test('says which scope to ask for, for a manifest', async () => {
    const received = await ask('GET', previewManifest)
    expect(received).toMatchObject({ status: 401, body: unauthorized('ratelimitpreview/test') })
    expect(received.headers['www-authenticate']).toBe(
      `Bearer realm="${running.authUrl}/token",service="registry.docker.io",scope="repository:ratelimitpreview/test:pull"`,
    )
  })

  test('is answered by following it', async () => {
    expect((await ask('GET', '/v2/', await running.bearer())).status).toBe(200)
    expect((await ask('GET', previewManifest, await running.bearer(seeded))).status).toBe(200)
  })
})

describe('the manifest', () => {
  test('has the digest that it says', async () => {
    const bearer = await running.bearer()
    const response = await fetch(running.registryUrl + previewManifest, {
      headers: { authorization: bearer },
    })
    const text = await response.text()
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
    expect(response.headers.get('docker-content-digest')).toBe(digest)
    expect(JSON.parse(text)).toMatchObject({ mediaType: response.headers.get('content-type') })
  })

  test('is announced by HEAD with its length', async () => {
    const bearer = await running.bearer()
    const [head, get] = [
      await ask('HEAD', previewManifest, bearer),
      await ask('GET', previewManifest, bearer),
    ]
    expect(head.status).toBe(200)
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
  })

  test('names a configuration that is there, and is there by its digest too', async () => {
    const bearer = await running.bearer()
    const { headers, body } = await ask('GET', previewManifest, bearer)
    const byDigest = previewManifest.replace('latest', headers['docker-content-digest'] ?? '')
    expect((await ask('GET', byDigest, bearer)).body).toEqual(body)
    const { config } = body as { config: { digest: string; size: number } }
    const blob = await ask('GET', `/v2/ratelimitpreview/test/blobs/${config.digest}`, bearer)
    expect(blob).toMatchObject({ status: 200, headers: { 'content-length': String(config.size) } })
    expect(await ask('GET', '/v2/ratelimitpreview/test/tags/list', bearer)).toMatchObject({
      status: 200,
      body: { name: 'ratelimitpreview/test', tags: ['latest'] },
    })
  })

  test('of another tag is not there', async () => {
    const received = await ask('GET', '/v2/ratelimitpreview/test/manifests/other', await running.bearer())
    expect(received).toMatchObject({ status: 404, body: { errors: [{ code: 'MANIFEST_UNKNOWN' }] } })
  })

  test('of a user’s own repository that does not exist is unknown', async () => {
    running.account({ username: 'sandbox', token: seeded.password, scope: 'repo:read' })
    const received = await ask(
      'GET',
      '/v2/sandbox/image/manifests/latest',
      await pull('sandbox/image', seeded),
    )
    expect(received).toMatchObject({ status: 404, body: { errors: [{ code: 'MANIFEST_UNKNOWN' }] } })
  })
})

/** A token that was asked for to pull from a repository. */
async function pull(name: string, credentials?: Credentials, actions = 'pull'): Promise<string> {
  const { body } = await running.token({ credentials, scopes: [`repository:${name}:${actions}`] })
  return `Bearer ${(body as { token: string }).token}`
}

describe('an image', () => {
  const index = 'application/vnd.oci.image.index.v1+json'
  const manifest = 'application/vnd.oci.image.manifest.v1+json'
  const images = [
    ['library/debian', '12'],
    ['library/debian', 'bookworm-slim'],
    ['library/debian', 'latest'],
    ['library/node', '20'],
    ['library/node', 'latest'],
    ['bitnami/redis', '7.2'],
    ['bitnami/redis', 'latest'],
  ] as const

  test.each(images)('%s:%s is there for everybody, by tag and by digest', async (name, tag) => {
    const bearer = await pull(name)
    const path = `/v2/${name}/manifests/${tag}`
    const response = await fetch(running.registryUrl + path, { headers: { authorization: bearer } })
    const text = await response.text()
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
    const mediaType = name.startsWith('library/') ? index : manifest
    const headers = {
      'content-type': mediaType,
      'content-length': String(Buffer.byteLength(text)),
      'docker-content-digest': digest,
      etag: `"${digest}"`,
    }
    expect(Object.fromEntries(response.headers)).toMatchObject(headers)
    const descriptor = (type: string, platform?: object) => ({
      mediaType: type,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      size: expect.any(Number) as number,
      ...(platform && { platform }),
    })
    const layer = descriptor('application/vnd.oci.image.layer.v1.tar+gzip')
    expect(JSON.parse(text)).toEqual({
      schemaVersion: 2,
      mediaType,
      ...(mediaType === index
        ? {
            manifests: [
              descriptor(manifest, { os: 'linux', architecture: 'amd64' }),
              descriptor(manifest, { os: 'linux', architecture: 'arm64', variant: 'v8' }),
            ],
          }
        : { config: descriptor('application/vnd.oci.image.config.v1+json'), layers: [layer, layer] }),
    })
    for (const reference of [tag, digest]) {
      const head = await ask('HEAD', `/v2/${name}/manifests/${reference}`, bearer)
      expect(head).toMatchObject({ status: 200, headers, body: '' })
    }
    expect((await ask('GET', `/v2/${name}/manifests/${digest}`, bearer)).body).toEqual(JSON.parse(text))
  })

  test('is another one under each tag', async () => {
    const heads = images.map(async ([name, tag]) =>
      ask('HEAD', `/v2/${name}/manifests/${tag}`, await pull(name)),
    )
    const digests = (await Promise.all(heads)).map(({ headers }) => headers['docker-content-digest'])
    expect(new Set(digests).size).toBe(images.length)
  })

  test.each([
    ['GET', 'library/debian', '13'],
    ['GET', 'library/node', `sha256:${'0'.repeat(64)}`],
    ['HEAD', 'bitnami/redis', 'toString'],
  ])('of another tag or digest is 404, and no pull: %s %s %s', async (method, name, reference) => {
    const received = await ask(method, `/v2/${name}/manifests/${reference}`, await pull(name, seeded))
    expect(received.status).toBe(404)
    expect(received.body).toEqual(
      method === 'HEAD'
        ? ''
        : {
            errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail: { Tag: reference } }],
          },
    )
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 0 }] })
  })

  test('counts as a pull with GET and not with HEAD, and shows the same limit as any other', async () => {
    const bearer = await pull('library/debian', seeded)
    const [head, get] = [
      await ask('HEAD', '/v2/library/debian/manifests/12', bearer),
      await ask('GET', '/v2/library/debian/manifests/12', bearer),
    ]
    expect([limitsOf(head), limitsOf(get)]).toEqual([
      ['200;w=21600', '200;w=21600', 'sandbox'],
      ['200;w=21600', '199;w=21600', 'sandbox'],
    ])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 1 }], anonymousPulls: 0 })
  })

  test('is refused with 429 to an account that is out of pulls, which HEAD still finds', async () => {
    running.account({ username: 'sandbox', token: seeded.password, pullsLeft: 0 })
    const bearer = await pull('library/node', seeded)
    expect(await ask('GET', '/v2/library/node/manifests/20', bearer)).toMatchObject({
      status: 429,
      headers: { 'ratelimit-remaining': '0;w=21600' },
      body: { errors: [{ code: 'TOOMANYREQUESTS' }] },
    })
    const head = await ask('HEAD', '/v2/library/node/manifests/20', bearer)
    expect([head.status, limitsOf(head)]).toEqual([200, ['200;w=21600', '0;w=21600', 'sandbox']])
    expect((await ask('GET', '/v2/library/node/manifests/20', await pull('library/node'))).status).toBe(200)
  })

  test.each([
    'acme/secret',
    'library/nope',
    'debian',
    'ratelimitpreview/other',
    'sandbox/image',
    'sandbox/private',
  ])('of %s cannot be told from one that may not be seen', async (name) => {
    for (const credentials of [undefined, seeded]) {
      const received = await ask('GET', `/v2/${name}/manifests/latest`, await pull(name, credentials))
      expect(received).toMatchObject({ status: 401, body: unauthorized(name) })
      expect(received.headers['www-authenticate']).toBe(
        `Bearer realm="${running.authUrl}/token",service="registry.docker.io",scope="repository:${name}:pull",error="insufficient_scope"`,
      )
    }
  })

  test('needs a token for its own repository', async () => {
    const received = await ask('GET', '/v2/library/debian/manifests/12', await running.bearer(seeded))
    expect(received.status).toBe(401)
    expect(received.headers['www-authenticate']).toMatch(/,error="insufficient_scope"$/)
  })
})

describe('a private image', () => {
  const path = '/v2/sandbox/private/manifests/latest'

  test.each(['repo:read', 'repo:write', 'repo:admin'])(
    'is there for its owner with the scope %s',
    async (scope) => {
      running.account({ username: 'sandbox', token: seeded.password, scope })
      const bearer = await pull('sandbox/private', seeded)
      expect((await ask('HEAD', path, bearer)).status).toBe(200)
      expect((await ask('GET', path, bearer)).status).toBe(200)
      expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 1 }] })
    },
  )

  test('is not there for anybody else, whatever his scope', async () => {
    running.account({ username: 'sandbox2', token: 'dckr_pat_x', scope: 'repo:admin' })
    const bearer = await pull('sandbox/private', { username: 'sandbox2', password: 'dckr_pat_x' })
    expect(await ask('GET', path, bearer)).toMatchObject({
      status: 401,
      body: unauthorized('sandbox/private'),
    })
  })
})

test('a token that may not pull gets none, even for what is public, but logs in', async () => {
  running.account({ username: 'sandbox', token: seeded.password, scope: 'cloud-sandboxes' })
  expect(
    await running.token({ credentials: seeded, scopes: ['repository:library/debian:pull'] }),
  ).toMatchObject({ status: 401, body: { details: 'access token has insufficient scopes' } })
  expect((await running.token({ credentials: seeded, scopes: [] })).status).toBe(200)
})

describe('a token that is not good', () => {
  const invalid = async (authorization: string) => {
    const received = await ask('GET', previewManifest, authorization)
    expect(received.status).toBe(401)
    expect(received.headers['www-authenticate']).toMatch(/,error="invalid_token"$/)
  }

  test('is refused when it is no token of the token server', async () => {
    await invalid('Bearer nonsense')
    await invalid('Bearer a.b.c')
    await invalid(`Bearer ${seeded.password}`)
    await invalid('Basic eDp5')
  })

  test('is refused when its five minutes are over, by the sandbox’s clock', async () => {
    const bearer = await running.bearer()
    running.clock.advance(299_000)
    expect((await ask('HEAD', previewManifest, bearer)).status).toBe(200)
    running.clock.advance(2_000)
    await invalid(bearer)
  })

  test('is refused when its claims were changed', async () => {
    const bearer = await running.bearer()
    const [header, , signature] = bearer.slice('Bearer '.length).split('.')
    const claims = { ...claimsOf(bearer), exp: 4_000_000_000 }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    await invalid(`Bearer ${header ?? ''}.${payload}.${signature ?? ''}`)
  })

  test('is refused when another key signed it, or none', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = encode(claimsOf(await running.bearer()))
    const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${claims}`
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await invalid(
      `Bearer ${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`,
    )
    await invalid(`Bearer ${encode({ alg: 'none' })}.${claims}.`)
  })

  test('is refused when it is for the Hub API', async () => {
    const { body } = await receive(`${running.hubUrl}/v2/auth/token`, {
      method: 'POST',
      body: JSON.stringify({ identifier: seeded.username, secret: seeded.password }),
    })
    await invalid(`Bearer ${(body as { access_token: string }).access_token}`)
  })

  test('is refused after a reset', async () => {
    const bearer = await running.bearer()
    running.dockerHub.reset()
    await invalid(bearer)
  })
})

describe('the pull limit', () => {
  test('is shown by HEAD, which is free', async () => {
    const bearer = await running.bearer(seeded)
    for (let count = 0; count < 3; count += 1) {
      expect(limitsOf(await ask('HEAD', previewManifest, bearer))).toEqual([
        '200;w=21600',
        '200;w=21600',
        'sandbox',
      ])
    }
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 0 }] })
  })

  test('is used up by GET, for a user by name and for everybody else by address', async () => {
    const [user, nobody] = [await running.bearer(seeded), await running.bearer()]
    expect(limitsOf(await ask('GET', previewManifest, user))).toEqual([
      '200;w=21600',
      '199;w=21600',
      'sandbox',
    ])
    expect(limitsOf(await ask('GET', previewManifest, nobody))).toEqual([
      '100;w=21600',
      '99;w=21600',
      '127.0.0.1',
    ])
    expect(limitsOf(await ask('GET', previewManifest, nobody))).toEqual([
      '100;w=21600',
      '98;w=21600',
      '127.0.0.1',
    ])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 1 }], anonymousPulls: 2 })
  })

  test('is not there for those who pay', async () => {
    running.account({ username: 'paid', token: 'dckr_pat_x', plan: 'team', pullsLeft: 0 })
    const bearer = await running.bearer({ username: 'paid', password: 'dckr_pat_x' })
    const received = await ask('GET', previewManifest, bearer)
    expect(received.status).toBe(200)
    expect(limitsOf(received)).toEqual([undefined, undefined, undefined])
  })

  test('refuses GET with 429 when nothing is left, until the window is over', async () => {
    running.account({ username: 'sandbox', token: seeded.password, pullsLeft: 1 })
    const bearer = await running.bearer(seeded)
    expect((await ask('GET', previewManifest, bearer)).status).toBe(200)
    expect(await ask('GET', previewManifest, bearer)).toMatchObject({
      status: 429,
      headers: { 'ratelimit-limit': '200;w=21600', 'ratelimit-remaining': '0;w=21600' },
      body: {
        errors: [
          {
            code: 'TOOMANYREQUESTS',
            message:
              'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
          },
        ],
      },
    })
    const head = await ask('HEAD', previewManifest, bearer)
    expect([head.status, head.headers['ratelimit-remaining']]).toEqual([200, '0;w=21600'])
    expect(running.dockerHub.state()).toMatchObject({ accounts: [{ pulls: 1 }] })

    running.clock.advance(21_600_000)
    expect(limitsOf(await ask('GET', previewManifest, await running.bearer(seeded)))).toEqual([
      '200;w=21600',
      '199;w=21600',
      'sandbox',
    ])
  })

  test('of everybody else is told in other words', async () => {
    const bearer = await running.bearer()
    for (let count = 0; count < 100; count += 1) await ask('GET', previewManifest, bearer)
    expect(await ask('GET', previewManifest, bearer)).toMatchObject({
      status: 429,
      body: {
        errors: [
          {
            code: 'TOOMANYREQUESTS',
            message:
              'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
          },
        ],
      },
    })
  })
})

describe('what is not built', () => {
  test.each([
    ['PUT', '/v2/sandbox/private/manifests/latest'],
    ['DELETE', '/v2/sandbox/private/manifests/latest'],
    ['POST', '/v2/sandbox/private/blobs/uploads/'],
    ['PATCH', '/v2/sandbox/private/blobs/uploads/1'],
    ['GET', '/v2/sandbox/private/blobs/uploads/1'],
    ['GET', '/v1/search'],
  ])('answers 501 to those who may: %s %s', async (method, path) => {
    running.account({ username: 'sandbox', token: seeded.password, scope: 'repo:admin' })
    const bearer = await pull('sandbox/private', seeded, 'pull,push,delete')
    expect(await ask(method, path, bearer)).toMatchObject({
      status: 501,
      body: { errors: [{ code: 'UNSUPPORTED', message: `the sandbox does not answer ${method} ${path}` }] },
    })
  })
})

describe('faults', () => {
  test.each([
    [{ kind: 'throttle' }, 429, 'Too Many Requests\n'],
    [
      { kind: 'deny' },
      403,
      { errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }] },
    ],
    [{ kind: 'error' }, 500, { errors: [{ code: 'UNKNOWN', message: 'internal server error' }] }],
    [
      { kind: 'error', status: 503 },
      503,
      { errors: [{ code: 'UNAVAILABLE', message: 'service unavailable' }] },
    ],
  ])('%j', async (fault, status, body) => {
    const bearer = await running.bearer()
    running.fault('docker-registry', fault)
    const received = await ask('GET', previewManifest, bearer)
    expect([received.status, received.body]).toEqual([status, body])
    expect(running.dockerHub.state()).toMatchObject({ anonymousPulls: 0 })
  })

  test('a pull limit that is reached', async () => {
    running.fault('docker-registry', { kind: 'pull-limit' })
    expect(await ask('GET', previewManifest, await running.bearer())).toMatchObject({
      status: 429,
      body: { errors: [{ code: 'TOOMANYREQUESTS' }] },
    })
  })
})

test('the log names operations by their templates', async () => {
  await ask('GET', '/v2/')
  await ask('HEAD', previewManifest)
  await ask('GET', '/v2/a/b/c/manifests/sha256:00')
  expect(running.log.entries().map(({ service, operation }) => [service, operation])).toEqual([
    ['docker-registry', 'GET /v2/'],
    ['docker-registry', 'HEAD /v2/{name}/manifests/{reference}'],
    ['docker-registry', 'GET /v2/{name}/manifests/{reference}'],
  ])
})
