import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bearerFor, manifestIn, send } from './pulling.ts'
import { type Credentials, type RunningDockerHub, seeded, startDockerHub } from './running-docker-hub.ts'

let running: RunningDockerHub

beforeEach(async () => {
  running = await startDockerHub()
})

afterEach(() => running.close())

const debian = 'library/debian'

/** Somebody who pulls from one repository; `get` says the status and how many pulls are left after it. */
async function puller(credentials: Credentials | undefined, name = debian) {
  const authorization = await bearerFor(running, name, { credentials })
  const ask = (method: string, reference: string) =>
    send(`${running.registryUrl}/v2/${name}/manifests/${reference}`, { method, headers: { authorization } })
  const told = async (method: string, reference: string) => {
    const { status, headers } = await ask(method, reference)
    return [status, headers['ratelimit-remaining']?.replace(/;w=21600$/, '')]
  }
  return {
    get: (reference: string) => told('GET', reference),
    head: (reference: string) => told('HEAD', reference),
    blob: (digest: string) =>
      send(`${running.registryUrl}/v2/${name}/blobs/${digest}`, { headers: { authorization } }),
  }
}

/** The digests of an index and of its manifests, learned at somebody else’s cost. */
async function digestsOf(tag = '12', name = debian): Promise<[string, string, string]> {
  running.account({ username: 'paid', token: 'dckr_pat_paid', plan: 'team' })
  const credentials = { username: 'paid', password: 'dckr_pat_paid' }
  const authorization = await bearerFor(running, name, { credentials })
  const answered = await send(`${running.registryUrl}/v2/${name}/manifests/${tag}`, {
    headers: { authorization },
  })
  const [amd64, arm64] = manifestIn(answered).manifests ?? []
  return [answered.headers['docker-content-digest'] ?? '', amd64?.digest ?? '', arm64?.digest ?? '']
}

const pulls = () => ({
  user: running.dockerHub.state().accounts.find(({ username }) => username === 'sandbox')?.pulls,
  anonymous: running.dockerHub.state().anonymousPulls,
})

describe('a pull', () => {
  test('of an image of several platforms is one, though it takes two manifests', async () => {
    const [index, amd64] = await digestsOf()
    const { head, get } = await puller(seeded)
    expect(await head('12')).toEqual([200, '200'])
    expect(await get(index)).toEqual([200, '199'])
    expect(await get(amd64)).toEqual([200, '199'])
    expect(pulls()).toEqual({ user: 1, anonymous: 0 })
  })

  test('of all its platforms is one for each', async () => {
    const [, amd64, arm64] = await digestsOf()
    const { get } = await puller(seeded)
    expect(await get('12')).toEqual([200, '199'])
    expect(await get(amd64)).toEqual([200, '199'])
    expect(await get(arm64)).toEqual([200, '198'])
    expect(pulls()).toEqual({ user: 2, anonymous: 0 })
  })

  test('of its index alone is one, and so is one of a manifest alone', async () => {
    const [, amd64] = await digestsOf()
    const { get } = await puller(seeded)
    expect(await get(amd64)).toEqual([200, '199'])
    expect(await get('12')).toEqual([200, '198'])
    expect(await get('12')).toEqual([200, '197'])
  })

  test('that runs beside another of the same image is told from it by count', async () => {
    const [, amd64] = await digestsOf()
    const { get } = await puller(seeded)
    await get('12')
    await get('12')
    for (const left of ['198', '198', '197']) expect(await get(amd64)).toEqual([200, left])
  })

  test('is not finished by somebody else, nor by a manifest of another image', async () => {
    const [, amd64] = await digestsOf()
    const [, other] = await digestsOf('latest')
    const [user, nobody] = [await puller(seeded), await puller(undefined)]
    await user.get('12')
    expect(await nobody.get(amd64)).toEqual([200, '99'])
    expect(await user.get(other)).toEqual([200, '198'])
    expect(await user.get(amd64)).toEqual([200, '198'])
    expect(pulls()).toEqual({ user: 2, anonymous: 1 })
  })

  test('of a manifest list counts the same', async () => {
    const name = 'library/busybox'
    const [, amd64] = await digestsOf('latest', name)
    const { get } = await puller(seeded, name)
    expect(await get('latest')).toEqual([200, '199'])
    expect(await get(amd64)).toEqual([200, '199'])
  })

  test('is one of nobody who is limited, for an account that pays', async () => {
    await digestsOf()
    expect(running.dockerHub.state().accounts).toMatchObject([{ pulls: 0 }, { username: 'paid', pulls: 1 }])
  })
})

describe('the last pull', () => {
  test('can be finished, and no other begun', async () => {
    const [, amd64, arm64] = await digestsOf()
    running.account({ username: 'sandbox', token: seeded.password, pullsLeft: 1 })
    const { get, head } = await puller(seeded)
    expect(await get('12')).toEqual([200, '0'])
    expect(await get(amd64)).toEqual([200, '0'])
    expect(await get(arm64)).toEqual([429, '0'])
    expect(await get('12')).toEqual([429, '0'])
    expect(await head('12')).toEqual([200, '0'])
    expect(pulls()).toEqual({ user: 1, anonymous: 0 })
  })

  test('leaves the blobs to be got', async () => {
    running.account({ username: 'sandbox', token: seeded.password, pullsLeft: 1 })
    const name = 'grafana/grafana'
    const authorization = await bearerFor(running, name, { credentials: seeded })
    const { config } = manifestIn(
      await send(`${running.registryUrl}/v2/${name}/manifests/latest`, { headers: { authorization } }),
    )
    const { blob } = await puller(seeded, name)
    expect((await blob(config?.digest ?? '')).status).toBe(307)
  })

  test('of everybody who does not log in is one of their address', async () => {
    const first = await puller(undefined)
    for (let count = 0; count < 100; count += 1) await first.get('latest')
    expect(await (await puller(undefined, 'library/node')).get('20')).toEqual([429, '0'])
    expect(await (await puller(seeded)).get('12')).toEqual([200, '199'])
    expect(pulls()).toEqual({ user: 1, anonymous: 100 })
  })

  test('is forgotten by a reset, as are those begun', async () => {
    const [, amd64] = await digestsOf()
    await (await puller(seeded)).get('12')
    running.dockerHub.reset()
    expect(await (await puller(seeded)).get(amd64)).toEqual([200, '199'])
  })
})
