import type { Octokit } from '@octokit/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  refusalOf,
  repo,
  type RunningGitHub,
  seal,
  secretsPath,
  setSecret,
  startGitHub,
} from './running-github.ts'

const byName = '/repos/{owner}/{repo}/actions/secrets/{secret_name}' as const

let running: RunningGitHub
let octokit: Octokit

beforeEach(async () => {
  running = await startGitHub()
  octokit = running.octokit()
})

afterEach(() => running.close())

async function publicKey(): Promise<{ key_id: string; key: string }> {
  const { data } = await octokit.request('GET /repos/{owner}/{repo}/actions/secrets/public-key', repo)
  return { key_id: data.key_id, key: data.key }
}

function put(name: string, body: { encrypted_value: string; key_id: string }) {
  return octokit.request(`PUT ${byName}`, { ...repo, secret_name: name, ...body })
}

describe('the public key', () => {
  test('is 32 bytes with an id of 18 or 19 digits, the same each time', async () => {
    const first = await publicKey()
    expect(first.key_id).toMatch(/^\d{18,19}$/)
    expect(Buffer.from(first.key, 'base64')).toHaveLength(32)
    expect(await publicKey()).toEqual(first)
  })

  test('is another one in another repository', async () => {
    running.gitHub.seeds['/github/repositories']?.({ fullName: 'acme/gadgets' })
    const { key_id, key } = await publicKey()
    const other = await running.send('GET', '/repos/acme/gadgets/actions/secrets/public-key', {
      headers: { authorization: `Bearer ${addToken()}` },
    })
    const body = other.body as { key_id: string; key: string }
    expect(body.key_id).not.toBe(key_id)
    expect(body.key).not.toBe(key)
  })

  function addToken(): string {
    running.gitHub.seeds['/github/tokens']?.({ token: 'ghp_all', kind: 'classic', scopes: ['repo'] })
    return 'ghp_all'
  }
})

describe('writing', () => {
  test('creates with 201 and an empty object, and updates with 204 and nothing', async () => {
    const created = await setSecret(octokit, 'DOCKER_HUB_TOKEN', 'first')
    expect([created.status, created.data]).toEqual([201, {}])

    running.clock.set(new Date('2026-11-23T11:30:00.200Z'))
    const updated = await setSecret(octokit, 'DOCKER_HUB_TOKEN', 'second')
    expect([updated.status, updated.data]).toEqual([204, ''])

    expect(running.gitHub.state()).toEqual({
      'acme/widgets': {
        secrets: {
          DOCKER_HUB_TOKEN: {
            value: 'second',
            createdAt: '2026-11-23T10:00:00Z',
            updatedAt: '2026-11-23T11:30:00Z',
          },
        },
        variables: {},
      },
    })
  })

  test('moves updated_at even if the value is the same', async () => {
    await setSecret(octokit, 'TOKEN', 'same')
    running.clock.advance(2000)
    await setSecret(octokit, 'TOKEN', 'same')
    const { data } = await octokit.request(`GET ${byName}`, { ...repo, secret_name: 'TOKEN' })
    expect(data).toEqual({
      name: 'TOKEN',
      created_at: '2026-11-23T10:00:00Z',
      updated_at: '2026-11-23T10:00:02Z',
    })
  })

  test('keeps names in upper case and finds them in any', async () => {
    await setSecret(octokit, 'docker_Hub_token', 'x')
    const again = await setSecret(octokit, 'DOCKER_HUB_TOKEN', 'y')
    expect(again.status).toBe(204)
    const { data } = await octokit.request(`GET ${byName}`, { ...repo, secret_name: 'Docker_Hub_Token' })
    expect(data.name).toBe('DOCKER_HUB_TOKEN')
  })

  test.each([
    ['empty', ''],
    ['with quotes and a line feed', '"\\ $(x)\n'],
    ['unicode', 'schlüssel 🔑'],
    ['of exactly 48 KB', 'x'.repeat(48 * 1024)],
  ])('opens a value that is %s', async (_, value) => {
    await setSecret(octokit, 'VALUE', value)
    expect(running.gitHub.state()).toMatchObject({ 'acme/widgets': { secrets: { VALUE: { value } } } })
  })

  test.each([
    ['BAD-NAME', namesRule()],
    ['1ST', namesRule()],
    ['WITH SPACE', namesRule()],
    ['ÜBER', namesRule()],
    ['GITHUB_TOKEN', 'Secret names must not start with GITHUB_.'],
    ['github_token', 'Secret names must not start with GITHUB_.'],
  ])('refuses the name %s', async (name, message) => {
    expect(await refusalOf(setSecret(octokit, name, 'x'))).toEqual({ status: 422, message })
    expect(running.gitHub.state()).toEqual({ 'acme/widgets': { secrets: {}, variables: {} } })
  })

  function namesRule(): string {
    return 'Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).'
  }

  test('takes the name GITHUBBER', async () => {
    expect((await setSecret(octokit, 'GITHUBBER', 'x')).status).toBe(201)
  })

  test('refuses a value of more than 48 KB', async () => {
    const refusal = await refusalOf(setSecret(octokit, 'VALUE', 'x'.repeat(48 * 1024 + 1)))
    expect(refusal).toEqual({ status: 422, message: 'Value is too large.' })
  })

  test('refuses the 101st secret, and still takes updates', async () => {
    const { key_id, key } = await publicKey()
    const encrypted_value = seal('x', key)
    for (let index = 0; index < 100; index += 1) await put(`NAME_${index}`, { key_id, encrypted_value })
    expect((await refusalOf(put('ONE_MORE', { key_id, encrypted_value }))).status).toBe(422)
    expect((await put('NAME_99', { key_id, encrypted_value })).status).toBe(204)
  })
})

describe('a box that cannot be opened', () => {
  const message = 'Bad request - validation failed due to an improperly encrypted secret'

  test('is refused when it was sealed to another key', async () => {
    const { key_id } = await publicKey()
    const encrypted_value = seal('x', Buffer.alloc(32, 9).toString('base64'))
    expect(await refusalOf(put('TOKEN', { key_id, encrypted_value }))).toEqual({ status: 422, message })
  })

  test('is refused when key_id names no key of this repository', async () => {
    const { key } = await publicKey()
    const encrypted_value = seal('x', key)
    const refusal = await refusalOf(put('TOKEN', { key_id: '012345678912345678', encrypted_value }))
    expect(refusal).toEqual({ status: 422, message })
  })

  test('is refused when it is not a box', async () => {
    const { key_id } = await publicKey()
    const encrypted_value = Buffer.from('the token itself').toString('base64')
    expect(await refusalOf(put('TOKEN', { key_id, encrypted_value }))).toEqual({ status: 422, message })
  })

  test('is refused after the key was rotated, and taken with the new key', async () => {
    const before = await publicKey()
    running.fault({ kind: 'rotated-key' }, 'PUT /repos/{owner}/{repo}/actions/secrets/{name}')
    const stale = put('TOKEN', { key_id: before.key_id, encrypted_value: seal('x', before.key) })
    expect(await refusalOf(stale)).toEqual({ status: 422, message })
    expect((await setSecret(octokit, 'TOKEN', 'x')).status).toBe(201)
  })
})

describe('a body that breaks the schema', () => {
  test.each([
    ['not JSON', '{', 400, 'Problems parsing JSON'],
    ['an array', '[]', 400, 'Body should be a JSON object'],
    ['nothing', '', 422, 'Invalid request.\n\n"encrypted_value", "key_id" weren\'t supplied.'],
    ['without a key_id', '{"encrypted_value":"AAAA"}', 422, 'Invalid request.\n\n"key_id" wasn\'t supplied.'],
    [
      'with a number as key_id',
      '{"encrypted_value":"AAAA","key_id":12}',
      422,
      "Invalid request.\n\nFor 'properties/key_id', 12 is not a string.",
    ],
    [
      'with null as value',
      '{"encrypted_value":null,"key_id":"1"}',
      422,
      "Invalid request.\n\nFor 'properties/encrypted_value', nil is not a string.",
    ],
    [
      'with url-safe base64',
      '{"encrypted_value":"ab-_","key_id":"1"}',
      422,
      'Invalid request.\n\nab-_ does not match /^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=|[A-Za-z0-9+\\/]{4})$/.',
    ],
  ])('is refused: %s', async (_, body, status, message) => {
    const received = await running.send('PUT', `${secretsPath}/TOKEN`, { body })
    expect(received).toMatchObject({
      status,
      body: {
        message,
        documentation_url:
          'https://docs.github.com/rest/actions/secrets#create-or-update-a-repository-secret',
        status: String(status),
      },
    })
  })
})

describe('reading and deleting', () => {
  test('lists names and times, never values', async () => {
    await setSecret(octokit, 'B', 'x')
    await setSecret(octokit, 'A', 'y')
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/actions/secrets', repo)
    const times = { created_at: '2026-11-23T10:00:00Z', updated_at: '2026-11-23T10:00:00Z' }
    expect(data).toEqual({
      total_count: 2,
      secrets: [
        { name: 'A', ...times },
        { name: 'B', ...times },
      ],
    })
  })

  test('answers 404 for a secret that is not there', async () => {
    const missing = { ...repo, secret_name: 'NOPE' }
    expect(await refusalOf(octokit.request(`GET ${byName}`, missing))).toEqual({
      status: 404,
      message: 'Not Found',
    })
    expect((await refusalOf(octokit.request(`DELETE ${byName}`, missing))).status).toBe(404)
  })

  test('deletes with 204, in any case', async () => {
    await setSecret(octokit, 'TOKEN', 'x')
    const deleted = await octokit.request(`DELETE ${byName}`, { ...repo, secret_name: 'token' })
    expect(deleted.status).toBe(204)
    expect(running.gitHub.state()).toEqual({ 'acme/widgets': { secrets: {}, variables: {} } })
  })

  test('shows the state before the last write while it lags', async () => {
    await setSecret(octokit, 'OLD', 'x')
    await setSecret(octokit, 'NEW', 'x')
    running.fault({ kind: 'secret-lag' }, 'GET /repos/{owner}/{repo}/actions/secrets')
    running.fault({ kind: 'secret-lag' }, 'GET /repos/{owner}/{repo}/actions/secrets/{name}')
    const list = () => octokit.request('GET /repos/{owner}/{repo}/actions/secrets', repo)
    const get = () => octokit.request(`GET ${byName}`, { ...repo, secret_name: 'NEW' })
    const names = async () => (await list()).data.secrets.map(({ name }) => name)

    expect(await names()).toEqual(['OLD'])
    expect((await refusalOf(get())).status).toBe(404)
    expect(await names()).toEqual(['NEW', 'OLD'])
    expect((await get()).data.name).toBe('NEW')
  })
})
