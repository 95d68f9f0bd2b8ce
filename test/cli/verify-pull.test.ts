import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/checks/finding.ts'
import { makeRule, withBench } from './converged.ts'
import { type Bench, seeded } from './in-process.ts'

const credential = { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token }
const repository = 'docker-hub/library/busybox'
const target = `us-east-1 ${repository}`

interface Report {
  readonly ok: boolean
  readonly checks: readonly Finding[]
}

/** `verify --pull`, and what it says of the pulls. */
async function pull(bench: Bench, flags: readonly string[] = ['--pull'], env: Record<string, string> = {}) {
  const argv = ['verify', '--source', 'env', '--only', 'aws', '--json', ...flags]
  const { code, stdout, stderr } = await bench.run(argv, { env: { ...credential, ...env } })
  const { checks } = JSON.parse(stdout) as Report
  const ofPulls = checks.filter(({ id }) => id.startsWith('pull.'))
  return {
    code,
    stdout,
    stderr,
    checks,
    pulls: Object.fromEntries(ofPulls.map((found) => [found.id, found])),
  }
}

/** Sync, and a rule of the name that everybody uses. */
async function prepare(bench: Bench): Promise<void> {
  const run = await bench.run(['sync', '--source', 'env', '--only', 'aws'], { env: credential })
  expect(run).toMatchObject({ code: 0 })
  await makeRule(bench)
  await bench.control('DELETE', '/requests')
}

const withCache = (use: (bench: Bench) => Promise<void>) =>
  withBench(async (bench) => {
    await prepare(bench)
    await use(bench)
  })

const repositoriesOf = ({ sandbox }: Bench) =>
  sandbox.state().aws['123456789012']?.['us-east-1']?.repositories ?? []
/** That images were pulled again changes the time of that alone. */
const imagesOf = (bench: Bench) =>
  repositoriesOf(bench)
    .flatMap(
      ({ images }) => images as readonly { readonly imageDigest: string; readonly imageTags: unknown }[],
    )
    .map(({ imageDigest, imageTags }) => ({ imageDigest, imageTags }))
const pullsOf = ({ sandbox }: Bench) => {
  const { accounts, anonymousPulls } = sandbox.state().dockerHub
  return { account: accounts.reduce((sum, { pulls }) => sum + pulls, 0), anonymous: anonymousPulls }
}

/** What the registry was asked for its images. */
async function upstreamGets(bench: Bench): Promise<number> {
  const requests = await bench.requests()
  return requests.filter(
    ({ service, operation }) =>
      service === 'docker-registry' && operation.startsWith('GET /v2/{name}/manifests'),
  ).length
}

const ofManifest = 'GET /v2/{name}/manifests/{reference}'
const ofBlob = 'GET /v2/{name}/blobs/{digest}'

/** Of ECR’s registry, unless another service is named. */
async function fault(
  bench: Bench,
  operation: string,
  fault: object,
  times: number | 'always',
  service = 'ecr-registry',
): Promise<void> {
  await bench.control('POST', '/faults', { service, operation, times, fault })
}

async function killToken(bench: Bench): Promise<void> {
  await bench.control('POST', '/docker-hub/accounts', { ...seeded, state: 'revoked' })
}

describe.concurrent('verify --pull', () => {
  test('pulls a new image and a cached one, and says whose pulls were used', () =>
    withCache(async (bench) => {
      const { code, pulls } = await pull(bench)
      const measured = {
        image: `${repository}:1.37`,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
        bytes: expect.any(Number) as number,
        milliseconds: expect.any(Number) as number,
      }
      const { account, anonymous } = pullsOf(bench)
      expect({ code, pulls, anonymous }).toEqual({
        code: 0,
        anonymous: 0,
        pulls: {
          'pull.new': {
            id: 'pull.new',
            target,
            status: 'ok',
            detail: expect.stringMatching(
              /^docker-hub\/library\/busybox:1\.37 for linux\/amd64: [\d.]+ (bytes|kB) in \d+ ms$/,
            ) as string,
            pull: measured,
          },
          'pull.cached': {
            id: 'pull.cached',
            target,
            status: 'ok',
            detail: expect.stringMatching(/ in \d+ ms, just cached$/) as string,
            pull: measured,
          },
          'pull.quota': {
            id: 'pull.quota',
            target,
            status: 'ok',
            detail: `Docker Hub counted ${account} of sandbox’s pulls while the new image was pulled, and none while the cached one was: ${200 - account} are left`,
          },
        },
      })
      expect(account).toBeGreaterThan(0)
      expect(repositoriesOf(bench).map(({ repositoryName }) => repositoryName)).toEqual([repository])
    }))

  test('takes another tag each time, and the cached one from before', () =>
    withCache(async (bench) => {
      await pull(bench)
      const second = await pull(bench)
      expect([second.pulls['pull.new']?.pull?.image, second.pulls['pull.cached']?.pull?.image]).toEqual([
        `${repository}:latest`,
        `${repository}:1.37`,
      ])
      const third = await pull(bench)
      expect(third.code).toBe(0)
      expect(third.pulls['pull.new']).toEqual({
        id: 'pull.new',
        target,
        status: 'skipped',
        cause: 'every tag of library/busybox that Docker Hub shows is cached',
      })
      expect(third.pulls['pull.cached']?.status).toBe('ok')
    }))

  test('takes the image and the tag that are named', () =>
    withCache(async (bench) => {
      const { pulls } = await pull(bench, ['--pull', 'grafana/grafana:11.0.0'])
      expect(pulls['pull.new']?.pull?.image).toBe('docker-hub/grafana/grafana:11.0.0')
    }))

  test('brings an image by its tag, and then pulls it by its digest', () =>
    withCache(async (bench) => {
      const first = await pull(bench, ['--pull', 'debian:12'])
      const digest = first.pulls['pull.new']?.pull?.digest ?? ''
      const pinned = await pull(bench, ['--pull', `debian:12@${digest}`])
      expect({ code: pinned.code, pull: pinned.pulls['pull.pinned'] }).toMatchObject({
        code: 0,
        pull: { status: 'ok', pull: { digest } },
      })

      await bench.control('POST', '/docker-hub/images', { repository: 'library/debian', tags: ['13'] })
      const other = await pull(bench, ['--pull', `debian:13@sha256:${'0'.repeat(64)}`])
      expect(other.code).toBe(2)
      expect(other.pulls['pull.new']?.status).toBe('ok')
      expect(other.pulls['pull.pinned']?.fix).toContain(
        `pin 13@${other.pulls['pull.new']?.pull?.digest ?? ''}`,
      )
    }))

  test('catches the dead token that a cache hides', () =>
    withCache(async (bench) => {
      await pull(bench)
      await killToken(bench)
      const { code, pulls } = await pull(bench)
      expect(code).toBe(2)
      expect(pulls['pull.cached']?.status).toBe('ok')
      expect(pulls['pull.new']).toEqual({
        id: 'pull.new',
        target,
        status: 'drift',
        cause: `${repository}:1.37 is cached and still pulls, which hides that nothing new does: ${repository}:latest: DENIED: The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct, and try again`,
        fix: 'do what mends rule.valid',
      })
    }))

  test('deletes what it made when asked, and nothing else', () =>
    withCache(async (bench) => {
      const first = await pull(bench, ['--pull', '--clean-up'])
      expect(first.code).toBe(0)
      expect(first.pulls['pull.clean-up']?.detail).toMatch(
        /^deleted what the pull had brought: \d images and the repository$/,
      )
      expect(repositoriesOf(bench)).toEqual([])

      await pull(bench)
      const before = imagesOf(bench)
      const second = await pull(bench, ['--pull', '--clean-up'])
      expect(second.pulls['pull.clean-up']?.detail).toMatch(/^deleted what the pull had brought: \d images$/)
      expect(imagesOf(bench)).toEqual(before)
    }))

  test('deletes nothing where nothing was pulled', () =>
    withCache(async (bench) => {
      await killToken(bench)
      const { pulls } = await pull(bench, ['--pull', '--clean-up'])
      expect(pulls['pull.clean-up']).toBeUndefined()
      const requests = await bench.requests()
      expect(requests.filter(({ operation }) => operation.includes('Delete'))).toEqual([])
    }))

  test('deletes what a pull brought that was refused half-way', () =>
    withCache(async (bench) => {
      await fault(bench, ofBlob, { kind: 'deny' }, 'always')
      const { code, pulls } = await pull(bench, ['--pull', '--clean-up'])
      expect(code).toBe(2)
      expect(pulls['pull.new']?.status).toBe('drift')
      expect(pulls['pull.clean-up']?.detail).toMatch(/: \d images and the repository$/)
      expect(repositoriesOf(bench)).toEqual([])
    }))

  test('says what it leaves of a pull that was cut off half-way', () =>
    withCache(async (bench) => {
      await fault(bench, ofBlob, { kind: 'reset' }, 'always')
      const { code, pulls } = await pull(bench, ['--pull', '--clean-up'])
      expect(code).toBe(1)
      expect(pulls['pull.clean-up']).toEqual({
        id: 'pull.clean-up',
        target,
        status: 'warning',
        cause:
          'deleted what the pull had brought: 1 image; 2 images that came meanwhile stay, for it is not known that this pull brought them',
        fix: `look at what is there: aws ecr list-images --repository-name ${repository} --region us-east-1`,
      })
    }))

  test('says what may be left if it may not delete', () =>
    withCache(async (bench) => {
      await fault(bench, 'BatchDeleteImage', { kind: 'deny' }, 'always', 'ecr')
      const { code, pulls } = await pull(bench, ['--pull', '--clean-up'])
      expect(code).toBe(1)
      expect(pulls['pull.clean-up']).toMatchObject({
        status: 'denied',
        cause: expect.stringMatching(/; what \S+busybox:1\.37 brought may still be there$/) as string,
      })
    }))

  test('says what may be left if it is interrupted before it deletes', () =>
    withCache(async (bench) => {
      await fault(bench, 'BatchDeleteImage', { kind: 'hang' }, 'always', 'ecr')
      const interruption = new AbortController()
      const running = bench.run(['verify', '--source', 'env', '--only', 'aws', '--pull', '--clean-up'], {
        env: credential,
        signal: interruption.signal,
      })
      while (!(await bench.requests()).some(({ operation }) => operation === 'BatchDeleteImage'))
        await wait(10)
      interruption.abort()
      const { code, stderr } = await running
      expect({ code, stderr }).toEqual({
        code: 130,
        stderr: `pullthrough: error: interrupted\npullthrough: hint: nothing is cleaned up; see whether ${repository}:1.37 is there: aws ecr list-images --repository-name ${repository} --region us-east-1\n`,
      })
    }))

  test.each([ofManifest, ofBlob, 'GET /layers/{layer}'])('is not stopped by one reset of %s', (operation) =>
    withCache(async (bench) => {
      await fault(bench, operation, { kind: 'reset' }, 1)
      const { code, pulls } = await pull(bench)
      expect({ code, status: pulls['pull.new']?.status }).toEqual({ code: 0, status: 'ok' })
    }),
  )

  test.each<[string, string, string]>([
    [
      'sandbox/private',
      'us-east-1 docker-hub/sandbox/private',
      'Docker Hub shows no repository sandbox/private: there is none, or whoever asked may not see it',
    ],
    ['debian:nope', 'us-east-1 docker-hub/library/debian', 'Docker Hub has no tag nope of library/debian'],
    [
      'ghcr.io/acme/widgets:1',
      'us-east-1',
      'no pull-through cache rule in us-east-1 caches ghcr.io/acme/widgets:1',
    ],
  ])('finds that nothing is there to pull: %s', (image, target, cause) =>
    withCache(async (bench) => {
      await bench.control('POST', '/aws/repositories', {
        repositoryName: 'docker-hub/library/debian',
        imageTags: ['12'],
      })
      const { code, pulls } = await pull(bench, ['--pull', image])
      expect(code).toBe(2)
      expect(pulls['pull.new']).toEqual({
        id: 'pull.new',
        target,
        status: 'missing',
        cause,
        fix: expect.any(String) as string,
      })
    }),
  )

  test('pulls where Docker Hub is out of reach from here', () =>
    withCache(async (bench) => {
      const { pulls } = await pull(bench, ['--pull', 'debian:12'], {
        DOCKER_AUTH_URL: 'http://127.0.0.1:1',
        DOCKER_REGISTRY_URL: 'http://127.0.0.1:1',
      })
      expect(pulls['pull.new']).toMatchObject({
        status: 'ok',
        detail: expect.stringContaining('; Docker Hub did not say whether that is what it has') as string,
      })
      expect(pulls['pull.quota']?.status).toBe('unknowable')
    }))

  test('names the pull limit when it is used up', () =>
    withCache(async (bench) => {
      await bench.control('POST', '/docker-hub/accounts', { ...seeded, pullsLeft: 0 })
      const { code, checks, pulls } = await pull(bench)
      expect(code).toBe(2)
      expect(pulls['pull.new']).toMatchObject({ status: 'drift' })
      expect(checks.find(({ id }) => id === 'docker-hub.limit')?.status).toBe('drift')
      expect(pulls['pull.quota']?.status).toBe('skipped')
    }))

  test('shows that a cached image costs the upstream nothing', () =>
    withCache(async (bench) => {
      await pull(bench, ['--pull', 'debian:12'])
      const gets = await upstreamGets(bench)
      expect(gets).toBeGreaterThan(0)
      const again = await pull(bench, ['--pull', 'debian:12', '--region', 'us-east-1'])
      expect(again.pulls['pull.cached']?.pull?.image).toBe('docker-hub/library/debian:12')
      expect(again.pulls['pull.new']?.pull?.image).not.toBe('docker-hub/library/debian:12')
    }))

  test('cannot tell whose pulls they were without a limit', () =>
    withCache(async (bench) => {
      await bench.control('POST', '/docker-hub/accounts', { ...seeded, plan: 'pro' })
      const { code, pulls } = await pull(bench)
      expect(code).toBe(0)
      expect(pulls['pull.quota']?.status).toBe('unknowable')
    }))

  test.each<[string, string, string, string]>([
    ['GetAuthorizationToken', 'ecr', 'GetAuthorizationToken', 'denied'],
    ['ListImages', 'ecr', 'ListImages', 'denied'],
  ])('says that it may not: %s', (_name, service, operation, status) =>
    withCache(async (bench) => {
      await bench.control('POST', '/faults', { service, operation, times: 'always', fault: { kind: 'deny' } })
      const { code, pulls } = await pull(bench)
      expect(code).toBe(1)
      expect(pulls).toEqual({
        'pull.new': {
          id: 'pull.new',
          target: 'us-east-1',
          status,
          cause: expect.stringContaining(operation) as string,
          fix: expect.any(String) as string,
        },
      })
    }),
  )

  test.each(['reset', 'html', 'error'])('says that the registry gave no answer: %s', (kind) =>
    withCache(async (bench) => {
      const fault = kind === 'reset' ? { kind } : { kind, status: 502 }
      await bench.control('POST', '/faults', {
        service: 'ecr-registry',
        operation: '*',
        times: 'always',
        fault,
      })
      const { code, pulls } = await pull(bench)
      expect(code).toBe(1)
      expect(pulls['pull.new']?.status).toBe('unreachable')
      expect(pulls['pull.cached']?.status).toBe('skipped')
    }),
  )

  test('skips a Region without a rule, and proves the others', () =>
    withCache(async (bench) => {
      const { pulls, checks } = await pull(bench, [
        '--pull',
        '--region',
        'eu-west-1',
        '--region',
        'us-east-1',
      ])
      expect(
        checks.filter(({ id }) => id === 'pull.new').map(({ target, status }) => [target, status]),
      ).toEqual([
        ['eu-west-1', 'skipped'],
        [target, 'ok'],
      ])
      expect(pulls['pull.cached']?.status).toBe('ok')
    }))

  test('shows no token, and no password of the registry', () =>
    withCache(async (bench) => {
      await killToken(bench)
      const { stdout, stderr } = await pull(bench)
      for (const secret of [seeded.token, 'Authorization', 'Basic ', 'X-Amz-Signature']) {
        expect(stdout + stderr).not.toContain(secret)
      }
    }))

  test.each([
    [['--clean-up'], '--clean-up deletes what --pull brought, and that is not given'],
    [['--pull', '--before-up'], '--pull needs the rules that --before-up does without'],
    [['--pull', '--only', 'github'], '--pull asks AWS, and --only github does not'],
    [['--pull', `debian@sha256:${'0'.repeat(64)}`], `--pull cannot take "debian@sha256:${'0'.repeat(64)}"`],
    [['--pull', 'De bian'], '--pull cannot take "De bian"'],
  ])('refuses %j before anything is asked', (flags, message) =>
    withBench(async (bench) => {
      const { code, stderr } = await bench.run(['verify', '--source', 'env', ...flags], { env: credential })
      expect(code).toBe(1)
      expect(stderr.split('\n')[0]).toBe(`pullthrough: error: ${message}`)
      expect(await bench.requests()).toEqual([])
    }),
  )
})
