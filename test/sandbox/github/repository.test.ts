import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  refusalOf,
  repo,
  type RunningGitHub,
  secretsPath,
  setSecret,
  startGitHub,
  variablesPath,
} from './running-github.ts'

let running: RunningGitHub

beforeEach(async () => {
  running = await startGitHub()
})

afterEach(() => running.close())

const seed = (body: unknown) => running.gitHub.seeds['/github/repositories']?.(body)

async function repositoryId(): Promise<number> {
  const { data } = await running.octokit().request('GET /repos/{owner}/{repo}', repo)
  return data.id
}

describe('an archived repository', () => {
  const message = 'Repository was archived so is read-only.'

  test('can be read', async () => {
    await setSecret(running.octokit(), 'TOKEN', 'x')
    seed({ fullName: 'acme/widgets', archived: true })
    const { data } = await running.octokit().request('GET /repos/{owner}/{repo}', repo)
    expect(data.archived).toBe(true)
    const list = await running.octokit().request('GET /repos/{owner}/{repo}/actions/secrets', repo)
    expect(list.data.total_count).toBe(1)
  })

  test.each([
    ['PUT', `${secretsPath}/TOKEN`],
    ['DELETE', `${secretsPath}/TOKEN`],
    ['POST', variablesPath],
    ['PATCH', `${variablesPath}/NAME`],
    ['DELETE', `${variablesPath}/NAME`],
  ])('refuses %s %s with 403', async (method, path) => {
    seed({ fullName: 'acme/widgets', archived: true })
    expect(await running.send(method, path)).toMatchObject({ status: 403, body: { message, status: '403' } })
  })

  test('can be written again after it was unarchived', async () => {
    seed({ fullName: 'acme/widgets', archived: true })
    expect(await refusalOf(setSecret(running.octokit(), 'TOKEN', 'x'))).toEqual({ status: 403, message })
    seed({ fullName: 'acme/widgets', archived: false })
    expect((await setSecret(running.octokit(), 'TOKEN', 'x')).status).toBe(201)
  })
})

describe('a renamed repository', () => {
  test.each([
    ['GET', '', '', 301],
    ['GET', '/actions/secrets', '?per_page=5', 301],
    ['PUT', '/actions/secrets/MY_TOKEN', '', 307],
    ['DELETE', '/actions/variables/NAME', '', 307],
  ])('redirects %s %s%s', async (method, path, query, status) => {
    const id = await repositoryId()
    seed({ fullName: 'acme/widgets', renamedTo: 'acme/gadgets' })
    const received = await running.send(method, `/repos/acme/widgets${path}${query}`)
    const url = `${running.url}/repositories/${id}${path}${query}`
    expect([received.status, received.headers['location']]).toEqual([status, url])
    expect(received.body).toEqual({
      message: 'Moved Permanently',
      url,
      documentation_url:
        'https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects',
    })
  })

  test('is reached through the redirects by GitHub’s own client', async () => {
    await setSecret(running.octokit(), 'TOKEN', 'before')
    seed({ fullName: 'acme/widgets', renamedTo: 'acme/gadgets' })
    const octokit = running.octokit()
    expect((await octokit.request('GET /repos/{owner}/{repo}', repo)).data.full_name).toBe('acme/gadgets')
    expect((await setSecret(octokit, 'TOKEN', 'after')).status).toBe(204)
    expect(running.gitHub.state()).toMatchObject({
      'acme/gadgets': { secrets: { TOKEN: { value: 'after' } } },
    })
  })

  test('hides behind 404 from those who do not see it', async () => {
    seed({ fullName: 'acme/widgets', renamedTo: 'acme/gadgets' })
    const received = await running.send('GET', '/repos/acme/widgets', {
      headers: { authorization: undefined },
    })
    expect(received.status).toBe(404)
  })

  test('gives its old name up to a new repository', async () => {
    const id = await repositoryId()
    seed({ fullName: 'acme/widgets', renamedTo: 'acme/gadgets' })
    seed({ fullName: 'acme/widgets' })
    const received = await running.send('GET', '/repos/acme/widgets')
    expect(received).toMatchObject({ status: 200, body: { full_name: 'acme/widgets' } })
    expect(received.body).not.toMatchObject({ id })
  })

  test('can be given its old name back', async () => {
    const id = await repositoryId()
    seed({ fullName: 'acme/widgets', renamedTo: 'acme/gadgets' })
    seed({ fullName: 'acme/gadgets', renamedTo: 'acme/widgets' })
    expect(await repositoryId()).toBe(id)
    expect((await running.send('GET', '/repos/acme/gadgets')).status).toBe(301)
  })
})

test('names are compared without case', async () => {
  const received = await running.send('GET', '/repos/ACME/Widgets')
  expect(received).toMatchObject({ status: 200, body: { full_name: 'acme/widgets' } })
})

test('a repository that is not there is 404', async () => {
  expect(await running.send('GET', '/repos/acme/nope')).toMatchObject({
    status: 404,
    body: {
      message: 'Not Found',
      documentation_url: 'https://docs.github.com/rest/repos/repos#get-a-repository',
      status: '404',
    },
  })
  expect((await running.send('GET', '/repositories/1')).status).toBe(404)
})

test('start over brings back what was seeded, with another key', async () => {
  const key = () => running.octokit().request('GET /repos/{owner}/{repo}/actions/secrets/public-key', repo)
  const before = await key()
  await setSecret(running.octokit(), 'TOKEN', 'x')
  seed({ fullName: 'acme/other' })
  running.gitHub.reset()
  expect(running.gitHub.state()).toEqual({ 'acme/widgets': { secrets: {}, variables: {} } })
  expect((await key()).data.key_id).not.toBe(before.data.key_id)
})

describe('a body for POST /github/repositories', () => {
  test.each<[unknown, string]>([
    ['acme/widgets', 'the body must be a JSON object'],
    [{}, '"fullName" must be OWNER/NAME'],
    [{ fullName: 'widgets' }, '"fullName" must be OWNER/NAME'],
    [{ fullName: 'acme/widgets', renamedTo: 'x/y/z' }, '"renamedTo" must be OWNER/NAME'],
    [{ fullName: 'acme/widgets', archived: 'yes' }, '"archived" must be true or false'],
    [{ fullName: 'acme/widgets', private: 1 }, '"private" must be true or false'],
    [{ fullName: 'acme/widgets', collaborators: {} }, '"collaborators" must be an array'],
    [
      { fullName: 'acme/widgets', collaborators: [null] },
      'the "login" of a collaborator must be letters, digits and hyphens',
    ],
    [
      { fullName: 'acme/widgets', collaborators: [{ login: 'ana@example.com', permission: 'push' }] },
      'the "login" of a collaborator must be letters, digits and hyphens',
    ],
    [
      { fullName: 'acme/widgets', collaborators: [{ login: 'ana', permission: 'write' }] },
      'the "permission" of a collaborator must be one of pull, triage, push, maintain, admin',
    ],
  ])('is refused: %j', (body, message) => {
    expect(() => seed(body)).toThrow(new TypeError(message))
  })
})
