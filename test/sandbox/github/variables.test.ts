import type { Octokit } from '@octokit/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refusalOf, repo, type RunningGitHub, startGitHub, variablesPath } from './running-github.ts'

const all = '/repos/{owner}/{repo}/actions/variables' as const
const byName = '/repos/{owner}/{repo}/actions/variables/{name}' as const

let running: RunningGitHub
let octokit: Octokit

beforeEach(async () => {
  running = await startGitHub()
  octokit = running.octokit()
})

afterEach(() => running.close())

const create = (name: string, value: string) => octokit.request(`POST ${all}`, { ...repo, name, value })
const get = (name: string) => octokit.request(`GET ${byName}`, { ...repo, name })

test('a variable is created with 201, read back, updated and deleted with 204', async () => {
  const created = await create('Sync_State', 'one')
  expect([created.status, created.data]).toEqual([201, {}])

  running.clock.advance(60_000)
  const updated = await octokit.request(`PATCH ${byName}`, { ...repo, name: 'sync_state', value: 'two' })
  expect([updated.status, updated.data]).toEqual([204, ''])
  expect((await get('SYNC_STATE')).data).toEqual({
    name: 'SYNC_STATE',
    value: 'two',
    created_at: '2026-11-23T10:00:00Z',
    updated_at: '2026-11-23T10:01:00Z',
  })
  expect(running.gitHub.state()).toEqual({
    'acme/widgets': {
      secrets: {},
      variables: {
        SYNC_STATE: { value: 'two', createdAt: '2026-11-23T10:00:00Z', updatedAt: '2026-11-23T10:01:00Z' },
      },
    },
  })

  const deleted = await octokit.request(`DELETE ${byName}`, { ...repo, name: 'Sync_State' })
  expect(deleted.status).toBe(204)
  expect((await refusalOf(get('SYNC_STATE'))).status).toBe(404)
})

describe('there is no upsert', () => {
  test('creating what is there is a conflict', async () => {
    await create('NAME', 'one')
    expect(await refusalOf(create('name', 'two'))).toEqual({
      status: 409,
      message: 'Already exists - Variable already exists',
    })
    expect((await get('NAME')).data.value).toBe('one')
  })

  test('updating or deleting what is not there is 404', async () => {
    const update = octokit.request(`PATCH ${byName}`, { ...repo, name: 'NAME', value: 'x' })
    expect(await refusalOf(update)).toEqual({ status: 404, message: 'Not Found' })
    const remove = octokit.request(`DELETE ${byName}`, { ...repo, name: 'NAME' })
    expect((await refusalOf(remove)).status).toBe(404)
  })
})

describe('renaming', () => {
  test('keeps the value and the time of creation', async () => {
    await create('OLD', 'value')
    const renamed = await running.send('PATCH', `${variablesPath}/OLD`, { body: '{"name":"new"}' })
    expect(renamed.status).toBe(204)
    expect((await refusalOf(get('OLD'))).status).toBe(404)
    expect((await get('NEW')).data).toMatchObject({ value: 'value', created_at: '2026-11-23T10:00:00Z' })
  })

  test('onto another variable is a conflict', async () => {
    await create('OLD', '1')
    await create('TAKEN', '2')
    const renamed = await running.send('PATCH', `${variablesPath}/OLD`, { body: '{"name":"taken"}' })
    expect(renamed.status).toBe(409)
  })
})

describe('a wrong body', () => {
  test.each([
    ['{"name":"A"}', 422, 'Invalid request.\n\n"value" wasn\'t supplied.'],
    ['{"name":"A","value":7}', 422, "Invalid request.\n\nFor 'properties/value', 7 is not a string."],
    ['{"name":"GITHUB_A","value":"x"}', 422, 'Variable names must not start with GITHUB_.'],
    ['[1]', 400, 'Body should be a JSON object'],
    ['{"name"', 400, 'Problems parsing JSON'],
  ])('is refused: %s', async (body, status, message) => {
    expect(await running.send('POST', variablesPath, { body })).toMatchObject({ status, body: { message } })
  })

  test.each(['', 'A-B', '1A', 'A B'])('is refused with the name %j', async (name) => {
    expect((await refusalOf(create(name, 'x'))).status).toBe(422)
  })

  test('is refused with a value of more than 48 KB', async () => {
    expect((await create('FITS', 'x'.repeat(48 * 1024))).status).toBe(201)
    expect(await refusalOf(create('TOO_LARGE', 'x'.repeat(48 * 1024 + 1)))).toEqual({
      status: 422,
      message: 'Value is too large.',
    })
  })
})

test('the 501st variable is refused', async () => {
  for (let index = 0; index < 500; index += 1) await create(`NAME_${index}`, 'x')
  expect((await refusalOf(create('ONE_MORE', 'x'))).status).toBe(422)
})
