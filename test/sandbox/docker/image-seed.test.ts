import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answered, bearerFor, digestOf, getBlob, manifestIn, send } from './pulling.ts'
import { type RunningDockerHub, seeded, startDockerHub } from './running-docker-hub.ts'

let running: RunningDockerHub

beforeEach(async () => {
  running = await startDockerHub()
  running.account({ username: 'sandbox', token: seeded.password, scope: 'repo:read', plan: 'pro' })
})

afterEach(() => running.close())

function push(body: unknown): void {
  running.dockerHub.seeds['/docker-hub/images']?.(body)
}

async function ask(path: string, name: string): Promise<Answered> {
  const authorization = await bearerFor(running, name, { credentials: seeded })
  return send(`${running.registryUrl}/v2/${name}/${path}`, { headers: { authorization } })
}

const tagsOf = async (name: string) => {
  const { status, body } = await ask('tags/list', name)
  return status === 200 ? (JSON.parse(body.toString('utf8')) as { tags: string[] }).tags : status
}

describe('an image that is pushed', () => {
  test('makes its repository, with all of its blobs', async () => {
    push({ repository: 'acme/app', tags: ['1.0', 'latest'] })
    expect(await tagsOf('acme/app')).toEqual(['1.0', 'latest'])
    const [first, latest] = [
      await ask('manifests/1.0', 'acme/app'),
      await ask('manifests/latest', 'acme/app'),
    ]
    expect(first.headers['content-type']).toBe('application/vnd.oci.image.manifest.v1+json')
    expect(latest.body.equals(first.body)).toBe(true)
    const { layers = [] } = manifestIn(first)
    for (const { digest } of layers) {
      const authorization = await bearerFor(running, 'acme/app')
      const { body } = await getBlob(running, `/v2/acme/app/blobs/${digest}`, authorization)
      expect(digestOf(body)).toBe(digest)
    }
  })

  test('moves its tags and no others; what they pointed at is still there by digest', async () => {
    const before = await ask('manifests/12', 'library/debian')
    const other = await ask('manifests/latest', 'library/debian')
    push({ repository: 'library/debian', tags: ['12', '12.9'] })

    const after = await ask('manifests/12', 'library/debian')
    expect(after.headers['content-type']).toBe('application/vnd.oci.image.index.v1+json')
    expect(after.body.equals(before.body)).toBe(false)
    expect((await ask('manifests/latest', 'library/debian')).body).toEqual(other.body)
    expect(await tagsOf('library/debian')).toEqual(['12', '12.9', 'bookworm-slim', 'latest'])
    const { 'docker-content-digest': digest = '' } = before.headers
    expect((await ask(`manifests/${digest}`, 'library/debian')).body).toEqual(before.body)
    const child = manifestIn(before).manifests?.[1]?.digest ?? ''
    expect((await ask(`manifests/${child}`, 'library/debian')).status).toBe(200)
  })

  test('is another one each time', async () => {
    const digests = new Set<string | undefined>()
    for (let count = 0; count < 3; count += 1) {
      push({ repository: 'acme/app', tags: ['latest'] })
      digests.add((await ask('manifests/latest', 'acme/app')).headers['docker-content-digest'])
    }
    expect(digests.size).toBe(3)
  })

  test.each([
    [['linux/arm64'], undefined],
    [
      ['linux/amd64', 'windows/amd64', 'linux/arm/v7'],
      [
        { os: 'linux', architecture: 'amd64' },
        { os: 'windows', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm', variant: 'v7' },
      ],
    ],
  ])('is for the platforms %j', async (platforms, inIndex) => {
    push({ repository: 'acme/app', tags: ['latest'], platforms })
    const { manifests } = manifestIn(await ask('manifests/latest', 'acme/app'))
    expect(manifests?.map(({ platform }) => platform)).toEqual(inIndex)
  })

  test('is seen by its owner alone if its repository is private, which stays until it is changed', async () => {
    push({ repository: 'acme/app', tags: ['1'], private: true })
    push({ repository: 'acme/app', tags: ['2'] })
    expect(await tagsOf('acme/app')).toBe(401)
    push({ repository: 'acme/app', tags: ['3'], private: false })
    expect(await tagsOf('acme/app')).toEqual(['1', '2', '3'])
    push({ repository: 'sandbox/own', tags: ['1'], private: true })
    expect(await tagsOf('sandbox/own')).toEqual(['1'])
  })

  test('is gone after a reset', async () => {
    const before = await ask('manifests/12', 'library/debian')
    push({ repository: 'library/debian', tags: ['12'] })
    push({ repository: 'acme/app', tags: ['1'] })
    running.dockerHub.reset()
    running.account({ username: 'sandbox', token: seeded.password, scope: 'repo:read', plan: 'pro' })
    expect(await tagsOf('acme/app')).toBe(401)
    expect((await ask('manifests/12', 'library/debian')).body).toEqual(before.body)
  })
})

describe('a body that is wrong', () => {
  const repository = '"repository" must be a name of two parts, like library/debian'
  const tags = '"tags" must be a list of tags'
  const platforms = '"platforms" must be a list of platforms, like linux/arm64/v8, each of them once'

  test.each<[unknown, string]>([
    [null, 'the body must be a JSON object'],
    [[], 'the body must be a JSON object'],
    [{ tags: ['1'] }, repository],
    [{ repository: 'debian', tags: ['1'] }, repository],
    [{ repository: 'a/b/c', tags: ['1'] }, repository],
    [{ repository: 'Library/debian', tags: ['1'] }, repository],
    [{ repository: 'a/b' }, tags],
    [{ repository: 'a/b', tags: [] }, tags],
    [{ repository: 'a/b', tags: '1' }, tags],
    [{ repository: 'a/b', tags: ['1', ''] }, tags],
    [{ repository: 'a/b', tags: [`sha256:${'0'.repeat(64)}`] }, tags],
    [{ repository: 'a/b', tags: ['1'], platforms: [] }, platforms],
    [{ repository: 'a/b', tags: ['1'], platforms: ['amd64'] }, platforms],
    [{ repository: 'a/b', tags: ['1'], platforms: [7] }, platforms],
    [{ repository: 'a/b', tags: ['1'], platforms: ['linux/amd64', 'linux/amd64'] }, platforms],
    [{ repository: 'a/b', tags: ['1'], private: 'yes' }, '"private" must be true or false'],
  ])('%j', (body, message) => {
    expect(() => {
      push(body)
    }).toThrow(new TypeError(message))
  })
})
