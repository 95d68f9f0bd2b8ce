import { describe, expect, test } from 'vitest'
import { findAtDockerHub } from '../../src/registries/docker-hub-image.ts'
import { credentialOf, startDockerHub, worldAnswering, worldOf } from './docker-hub-sandbox.ts'

const debian = { repository: 'library/debian', reference: '12' }
const personal = { state: 'limited', limit: 200, remaining: 200, windowSeconds: 21_600 }
const anonymous = { ...personal, limit: 100, remaining: 100 }
const urls = { auth: 'https://auth.example', registry: 'https://registry.example' }

describe('an image at Docker Hub', () => {
  test.each([
    ['is there', debian, { state: 'there', limit: personal }],
    ['has no such tag', { ...debian, reference: '99' }, { state: 'no-such-tag' }],
    ['has no such digest', { ...debian, reference: `sha256:${'0'.repeat(64)}` }, { state: 'no-such-tag' }],
    ['is not there', { ...debian, repository: 'acme/widgets' }, { state: 'hidden' }],
    ['may not be seen', { repository: 'sandbox/private', reference: 'latest' }, { state: 'hidden' }],
  ])('%s', async (_name, image, expected) => {
    const hub = await startDockerHub()
    expect(await findAtDockerHub(image, credentialOf(), hub.urls, worldOf())).toMatchObject({
      ...expected,
      loggedIn: true,
    })
    expect(hub.requests().map((request) => request.split(' ').slice(0, 2).join(' '))).toEqual([
      'docker-auth GET',
      'docker-registry HEAD',
    ])
  })

  test('is there for everybody', async () => {
    const hub = await startDockerHub()
    expect(await findAtDockerHub(debian, undefined, hub.urls, worldOf())).toEqual({
      state: 'there',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      limit: anonymous,
      loggedIn: false,
    })
  })

  test('is asked for anonymously if the credential is refused', async () => {
    const hub = await startDockerHub()
    const wrong = credentialOf('sandbox', 'dckr_pat_wrong')
    expect(await findAtDockerHub(debian, wrong, hub.urls, worldOf())).toEqual({
      state: 'there',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      limit: anonymous,
      loggedIn: false,
    })
  })

  test.each([
    [429, { state: 'not-told' }],
    [403, { state: 'hidden' }],
  ])('the registry answers %i', async (status, expected) => {
    const world = worldAnswering((url) =>
      url.pathname === '/token' ? Response.json({ token: 'jwt' }) : new Response(null, { status }),
    )
    expect(await findAtDockerHub(debian, credentialOf(), urls, world)).toMatchObject(expected)
  })

  test.each([
    [500, 'ERR_UNEXPECTED_ANSWER', 'see https://www.dockerstatus.com, and run it again'],
    [307, 'ERR_UNEXPECTED_ANSWER', 'check DOCKER_REGISTRY_URL and any proxy'],
  ])('is not known if the registry answers %i', async (status, code, hint) => {
    const world = worldAnswering((url) =>
      url.pathname === '/token' ? Response.json({ token: 'jwt' }) : new Response(null, { status }),
    )
    await expect(findAtDockerHub(debian, credentialOf(), urls, world)).rejects.toMatchObject({ code, hint })
  })

  test.each([401, 403, 431])('is not known if nobody gets a token (%i)', async (status) => {
    const world = worldAnswering(() => Response.json({ details: 'no' }, { status }))
    await expect(findAtDockerHub(debian, undefined, urls, world)).rejects.toMatchObject({
      code: 'ERR_UNEXPECTED_ANSWER',
      hint: 'check DOCKER_AUTH_URL and any proxy',
    })
  })

  test('is not known if logins are limited', async () => {
    const world = worldAnswering(() => new Response(null, { status: 429 }))
    await expect(findAtDockerHub(debian, credentialOf(), urls, world)).rejects.toMatchObject({
      code: 'ERR_RATE_LIMITED',
    })
  })
})
