import { createServer, type IncomingMessage } from 'node:http'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeRule, withBench } from './cli/converged.ts'
import type { Bench, Run } from './cli/in-process.ts'

/** Forms in which a token could slip out unnoticed. */
function traces(token: string, username: string): readonly string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return [
    token,
    ...token.split(/[\r\n]+/).filter((line) => line.length > 5),
    JSON.stringify(token).slice(1, -1),
    JSON.stringify(JSON.stringify(token).slice(1, -1)).slice(1, -1),
    encodeURIComponent(token),
    Buffer.from(token).toString('hex'),
    base64(token).replace(/=+$/, ''),
    base64(`${username}:${token}`).replace(/=+$/, ''),
  ]
}

function expectNoTrace(text: string, token: string, username = 'sandbox'): void {
  expect(traces(token, username).filter((trace) => text.includes(trace))).toEqual([])
}

async function syncWith(bench: Bench, token: string, ...flags: string[]): Promise<Run> {
  return bench.run(['sync', '--source', 'env', '--timeout', '0.5', ...flags], {
    env: { DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: token },
  })
}

const hostile = [
  ['quotes', `canary"a'b\`c`],
  ['a JSON injection', 'canary","username":"evil'],
  ['backslashes', String.raw`canary\n\u0000\\`],
  ['line breaks', 'canary-first-line\ncanary-second-line\r\ncanary-third-line'],
  ['a command substitution', '$(touch canary-file)`touch canary-file`'],
  ['unicode', 'canary-пароль-密码-🐳-\u202e'],
  ['a percent sign', 'canary%41%2541'],
  ['a leading dash', '--canary=--dry-run'],
  ['4 KB', `canary${'x'.repeat(4 * 1024)}`],
] as const

describe.concurrent('a token with', () => {
  test.each(hostile)('%s arrives byte for byte and shows nowhere', async (_what, token) => {
    await withBench(async (bench) => {
      await bench.control('POST', '/docker-hub/accounts', {
        username: 'sandbox',
        token,
        scope: 'repo:public_read',
        plan: 'personal',
        state: 'active',
      })
      const { code, stdout, stderr } = await syncWith(bench, token, '--verbose')
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
      expectNoTrace(stdout + stderr, token)

      const { aws, github } = bench.sandbox.state()
      const [secret] = aws['123456789012']?.['us-east-1']?.secrets ?? []
      expect(JSON.parse(secret?.versions[0]?.secretString ?? '')).toEqual({
        username: 'sandbox',
        accessToken: token,
      })
      expect(github['acme/widgets']?.secrets['DOCKER_HUB_TOKEN']?.value).toBe(token)
      expectNoTrace(JSON.stringify(github['acme/widgets']?.variables), token)
    })
  })

  test.each(hostile)('%s shows nowhere when Docker Hub refuses it', async (_what, token) => {
    await withBench(async (bench) => {
      const runs = await Promise.all([syncWith(bench, token), syncWith(bench, token, '--json')])
      for (const { code, stdout, stderr } of runs) {
        expect(code).toBe(1)
        expectNoTrace(stdout + stderr, token)
      }
      expect((await bench.requests()).filter(({ mutating }) => mutating)).toEqual([])
    })
  })
})

const refused = [
  ['a space before', ' dckr_pat_canary-0123456789abcdefghij'],
  ['a line break after', 'dckr_pat_canary-0123456789abcdefghij\n'],
  ['64 KB', `dckr_pat_canary${'x'.repeat(64 * 1024)}`],
] as const

test.each(refused)(
  'a token with %s is refused before any request, and shows nowhere',
  async (_what, token) => {
    await withBench(async (bench) => {
      const { code, stdout, stderr } = await syncWith(bench, token, '--json')
      expect(code).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({ writes: 0, error: { code: 'ERR_CREDENTIAL_INVALID' } })
      expectNoTrace(stdout + stderr, token.trim())
      expect((await bench.requests()).filter(({ mutating }) => mutating)).toEqual([])
    })
  },
)

/** A server that answers with whatever it was sent, as an error page of a proxy may; `let through` is answered first. */
async function withEcho(
  letThrough: (request: IncomingMessage) => { status: number; body: object } | undefined,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const echo = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      // What carries a token comes first: a message may be cut short.
      const sent = Buffer.concat(chunks).toString()
      const [, secretString = sent] = /"SecretString":"((?:[^"\\]|\\.)*)"/.exec(sent) ?? []
      const said = `${secretString} ${request.headers.authorization ?? ''}`
      const { status, body } = letThrough(request) ?? {
        status: 400,
        body: { details: said, message: said, Message: said, __type: `EchoException ${said}` },
      }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => {
    echo.listen(0, '127.0.0.1', resolve)
  })
  const address = echo.address()
  try {
    await use(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
  } finally {
    echo.closeAllConnections()
    echo.close()
  }
}

describe.concurrent('a service that repeats what it was sent does not make it show:', () => {
  const tokens = ['dckr_pat_canary-0123456789abcdef_gh', 'canary"quoted\\slashed'] as const
  const cases = (['docker', 'aws', 'github'] as const).flatMap((service) =>
    tokens.map((token) => ({ service, token })),
  )
  test.each(cases)('$service, $token', async ({ service, token }) => {
    // AWS reads are answered, so that the writes, which carry the token, are echoed.
    const letThrough = (request: IncomingMessage) => {
      if (service === 'docker') return undefined
      const read = /\.(Describe|Get)/.test(String(request.headers['x-amz-target']))
      return read
        ? { status: 400, body: { __type: 'ResourceNotFoundException', Message: 'none' } }
        : undefined
    }
    const ghToken = 'github_pat_canary_0123456789'
    await withBench(async (bench) => {
      await withEcho(letThrough, async (url) => {
        const variables = {
          docker: { DOCKER_AUTH_URL: url, DOCKER_HUB_URL: url, DOCKER_REGISTRY_URL: url },
          aws: { AWS_ENDPOINT_URL_SECRETS_MANAGER: url },
          github: { GITHUB_API_URL: url, GH_TOKEN: ghToken },
        }[service]
        const skip = service === 'docker' ? [] : ['--skip-proof']
        const { code, stdout, stderr } = await bench.run(['sync', '--source', 'env', '--verbose', ...skip], {
          env: { DOCKER_HUB_USERNAME: 'sandbox', DOCKER_HUB_TOKEN: token, ...variables },
        })
        expect(code).toBe(1)
        expectNoTrace(stdout + stderr, token)
        expectNoTrace(stdout + stderr, ghToken)
      })
    })
  })
})

test('no file is left behind, and none that was there has changed', async () => {
  await withBench(async (bench) => {
    const contents = async () =>
      Promise.all(
        (await readdir(bench.directory, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'utf8')]),
      )
    const before = await contents()
    expect(await bench.run(['sync', '--verbose'])).toMatchObject({ code: 0 })
    expect(await contents()).toEqual(before)
  })
})

test('a token that ECR repeats in what it says of a rule shows neither in sync nor in verify', async () => {
  await withBench(async (bench) => {
    const first = 'dckr_pat_canary-1st-56789abcdefghij'
    const second = 'dckr_pat_canary-2nd-56789abcdefghij'
    for (const token of [first, second]) {
      await bench.control('POST', '/docker-hub/accounts', {
        username: 'sandbox',
        token,
        scope: 'repo:public_read',
        plan: 'personal',
        state: 'active',
      })
    }
    expect((await syncWith(bench, first)).code).toBe(0)
    await makeRule(bench)
    await bench.control('POST', '/faults', {
      service: 'ecr',
      operation: 'ValidatePullThroughCacheRule',
      times: 'always',
      fault: { kind: 'invalid', failure: `no login with {"username":"sandbox","accessToken":"${second}"}` },
    })
    const env = {
      DOCKER_HUB_USERNAME: 'sandbox',
      DOCKER_HUB_TOKEN: second,
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: join(bench.directory, 'summary.md'),
    }
    const runs = [
      await syncWith(bench, second, '--timeout', '5', '--json'),
      await bench.run(['verify', '--source', 'env', '--json'], { env }),
      await bench.run(['verify', '--source', 'env', '--verbose'], { env }),
    ]
    for (const { stdout, stderr } of runs) expectNoTrace(stdout + stderr, second)
    expect(runs.map(({ code }) => code)).toEqual([1, 2, 2])
    expectNoTrace(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8'), second)
    expect(runs[1]?.stdout).toContain('what was said repeats the token, and is not shown')
  })
})

test('a registry that repeats its login does not make it show in verify --pull', async () => {
  await withBench(async (bench) => {
    const password = 'canary-password-of-ECR'
    const authorization = Buffer.from(`AWS:${password}`).toString('base64')
    const tells: Readonly<Record<string, object>> = {
      GetAuthorizationToken: {},
      ListImages: { imageIds: [] },
      DescribePullThroughCacheRules: {
        pullThroughCacheRules: [
          { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: 'registry-1.docker.io' },
        ],
      },
    }
    const letThrough = ({ headers }: IncomingMessage) => {
      const [, operation = ''] = String(headers['x-amz-target']).split('.')
      const body = tells[operation]
      const proxyEndpoint = `http://${headers.host ?? ''}`
      return (
        body && {
          status: 200,
          body: { ...body, authorizationData: [{ authorizationToken: authorization, proxyEndpoint }] },
        }
      )
    }
    for (const says of [authorization, password, `AWS:${password}`]) {
      await withEcho(
        (request) =>
          letThrough(request) ?? {
            status: 403,
            body: { errors: [{ code: says, message: `you are ${says}` }] },
          },
        async (url) => {
          for (const shown of ['--json', '--verbose']) {
            const { code, stdout, stderr } = await bench.run(
              ['verify', '--source', 'env', '--only', 'aws', '--pull', '--clean-up', shown],
              {
                env: {
                  DOCKER_HUB_USERNAME: 'sandbox',
                  DOCKER_HUB_TOKEN: 'dckr_pat_sandbox_0123456789abcdefghi',
                  AWS_ENDPOINT_URL_ECR: url,
                },
              },
            )
            expect(code).not.toBe(0)
            expect(stdout).toContain('what it says repeats the login')
            expectNoTrace(stdout + stderr, password, 'AWS')
            expectNoTrace(stdout + stderr, 'dckr_pat_sandbox_0123456789abcdefghi')
          }
        },
      )
    }
  })
})
