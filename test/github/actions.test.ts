import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { tracesOf } from '../traces.ts'
import { rejectionOf, startGitHub } from './github-sandbox.ts'

const widgets = { owner: 'acme', name: 'widgets' }

/** GitHub's calls at a server of the test's own, and the targets that it was asked for. */
async function askServer(
  answer: (response: ServerResponse, url: URL, origin: string, authorization: string | undefined) => void,
) {
  const targets: string[] = []
  const server = createServer((request, response) => {
    const target = request.url ?? ''
    targets.push(target)
    answer(response, new URL(target, origin), origin, request.headers.authorization)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { ask } = await startGitHub()
  return { actions: ask({ apiUrl: origin }), targets }
}

function send(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

const path = '/repos/acme/widgets/collaborators?permission=push&per_page=100'

test('lists those who may write, with their roles, over all pages', async () => {
  const { actions, targets } = await askServer((response, { searchParams }, origin) => {
    const page = Number(searchParams.get('page'))
    const link = page < 3 ? { link: `<${origin}${path}&page=${page + 1}>; rel="next"` } : {}
    send(
      response,
      200,
      [{ login: `user-${page}`, role_name: page === 1 ? 'admin' : 'write', id: page }],
      link,
    )
  })
  expect(await actions.readWriters(widgets)).toEqual([
    { login: 'user-1', role: 'admin' },
    { login: 'user-2', role: 'write' },
    { login: 'user-3', role: 'write' },
  ])
  expect(targets).toEqual([`${path}&page=1`, `${path}&page=2`, `${path}&page=3`])
})

test('lists nobody where nobody is', async () => {
  const { actions } = await askServer((response) => {
    send(response, 200, [])
  })
  expect(await actions.readWriters(widgets)).toEqual([])
})

test('shows names that would write on the terminal in one line', async () => {
  const { actions } = await askServer((response) => {
    send(response, 200, [{ login: 'mona\u001b[2J', role_name: 'our\nrole' }])
  })
  expect(await actions.readWriters(widgets)).toEqual([{ login: 'mona [2J', role: 'our role' }])
})

test.each<[string, unknown]>([
  ['an object', { message: 'here you are' }],
  ['something without names', [{ login: 'mona' }]],
  ['something else than accounts', ['mona']],
])('takes %s for no list of collaborators', async (_, body) => {
  const { actions } = await askServer((response) => {
    send(response, 200, body)
  })
  await expect(actions.readWriters(widgets)).rejects.toMatchObject({
    code: 'ERR_UNEXPECTED_ANSWER',
    message: 'GitHub answered with something else than a list of collaborators',
    hint: 'check GITHUB_API_URL or GH_HOST, and any proxy',
  })
})

test('shows no name that repeats the token', async () => {
  const { actions } = await askServer((response, _, __, authorization) => {
    send(response, 200, [{ login: authorization, role_name: 'admin' }])
  })
  const error = await rejectionOf(actions.readWriters(widgets))
  expect(error).toMatchObject({ code: 'ERR_UNEXPECTED_ANSWER' })
  expect(tracesOf(error)).not.toContain('github_pat_')
})

test('tells of a token that may not ask', async () => {
  const { actions } = await askServer((response) => {
    send(response, 403, { message: 'Must have push access to view repository collaborators.' })
  })
  await expect(actions.readWriters(widgets)).rejects.toMatchObject({
    code: 'ERR_DENIED',
    message:
      'the token from GH_TOKEN may not list the collaborators of acme/widgets (GitHub answered 403 Must have push access to view repository collaborators.)',
  })
})

test.each([
  ['a repository', 'readRepository'],
  ['a list of secrets', 'listPairTimes'],
  ['a public key', 'readPublicKey'],
] as const)('takes a list for something else than %s', async (what, name) => {
  const { actions } = await askServer((response) => {
    send(response, 200, [])
  })
  await expect(actions[name](widgets)).rejects.toMatchObject({
    code: 'ERR_UNEXPECTED_ANSWER',
    message: `GitHub answered with something else than ${what}`,
  })
})
