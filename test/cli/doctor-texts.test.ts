import { describe, expect, test } from 'vitest'
import type { CheckId } from '../../src/checks/finding.ts'
import {
  account,
  allow,
  type Asking,
  host,
  pulling,
  readingRules,
  repository,
  simulating,
  step,
  useDoctorWorld,
} from './doctor-world.ts'
import { seeded } from './in-process.ts'

const { ask, run, requests, forgetRequests, ...world } = useDoctorWorld()

const uri = (path: string) => `${host}/${path}`

const authenticationFailed = (image: string) =>
  `Error response from daemon: pull access denied for ${image}, repository does not exist or may require 'docker login': denied: The authentication to the upstream registry failed. Verify that the credentials provided in the pull through cache rule are correct, and try again.`

const repositoryMissing = (path: string) =>
  `Error response from daemon: repository ${uri(path)} not found: name unknown: The repository with name '${path}' does not exist in the registry with id '${account}'`

/** A text that was printed, in a world that is broken in the way that it may mean. */
interface Printed {
  readonly name: string
  readonly text: string
  readonly breaks?: () => Promise<unknown>
  readonly asking?: () => Promise<Asking>
  /** Of the first explanation. */
  readonly cause: RegExp
  readonly fix: RegExp
  /** The first check that is red; none where all is well, or no check can tell. */
  readonly failsAt: CheckId | null
  readonly given?: string
}

const printed: readonly Printed[] = [
  {
    name: 'ResourceExistsException, where the secret is the one that sync made',
    text: 'error: creating Secrets Manager Secret (ecr-pullthroughcache/docker-hub): ResourceExistsException: The operation failed because the secret ecr-pullthroughcache/docker-hub already exists.',
    cause: /a stack makes the secret that sync has made already/,
    fix: /getSecret/,
    failsAt: null,
  },
  {
    name: 'secret not found, where it is gone',
    text: 'Error: Secret not found',
    breaks: () => world.deleteSecret({ ForceDeleteWithoutRecovery: true }),
    cause: /the secret was not made in this account and Region yet/,
    fix: /pullthrough sync/,
    failsAt: 'secret.present',
  },
  {
    name: 'secret not found, where it is in another Region',
    text: 'invocation of aws:secretsmanager/getSecret:getSecret returned an error: couldn’t find resource',
    asking: () => Promise.resolve({ flags: ['--source', 'env', '--region', 'eu-west-1'] }),
    cause: /the secret was not made in this account and Region yet/,
    fix: /pullthrough sync --region REGION/,
    failsAt: 'secret.present',
  },
  {
    name: 'a workflow without credentials, where the repository lacks a secret',
    text: 'Error: Username and password required',
    breaks: () => world.deleteGitHubSecret('DOCKER_HUB_TOKEN'),
    cause: /the repository does not have both secrets/,
    fix: /pullthrough sync --repo/,
    failsAt: 'github.secrets',
  },
  {
    name: 'a workflow without credentials, where the repository has both secrets',
    text: 'GitHub Actions can’t find credentials',
    cause: /the repository does not have both secrets/,
    fix: /pullthrough sync --repo/,
    failsAt: null,
  },
  {
    name: 'no repository, for want of CreateRepository',
    text: repositoryMissing(repository),
    asking: () => world.signAs([readingRules, simulating, pulling, allow('ecr:BatchImportUpstreamImage')]),
    cause: /whoever pulls may not create its repository/,
    fix: /allow ecr:CreateRepository/,
    failsAt: 'image.permissions',
    given: uri(repository),
  },
  {
    name: 'no repository, for want of a rule',
    text: repositoryMissing('dockerhub/library/debian'),
    cause: /no rule of this account and Region has the prefix/,
    fix: /describe-pull-through-cache-rules/,
    failsAt: 'image.rule',
    given: uri('dockerhub/library/debian'),
  },
  {
    name: 'no image, for want of BatchImportUpstreamImage',
    text: `manifest for ${uri(repository)}:latest not found: manifest unknown: Requested image not found`,
    asking: () => world.signAs([readingRules, simulating, pulling, allow('ecr:CreateRepository')]),
    cause: /may not import from the upstream, which ECR answers as if the image were not there/,
    fix: /allow ecr:BatchImportUpstreamImage/,
    failsAt: 'image.permissions',
    given: `${uri(repository)}:latest`,
  },
  {
    name: 'no image, for want of the tag',
    text: `manifest for ${uri(repository)}:99 not found: manifest unknown: Requested image not found`,
    cause: /the upstream has no image with this tag/,
    fix: /imagetools inspect/,
    failsAt: 'image.upstream',
    given: `${uri(repository)}:99`,
  },
  {
    name: '403, for want of library/',
    text: `failed to resolve reference "${uri('docker-hub/debian')}:12": pulling from host ${host} failed with status code [manifests 12]: 403 Forbidden`,
    cause: /an official image of Docker Hub is written without library/,
    fix: /PREFIX\/library\/NAME/,
    failsAt: 'image.library',
    given: `${uri('docker-hub/debian')}:12`,
  },
  {
    name: 'authentication failed, since the token has expired',
    text: authenticationFailed(uri(repository)),
    breaks: () => world.changeToken({ state: 'expired' }),
    cause: /the credential in the secret is wrong or no longer valid/,
    fix: /validate-pull-through-cache-rule/,
    failsAt: 'image.credential',
    given: uri(repository),
  },
  {
    name: 'authentication failed, since library/ is too much',
    text: authenticationFailed(uri('docker-hub/library/bitnami/redis')),
    cause: /library\/ before an image that is not official/,
    fix: /without library/,
    failsAt: 'image.library',
    given: uri('docker-hub/library/bitnami/redis'),
  },
  {
    name: 'authentication failed, since the repository is not there',
    text: authenticationFailed(uri('docker-hub/acme/widgets')),
    cause: /the upstream has no such repository/,
    fix: /imagetools inspect/,
    failsAt: 'image.upstream',
    given: uri('docker-hub/acme/widgets'),
  },
  {
    name: 'too many requests upstream',
    text: `BatchGetImage of ${uri(repository)}:12: failureCode UpstreamTooManyRequests`,
    breaks: () => world.changeToken({ pullsLeft: 0 }),
    cause: /no pulls left/,
    fix: /wait/,
    failsAt: 'image.limit',
    given: `${uri(repository)}:12`,
  },
  {
    name: 'an expired login at ECR, which no check sees',
    text: 'denied: Your authorization token has expired. Reauthenticate and try again.',
    cause: /the login to ECR, not the one to Docker Hub, is more than 12 hours old/,
    fix: /aws ecr get-login-password/,
    failsAt: null,
  },
  {
    name: 'Lambda, since the image is not cached',
    text: `Source image ${uri(repository)}:12 does not exist. Provide a valid source image.`,
    cause: /Lambda does not pull through the cache/,
    fix: /docker pull/,
    failsAt: 'image.client',
    given: `${uri(repository)}:12`,
  },
]

describe('a text that was printed is told apart', () => {
  test.each(printed)('$name', async ({ text, breaks, asking, cause, fix, failsAt, given = null }) => {
    await breaks?.()
    await forgetRequests()
    const answer = await ask(text, await asking?.())
    expect({ given: answer.given, failsAt: answer.failsAt, code: answer.code }).toEqual({
      given,
      failsAt,
      code: failsAt === null ? 0 : 2,
    })
    const [first] = answer.explanations
    expect(first?.cause).toMatch(cause)
    expect(first?.fix).toMatch(fix)
    const failing = answer.checks.find(({ id }) => id === failsAt)
    expect(typeof failing?.fix).toBe(failsAt === null ? 'undefined' : 'string')
    expect((await requests()).filter(({ mutating }) => mutating)).toEqual([])
  })

  test('where all is well, the checks that were made are shown', async () => {
    const { stdout } = await run('Error: Secret not found')
    expect(stdout).toMatch(/^ {2}ok {2}secret\.present {2}arn:aws:secretsmanager:/m)
    expect(stdout).toMatch(/^ {2}ok {2}aws\.identity {4}123456789012, as /m)
  })

  test('from stdin, named - or not named', async () => {
    const stdin = `\u001b[31mError response from daemon:\u001b[0m manifest for ${uri(repository)}:99 not found:\nmanifest unknown: Requested image not found\n`
    const named = await ask('-', { stdin })
    expect(named).toMatchObject({ code: 2, failsAt: 'image.upstream', given: `${uri(repository)}:99` })
    expect(await ask(undefined, { stdin })).toEqual(named)
  })

  test('of a long log the end counts', async () => {
    const stdin = `${'Pulling fs layer\n'.repeat(100_000)}manifest for ${uri(repository)}:99 not found: manifest unknown: Requested image not found\n`
    expect(await ask(undefined, { stdin })).toMatchObject({ code: 2, failsAt: 'image.upstream' })
  })

  test('an image from stdin', async () => {
    expect(await ask('-', { stdin: 'debian:12\n' })).toMatchObject({ code: 0, given: 'debian:12' })
  })

  test('an unknown text that names an image: that is looked at', async () => {
    const { code, stdout, stderr } = await run('something odd happened to docker pull debian:99')
    expect(code).toBe(2)
    expect(stdout).toContain('fails at: image.upstream')
    expect(stderr).toBe('pullthrough: the text is none that is known; the image that it names is looked at\n')
  })

  test('without a GitHub token the checks of the repository are not made', async () => {
    const answer = await ask('Username and password required', {
      env: { GH_TOKEN: undefined, GITHUB_TOKEN: undefined, PATH: '' },
    })
    expect(answer).toMatchObject({ code: 1, failsAt: 'github.repository' })
    expect(step(answer, 'github.secrets')).toBe('skipped: it hangs on github.repository → ')
  })
})

describe('what cannot be used is refused, and not repeated', () => {
  test.each([
    ['nothing, at a terminal', undefined, undefined, 'no image is named'],
    ['nothing, from stdin', undefined, '', 'no image is named'],
    ['blanks', '  \n', undefined, 'no image is named'],
    ['a token', seeded.token, undefined, 'this looks like a token, and not like an image'],
    ['a token of old', '01234567-89ab-cdef-0123-456789abcdef', undefined, 'this looks like a token'],
    ['an unknown text', 'canary canary canary', undefined, 'the text is none that is known'],
    ['an unknown text from stdin', '-', `password: ${seeded.token}`, 'the text is none that is known'],
  ])('%s', async (_name, text, stdin, message) => {
    const asking = stdin === undefined ? {} : { stdin }
    const { code, stdout, stderr } = await run(text, asking)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`pullthrough: error: ${message}`)
    expect(stderr).toContain('pullthrough: hint: ')
    expect(stderr).not.toMatch(/canary|dckr_pat|0123-4567/)
    expect(await requests()).toEqual([])
    expect(await ask(text, asking)).toMatchObject({
      code: 1,
      given: null,
      ok: false,
      checks: [],
      error: { code: 'ERR_USAGE' },
    })
  })

  test('a word that may be a secret is not shown, though it is judged', async () => {
    const { code, stdout, stderr } = await run('Canary0123456789')
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(stdout).not.toContain('Canary')
    expect(await requests()).toEqual([])
  })

  test('no Region', async () => {
    const { code, stderr } = await run('debian:12', {
      env: { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined },
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^pullthrough: error: no AWS Region is given\npullthrough: hint: /)
  })

  test('bad usage with --json', async () => {
    const { code, stdout } = await run('debian:12', { flags: ['--client', 'podman', '--json'] })
    expect({ code, report: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 1,
      report: { command: 'doctor', ok: false, error: { code: 'ERR_USAGE' } },
    })
  })

  test('a run that was interrupted', async () => {
    const controller = new AbortController()
    controller.abort()
    expect(await run('debian:12', {}, controller.signal)).toMatchObject({ code: 130 })
  })
})

test('the token is nowhere in the output, whatever repeats it', async () => {
  const failure = `the token ${seeded.token} is refused`
  await world.fail('ecr', 'ValidatePullThroughCacheRule', { kind: 'invalid', failure })
  const text = `docker login -u sandbox -p ${seeded.token} failed for docker pull debian:12: pull access denied`
  for (const asked of ['debian:12', text]) {
    for (const flags of [['--json'], ['--verbose'], []]) {
      const { stdout, stderr } = await run(asked, { flags: ['--source', 'env', ...flags] })
      expect(stdout).toContain('image.credential')
      expect(stdout + stderr).not.toContain(seeded.token)
    }
  }
})
