import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { repo, type RunningGitHub, startGitHub } from './running-github.ts'

const path = '/repos/acme/widgets/collaborators'

let running: RunningGitHub

beforeEach(async () => {
  running = await startGitHub()
})

afterEach(() => running.close())

const seed = (body: unknown) => running.gitHub.seeds['/github/repositories']?.(body)

const everybody = [
  { login: 'ana', permission: 'admin' },
  { login: 'Ben', permission: 'maintain' },
  { login: 'cho', permission: 'push' },
  { login: 'dia', permission: 'triage' },
  { login: 'eve', permission: 'pull' },
] as const

const seedEverybody = () => seed({ fullName: 'acme/widgets', collaborators: everybody })

async function logins(query: string): Promise<readonly string[]> {
  const { status, body } = await running.send('GET', path + query)
  expect(status).toBe(200)
  return (body as { login: string }[]).map(({ login }) => login)
}

describe('the list', () => {
  test('holds the seeded user, who is admin', async () => {
    const { data } = await running.octokit().request('GET /repos/{owner}/{repo}/collaborators', repo)
    expect(data).toEqual([
      expect.objectContaining({
        login: 'sandbox',
        id: expect.any(Number) as number,
        node_id: expect.any(String) as string,
        type: 'User',
        permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
        role_name: 'admin',
      }),
    ])
  })

  test('tells what each may do, in both of GitHub’s ways', async () => {
    seedEverybody()
    const { body } = await running.send('GET', path)
    const of = ({ permissions, role_name }: { permissions: Record<string, boolean>; role_name: string }) => [
      role_name,
      Object.keys(permissions).filter((name) => permissions[name]),
    ]
    expect((body as Parameters<typeof of>[0][]).map(of)).toEqual([
      ['admin', ['admin', 'maintain', 'push', 'triage', 'pull']],
      ['admin', ['admin', 'maintain', 'push', 'triage', 'pull']],
      ['maintain', ['maintain', 'push', 'triage', 'pull']],
      ['write', ['push', 'triage', 'pull']],
      ['triage', ['triage', 'pull']],
      ['read', ['pull']],
    ])
  })

  test.each([
    ['', ['sandbox', 'ana', 'Ben', 'cho', 'dia', 'eve']],
    ['?permission=pull', ['sandbox', 'ana', 'Ben', 'cho', 'dia', 'eve']],
    ['?permission=triage', ['sandbox', 'ana', 'Ben', 'cho', 'dia']],
    ['?permission=push', ['sandbox', 'ana', 'Ben', 'cho']],
    ['?permission=maintain', ['sandbox', 'ana', 'Ben']],
    ['?permission=admin', ['sandbox', 'ana']],
    ['?affiliation=direct&permission=admin', ['sandbox', 'ana']],
    ['?affiliation=all&permission=admin', ['sandbox', 'ana']],
    ['?affiliation=outside', []],
  ])('with %j has those who may at least that', async (query, expected) => {
    seedEverybody()
    expect(await logins(query)).toEqual(expected)
  })

  test.each(['?permission=write', '?permission=', '?affiliation=members'])('refuses %s', async (query) => {
    expect(await running.send('GET', path + query)).toMatchObject({
      status: 422,
      body: {
        message: 'Validation Failed',
        documentation_url:
          'https://docs.github.com/rest/collaborators/collaborators#list-repository-collaborators',
      },
    })
  })

  test('comes in pages, thirty at a time unless asked otherwise', async () => {
    const collaborators = Array.from({ length: 34 }, (_, index) => ({
      login: `user-${index}`,
      permission: 'push',
    }))
    seed({ fullName: 'acme/widgets', collaborators })
    expect((await logins('')).length).toBe(30)
    expect((await logins('?page=2')).length).toBe(5)
    expect((await logins('?per_page=100')).length).toBe(35)
    const { headers } = await running.send('GET', `${path}?permission=push&per_page=20`)
    const { data } = await running.octokit().request('GET /repos/{owner}/{repo}', repo)
    const url = `${running.url}/repositories/${data.id}/collaborators?permission=push&per_page=20&page=2`
    expect(headers['link']).toBe(`<${url}>; rel="next", <${url}>; rel="last"`)
  })

  test('changes a collaborator whatever the case of his login, and starts over with one', async () => {
    seedEverybody()
    seed({ fullName: 'ACME/widgets', collaborators: [{ login: 'ANA', permission: 'pull' }] })
    expect(await logins('?permission=admin')).toEqual(['sandbox'])
    seed({ fullName: 'acme/widgets', archived: true })
    expect(await logins('')).toEqual(['sandbox', 'ANA', 'Ben', 'cho', 'dia', 'eve'])
    running.gitHub.reset()
    expect(await logins('')).toEqual(['sandbox'])
  })
})

interface TokenSeed {
  readonly kind: 'fine-grained' | 'classic' | 'app'
  readonly permissions?: Readonly<Record<string, string>>
  readonly scopes?: readonly string[]
  readonly repositories?: readonly string[]
}

function ask(token: TokenSeed | undefined) {
  if (token) running.gitHub.seeds['/github/tokens']?.({ token: 'the-token', ...token })
  return running.send('GET', path, { headers: { authorization: token && 'Bearer the-token' } })
}

const fine: TokenSeed = { kind: 'fine-grained', repositories: ['acme/widgets'] }
const app: TokenSeed = { kind: 'app', repositories: ['acme/widgets'] }
const member: TokenSeed = { kind: 'classic', scopes: ['repo', 'read:org'] }
const noPush = 'Must have push access to view repository collaborators.'

describe('who may see it in a private repository', () => {
  test.each<[string, TokenSeed | undefined, number, string | undefined]>([
    ['a fine-grained token', fine, 200, undefined],
    ['an app', app, 200, undefined],
    ['a classic token with both scopes', member, 200, undefined],
    ['a classic token without read:org', { ...member, scopes: ['repo'] }, 403, noPush],
    ['a classic token without repo', { ...member, scopes: ['read:org'] }, 404, 'Not Found'],
    ['a token for another repository', { ...fine, repositories: ['acme/x'] }, 404, 'Not Found'],
    ['nobody', undefined, 404, 'Not Found'],
  ])('%s: %s %s', async (_, token, status, message) => {
    const { status: answered, body, headers } = await ask(token)
    expect(answered).toBe(status)
    if (message !== undefined) expect(body).toMatchObject({ message, status: String(status) })
    if (token?.kind === 'fine-grained' && status === 200) {
      expect(headers['x-accepted-github-permissions']).toBe('metadata=read')
    }
  })

  test.each([
    ['pull', 403],
    ['triage', 403],
    ['push', 200],
    ['maintain', 200],
  ])('a user who may %s: %d', async (permission, status) => {
    seed({ fullName: 'acme/widgets', collaborators: [{ login: 'sandbox', permission }] })
    for (const token of [fine, member]) {
      const received = await ask(token)
      expect(received.status).toBe(status)
      if (status === 403) expect(received.body).toMatchObject({ message: noPush })
    }
    expect((await ask(app)).status).toBe(200)
  })
})

describe('who may see it in a public repository', () => {
  test.each<[string, TokenSeed | undefined, number, string | undefined]>([
    ['a classic token with public_repo', { ...member, scopes: ['public_repo', 'read:org'] }, 200, undefined],
    ['a classic token without scopes', { ...member, scopes: [] }, 403, noPush],
    [
      'a token for another repository',
      { ...fine, repositories: ['acme/x'] },
      403,
      'Resource not accessible by personal access token',
    ],
    ['nobody', undefined, 401, 'Requires authentication'],
  ])('%s: %s %s', async (_, token, status, message) => {
    seed({ fullName: 'acme/widgets', private: false })
    const received = await ask(token)
    expect(received.status).toBe(status)
    if (message !== undefined) expect(received.body).toMatchObject({ message })
  })
})

test('the log names it by its template, and as a read', async () => {
  await running.send('GET', path)
  expect(running.log.entries().map(({ operation, mutating }) => [operation, mutating])).toEqual([
    ['GET /repos/{owner}/{repo}/collaborators', false],
  ])
})
