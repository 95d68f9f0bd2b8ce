import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collaboratorRoutes } from '../../src/sandbox/github/collaborators.ts'
import { isGitHubPath } from '../../src/sandbox/github/known-paths.ts'
import { secretRoutes } from '../../src/sandbox/github/secrets.ts'
import { variableRoutes } from '../../src/sandbox/github/variables.ts'
import { type Received, type RunningGitHub, seal, startGitHub } from '../sandbox/github/running-github.ts'
import { describedOperation, describedPaths, responseSchema, type Schema, violations } from './openapi.ts'

/** Statuses that GitHub answers and does not describe, with where they were seen. */
const undescribed: Readonly<Record<number, string>> = {
  301: 'a renamed repository: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects',
  307: 'the same for writes: octokit/fixtures, scenario rename-repository',
  400: 'https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#400-bad-request',
  401: 'https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#failed-login-limit',
  403: 'https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible',
  404: 'https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource',
  409: 'a variable that exists: https://github.com/nexthink-oss/terraform-provider-github/issues/12',
  410: 'a retired version: https://docs.github.com/rest/about-the-rest-api/api-versions',
  422: 'https://github.com/github/rest-api-description/issues/419',
  429: 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit',
  500: 'an outage',
}

/** What GitHub's errors look like where no schema is given. */
const basicError: Schema = { $ref: '#/components/schemas/basic-error' }

const versions = ['2022-11-28', '2026-03-10'] as const
const repository = '/repos/{owner}/{repo}'
const secrets = `${repository}/actions/secrets`
const variables = `${repository}/actions/variables`
const collaborators = `${repository}/collaborators`

let running: RunningGitHub

beforeAll(async () => {
  running = await startGitHub()
  running.gitHub.seeds['/github/repositories']?.({ fullName: 'acme/archive', archived: true })
  running.gitHub.seeds['/github/repositories']?.({ fullName: 'acme/former', renamedTo: 'acme/latter' })
  running.gitHub.seeds['/github/tokens']?.({ token: 'ghp_repo', kind: 'classic', scopes: ['repo'] })
  running.gitHub.seeds['/github/tokens']?.({
    token: 'ghp_member',
    kind: 'classic',
    scopes: ['repo', 'read:org'],
  })
  running.gitHub.seeds['/github/tokens']?.({ token: 'ghp_none', kind: 'classic', scopes: [] })
  running.gitHub.seeds['/github/tokens']?.({ token: 'ghs_app', kind: 'app', permissions: {} })
})

afterAll(() => running.close())

interface Example {
  readonly method: string
  /** GitHub's template; `{owner}/{repo}` is acme/widgets unless `in` says otherwise. */
  readonly path: string
  readonly status: number
  readonly in?: string
  readonly name?: string
  readonly body?: unknown
  readonly token?: string | undefined
  readonly query?: string
  readonly fault?: string
  readonly version?: string
}

function send(
  { method, path, name = 'NAME', query = '', body, fault, ...rest }: Example,
  version: string,
): Promise<Received> {
  const target = path
    .replace('{owner}/{repo}', rest.in ?? 'acme/widgets')
    .replace(/\{(secret_)?name\}/, encodeURIComponent(name))
  if (fault !== undefined) running.fault({ kind: fault })
  const token = 'token' in rest ? rest.token : 'ghp_repo'
  return running.send(method, target + query, {
    headers: {
      'x-github-api-version': rest.version ?? version,
      authorization: token === undefined ? undefined : `Bearer ${token}`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function sealed(value: string): Promise<{ key_id: string; encrypted_value: string }> {
  const { body } = await running.send('GET', '/repos/acme/widgets/actions/secrets/public-key')
  const { key_id, key } = body as { key_id: string; key: string }
  return { key_id, encrypted_value: seal(value, key) }
}

/** In order: the later ones need what the earlier ones did. */
function examples(box: { key_id: string; encrypted_value: string }): readonly Example[] {
  const secret = `${secrets}/{secret_name}`
  const variable = `${variables}/{name}`
  const faults = [
    ['throttle', 429],
    ['secondary-limit', 403],
    ['primary-limit', 403],
    ['sso', 403],
    ['deny', 403],
    ['error', 500],
    ['retired-version', 410],
  ] as const
  return [
    { method: 'GET', path: '/', status: 200 },
    { method: 'GET', path: '/', status: 400, version: 'v3' },
    { method: 'GET', path: '/meta', status: 200 },
    { method: 'GET', path: '/versions', status: 200 },
    { method: 'GET', path: '/rate_limit', status: 200 },
    { method: 'GET', path: '/rate_limit', status: 200, token: undefined },
    { method: 'GET', path: '/user', status: 200 },
    { method: 'GET', path: '/user', status: 401, token: undefined },
    { method: 'GET', path: '/user', status: 403, token: 'ghs_app' },
    { method: 'GET', path: repository, status: 200 },
    { method: 'GET', path: repository, status: 200, in: 'acme/archive', token: undefined },
    { method: 'GET', path: repository, status: 301, in: 'acme/former' },
    { method: 'GET', path: repository, status: 404, in: 'acme/nope' },
    { method: 'GET', path: `${secrets}/public-key`, status: 200 },
    { method: 'GET', path: `${secrets}/public-key`, status: 403, token: 'ghs_app' },
    { method: 'PUT', path: secret, status: 201, body: box },
    { method: 'PUT', path: secret, status: 204, body: box },
    { method: 'PUT', path: secret, status: 422, body: box, name: 'GITHUB_X' },
    { method: 'PUT', path: secret, status: 422, body: { ...box, key_id: '1' } },
    { method: 'PUT', path: secret, status: 403, body: box, in: 'acme/archive' },
    { method: 'PUT', path: secret, status: 307, body: box, in: 'acme/former' },
    { method: 'PUT', path: secret, status: 401, body: box, token: 'ghp_unknown' },
    { method: 'GET', path: secrets, status: 200 },
    { method: 'GET', path: secrets, status: 200, query: '?per_page=1&page=2' },
    { method: 'GET', path: secrets, status: 404, token: 'ghp_none' },
    { method: 'GET', path: secret, status: 200 },
    { method: 'GET', path: secret, status: 404, name: 'NOPE' },
    { method: 'DELETE', path: secret, status: 204 },
    { method: 'DELETE', path: secret, status: 404 },
    { method: 'POST', path: variables, status: 201, body: { name: 'NAME', value: 'x' } },
    { method: 'POST', path: variables, status: 409, body: { name: 'name', value: 'x' } },
    { method: 'POST', path: variables, status: 400, body: [] },
    { method: 'GET', path: variables, status: 200 },
    { method: 'GET', path: variable, status: 200 },
    { method: 'PATCH', path: variable, status: 204, body: { value: 'y' } },
    { method: 'PATCH', path: variable, status: 404, name: 'NOPE', body: { value: 'y' } },
    { method: 'DELETE', path: variable, status: 204 },
    { method: 'DELETE', path: variable, status: 404 },
    { method: 'GET', path: collaborators, status: 200, token: 'ghp_member' },
    { method: 'GET', path: collaborators, status: 200, token: 'ghs_app', query: '?permission=admin' },
    { method: 'GET', path: collaborators, status: 403 },
    { method: 'GET', path: collaborators, status: 422, token: 'ghp_member', query: '?permission=write' },
    { method: 'GET', path: collaborators, status: 404, in: 'acme/nope' },
    ...faults.map(([fault, status]) => ({ method: 'GET', path: secrets, status, fault })),
  ]
}

describe.each(versions)('in version %s', (version) => {
  test('every answer is as GitHub describes it', async () => {
    for (const example of examples(await sealed('value'))) {
      const received = await send(example, version)
      const label = `${example.method} ${example.path}`
      expect([label, received.status, received.body]).toEqual([label, example.status, received.body])
      expect([label, example.status, findings(example, received, version)]).toEqual([
        label,
        example.status,
        [],
      ])
    }
  })
})

/** What is wrong with an answer, in the eyes of GitHub's description. */
function findings({ method, path, version: asked }: Example, { status, body }: Received, version: string) {
  const operation = describedOperation(method, path)
  if (!operation) return ['GitHub has no such operation']
  if (!(status in operation.responses) && undescribed[status] === undefined)
    return ['a status without a source']
  if (asked !== undefined) return violations(versionError, body, version)
  const schema = responseSchema(operation, status)
  if (status >= 300) return violations(schema ?? basicError, body, version)
  if (!schema) return body === '' ? [] : ['a body where there should be none']
  return violations(schema, body, version)
}

/**
 * The refusal of a version that GitHub does not have, which no schema of its description fits: `errors` is a string.
 * https://github.com/expipiplus1/update-nix-fetchgit/issues/79
 */
const versionError: Schema = {
  type: 'object',
  required: ['message', 'errors', 'documentation_url', 'status'],
  properties: {
    message: { type: 'string' },
    errors: { type: 'string' },
    documentation_url: { type: 'string' },
    status: { type: 'string' },
  },
}

test('every route of the sandbox has examples', () => {
  const shown = new Set(
    examples({ key_id: '', encrypted_value: '' }).map(
      ({ method, path }) => `${method} ${path.replace('secret_name', 'name')}`,
    ),
  )
  const built = [...secretRoutes, ...variableRoutes, ...collaboratorRoutes].map(
    ({ method, path }) => `${method} ${repository}${path}`,
  )
  expect(built.filter((route) => !shown.has(route))).toEqual([])
})

describe('what GitHub’s description demands of a request is enforced', () => {
  const writes = [
    ['PUT', `${secrets}/{secret_name}`, 201],
    ['POST', variables, 201],
    ['PATCH', `${variables}/{name}`, 204],
  ] as const

  async function validBody(method: string): Promise<Readonly<Record<string, string>>> {
    if (method === 'PUT') return sealed('value')
    return { name: 'NAME', value: 'value' }
  }

  function requestSchema(method: string, path: string): Schema {
    const schema = describedOperation(method, path)?.requestBody?.content?.['application/json']?.schema
    if (!schema) throw new Error(`${method} ${path} has no described body`)
    return schema
  }

  test.each(writes)('%s %s', async (method, path, success) => {
    const schema = requestSchema(method, path)
    const valid = await validBody(method)
    expect(violations(schema, valid, versions[0])).toEqual([])
    for (const name of schema.required ?? []) {
      const body = Object.fromEntries(Object.entries(valid).filter(([member]) => member !== name))
      expect([name, (await send({ method, path, status: 422, body }, versions[0])).status]).toEqual([
        name,
        422,
      ])
    }
    for (const [name, { pattern }] of Object.entries(schema.properties ?? {})) {
      const wrong: unknown[] = [
        7,
        null,
        true,
        ['x'],
        { x: 1 },
        ...(pattern === undefined ? [] : ['?', 'a', '']),
      ]
      for (const value of wrong) {
        const body = { ...valid, [name]: value }
        expect(violations(schema, body, versions[0])).not.toEqual([])
        const { status } = await send({ method, path, status: 422, body }, versions[0])
        expect([name, value, status]).toEqual([name, value, 422])
      }
    }
    if (method === 'PATCH')
      await send({ method: 'POST', path: variables, status: 201, body: valid }, versions[0])
    expect((await send({ method, path, status: success, body: valid }, versions[0])).status).toBe(success)
    running.gitHub.reset()
    running.gitHub.seeds['/github/tokens']?.({ token: 'ghp_repo', kind: 'classic', scopes: ['repo'] })
  })
})

test('every path that GitHub describes is known to be GitHub’s', () => {
  const unknown = describedPaths.filter(
    (path) => !isGitHubPath(path.replace(/\{\w+\}/g, 'x')) && path !== '/',
  )
  expect(unknown).toEqual([])
})

describe('the checker', () => {
  const schema: Schema = { $ref: '#/components/schemas/actions-secret' }
  const secret = { name: 'A', created_at: '2026-11-23T10:00:00Z', updated_at: '2026-11-23T10:00:00Z' }

  test.each<[string, unknown, readonly string[]]>([
    ['a valid secret', secret, []],
    ['a missing member', { name: 'A', created_at: secret.created_at }, ['$ lacks updated_at']],
    ['a wrong type', { ...secret, name: 7 }, ['$.name is not of type string']],
    ['null', { ...secret, name: null }, ['$.name is null']],
    [
      'milliseconds',
      { ...secret, updated_at: '2026-11-23T10:00:00.000Z' },
      ['$.updated_at is no date-time: 2026-11-23T10:00:00.000Z'],
    ],
    ['an invented member', { ...secret, value: 'x' }, ['$.value is not described']],
    ['a list', [secret], ['$ is not of type object']],
  ])('finds what is wrong with %s', (_, value, found) => {
    expect(violations(schema, value, versions[0])).toEqual(found)
  })

  test('knows that the versions differ', () => {
    const rate = { limit: 1, remaining: 1, reset: 1, used: 0 }
    const both = { rate, resources: { core: rate, search: rate } }
    const overview: Schema = { $ref: '#/components/schemas/rate-limit-overview' }
    expect(violations(overview, both, '2022-11-28')).toEqual([])
    expect(violations(overview, both, '2026-03-10')).toEqual(['$.rate is not described'])
  })
})
