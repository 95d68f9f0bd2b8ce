import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Received,
  type RunningGitHub,
  secretsPath,
  startGitHub,
  variablesPath,
} from './running-github.ts'

const repoPath = '/repos/acme/widgets'
const keyPath = `${secretsPath}/public-key`

let running: RunningGitHub

beforeEach(async () => {
  running = await startGitHub()
})

afterEach(() => running.close())

interface TokenSeed {
  readonly kind: 'fine-grained' | 'classic' | 'app'
  readonly permissions?: Readonly<Record<string, string>>
  readonly scopes?: readonly string[]
  readonly repositories?: readonly string[]
}

/** Ask with a token of this kind; `undefined` asks with none. */
function ask(seed: TokenSeed | undefined, method: string, path: string): Promise<Received> {
  const token = 'the-token'
  if (seed) running.gitHub.seeds['/github/tokens']?.({ token, ...seed })
  return running.send(method, path, { headers: { authorization: seed && `Bearer ${token}` } })
}

const makePublic = () =>
  running.gitHub.seeds['/github/repositories']?.({ fullName: 'acme/widgets', private: false })

describe('who is asking', () => {
  test.each([
    ['a token nobody made', 'Bearer ghp_unknown'],
    ['a scheme that GitHub does not take', 'Basic dXNlcjpwYXNz'],
    ['no scheme', 'github_pat_x'],
  ])('%s is 401', async (_, authorization) => {
    expect(await running.send('GET', secretsPath, { headers: { authorization } })).toMatchObject({
      status: 401,
      body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' },
    })
  })

  test.each(['Bearer', 'bearer', 'token'])('the scheme %s is taken', async (scheme) => {
    const authorization = `${scheme} ${running.gitHub.seededToken}`
    expect((await running.send('GET', secretsPath, { headers: { authorization } })).status).toBe(200)
  })
})

const fine: TokenSeed = { kind: 'fine-grained', repositories: ['acme/widgets'] }
const app: TokenSeed = { kind: 'app', repositories: ['ACME/Widgets'] }
const classic: TokenSeed = { kind: 'classic', scopes: ['repo'] }
const patRefusal = 'Resource not accessible by personal access token'
const appRefusal = 'Resource not accessible by integration'

describe('a private repository', () => {
  test.each<[string, TokenSeed | undefined, string, string, number, string | undefined]>([
    ['nobody', undefined, 'GET', repoPath, 404, 'Not Found'],
    ['nobody', undefined, 'GET', secretsPath, 404, 'Not Found'],
    [
      'a token for another repository',
      { ...fine, repositories: ['acme/x'] },
      'GET',
      repoPath,
      404,
      'Not Found',
    ],
    ['a classic token without scopes', { kind: 'classic' }, 'GET', repoPath, 404, 'Not Found'],
    [
      'a classic token with public_repo',
      { kind: 'classic', scopes: ['public_repo'] },
      'GET',
      secretsPath,
      404,
      'Not Found',
    ],
    ['a classic token with repo', classic, 'GET', secretsPath, 200, undefined],
    ['a fine-grained token without secrets', fine, 'GET', repoPath, 200, undefined],
    ['a fine-grained token without secrets', fine, 'GET', secretsPath, 403, patRefusal],
    ['a fine-grained token without secrets', fine, 'GET', keyPath, 403, patRefusal],
    ['secrets: read', { ...fine, permissions: { secrets: 'read' } }, 'GET', keyPath, 200, undefined],
    [
      'secrets: read',
      { ...fine, permissions: { secrets: 'read' } },
      'DELETE',
      `${secretsPath}/A`,
      403,
      patRefusal,
    ],
    [
      'secrets: write',
      { ...fine, permissions: { secrets: 'write' } },
      'DELETE',
      `${secretsPath}/A`,
      404,
      'Not Found',
    ],
    ['secrets: write', { ...fine, permissions: { secrets: 'write' } }, 'GET', variablesPath, 403, patRefusal],
    [
      'variables: read',
      { ...fine, permissions: { variables: 'read' } },
      'GET',
      variablesPath,
      200,
      undefined,
    ],
    [
      'actions_variables: read',
      { ...fine, permissions: { actions_variables: 'read' } },
      'GET',
      variablesPath,
      200,
      undefined,
    ],
    ['an app without secrets', app, 'GET', secretsPath, 403, appRefusal],
    [
      'an app with secrets: write',
      { ...app, permissions: { secrets: 'write' } },
      'GET',
      secretsPath,
      200,
      undefined,
    ],
  ])('%s: %s %s %s', async (_, seed, method, path, status, message) => {
    const received = await ask(seed, method, path)
    expect(received.status).toBe(status)
    if (message !== undefined) expect(received.body).toMatchObject({ message, status: String(status) })
  })
})

describe('a public repository', () => {
  test.each<[string, TokenSeed | undefined, string, string, number]>([
    ['nobody', undefined, 'GET', repoPath, 200],
    ['nobody', undefined, 'GET', secretsPath, 401],
    ['nobody', undefined, 'GET', keyPath, 401],
    ['a classic token without scopes', { kind: 'classic' }, 'GET', repoPath, 200],
    ['a classic token without scopes', { kind: 'classic' }, 'GET', keyPath, 200],
    ['a classic token without scopes', { kind: 'classic' }, 'GET', secretsPath, 404],
    ['a token for another repository', { ...fine, repositories: ['acme/x'] }, 'GET', repoPath, 200],
    [
      'a token for another repository',
      { ...fine, repositories: ['acme/x'], permissions: { secrets: 'write' } },
      'GET',
      secretsPath,
      403,
    ],
  ])('%s: %s %s %s', async (_, seed, method, path, status) => {
    makePublic()
    expect((await ask(seed, method, path)).status).toBe(status)
  })
})

describe('the headers that tell what is missing', () => {
  test('name the permission for a fine-grained token', async () => {
    const { headers } = await ask(fine, 'PUT', `${secretsPath}/A`)
    expect(headers['x-accepted-github-permissions']).toBe('secrets=write')
    expect(headers['x-oauth-scopes']).toBeUndefined()
    expect((await ask(fine, 'POST', variablesPath)).headers['x-accepted-github-permissions']).toBe(
      'actions_variables=write',
    )
  })

  test('name both scopes for a classic token', async () => {
    const { headers } = await ask({ kind: 'classic', scopes: ['gist', 'read:org'] }, 'GET', secretsPath)
    expect([headers['x-oauth-scopes'], headers['x-accepted-oauth-scopes']]).toEqual([
      'gist, read:org',
      'repo',
    ])
    expect(headers['x-accepted-github-permissions']).toBeUndefined()
  })
})

describe('the role in the repository', () => {
  test.each<[string, TokenSeed, Record<string, boolean>]>([
    ['an owner’s token', classic, { admin: true, maintain: true, push: true, triage: true, pull: true }],
    [
      'an app that may only read',
      app,
      { admin: false, maintain: false, push: false, triage: false, pull: true },
    ],
  ])('of %s', async (_, seed, permissions) => {
    expect((await ask(seed, 'GET', repoPath)).body).toMatchObject({ full_name: 'acme/widgets', permissions })
  })

  test('of a user who was given another one', async () => {
    running.gitHub.seeds['/github/repositories']?.({
      fullName: 'acme/widgets',
      collaborators: [{ login: 'Sandbox', permission: 'triage' }],
    })
    const permissions = { admin: false, maintain: false, push: false, triage: true, pull: true }
    for (const seed of [classic, fine]) {
      expect((await ask(seed, 'GET', repoPath)).body).toMatchObject({ permissions })
    }
  })

  test('is not told to nobody', async () => {
    makePublic()
    expect((await ask(undefined, 'GET', repoPath)).body).not.toHaveProperty('permissions')
  })
})

describe('a body for POST /github/tokens', () => {
  test.each<[unknown, string]>([
    [[], 'the body must be a JSON object'],
    [{ kind: 'classic' }, '"token" must be a string'],
    [{ token: 'x', kind: 'oauth' }, '"kind" must be "fine-grained", "classic" or "app"'],
    [{ token: 'x', kind: 'classic', scopes: 'repo' }, '"scopes" must be an array of strings'],
    [
      { token: 'x', kind: 'classic', permissions: { secrets: 'read' } },
      'a classic token has "scopes", not "permissions"',
    ],
    [
      { token: 'x', kind: 'app', scopes: ['repo'] },
      'only a classic token has "scopes"; others have "permissions"',
    ],
    [{ token: 'x', kind: 'app', permissions: [] }, '"permissions" must be an object'],
    [
      { token: 'x', kind: 'app', permissions: { secrets: 'all' } },
      'the permission "secrets" must be "read", "write" or "admin"',
    ],
    [
      { token: 'x', kind: 'app', repositories: 'acme/widgets' },
      '"repositories" must be an array of full names',
    ],
  ])('is refused: %j', (body, message) => {
    expect(() => running.gitHub.seeds['/github/tokens']?.(body)).toThrow(new TypeError(message))
  })
})
