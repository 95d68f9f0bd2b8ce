import { describe, expect, test } from 'vitest'
import { judgePull } from '../../src/checks/pull.ts'
import type { PullFacts } from '../../src/checks/pull-facts.ts'
import type { Pull } from '../../src/ecr/pull-image.ts'
import type { PullLimit } from '../../src/registries/pull-limit.ts'
import { PullthroughError } from '../../src/errors.ts'

const digest = `sha256:${'1'.repeat(64)}`
const through: Pull = {
  image: { digest, digests: [digest], platform: 'linux/amd64', bytes: 2_150_000, milliseconds: 812 },
}
const refused: Pull = { refusal: { status: 403, code: 'DENIED', message: 'The authentication failed' } }
const left = (remaining: number): PullLimit => ({
  state: 'limited',
  limit: 200,
  remaining,
  windowSeconds: 21_600,
})

const facts: PullFacts = {
  region: 'us-east-1',
  upstream: { domain: 'docker.io', path: 'library/busybox' },
  rule: {
    ecrRepositoryPrefix: 'docker-hub',
    upstreamRegistryUrl: 'registry-1.docker.io',
    upstreamRegistry: 'docker-hub',
    credentialArn: undefined,
    upstreamRepositoryPrefix: undefined,
  },
  repository: 'docker-hub/library/busybox',
  fresh: { value: { reference: '1.37.0', atUpstream: digest, pull: { value: through } } },
  cached: { reference: '1.36.1', isFromBefore: true, pull: { value: through } },
  limits: [left(200), left(198), left(198)],
  cleanedUp: undefined,
}
const target = 'us-east-1 docker-hub/library/busybox'
const newImage = 'docker-hub/library/busybox:1.37.0'
const cachedImage = 'docker-hub/library/busybox:1.36.1'
const unreachable = { error: new PullthroughError('ERR_UNREACHABLE', 'no answer') }

const judge = (changes: Partial<PullFacts>, isInvalid = false, username: string | undefined = 'sandbox') =>
  judgePull({ ...facts, ...changes }, { username, isRuleInvalid: () => isInvalid })
const finding = (id: string, ...args: Parameters<typeof judge>) =>
  judge(...args).find((found) => found.id === id)

const fresh = (pull: Pull, atUpstream: string | undefined = digest): Pick<PullFacts, 'fresh'> => ({
  fresh: { value: { reference: '1.37.0', atUpstream, pull: { value: pull } } },
})

describe('the pulls of a Region', () => {
  test('are fine', () => {
    const pull = { digest, bytes: 2_150_000, milliseconds: 812 }
    expect(judge({})).toEqual([
      {
        id: 'pull.new',
        target,
        status: 'ok',
        detail: `${newImage} for linux/amd64: 2.1 MB in 812 ms`,
        pull: { ...pull, image: newImage },
      },
      {
        id: 'pull.cached',
        target,
        status: 'ok',
        detail: `${cachedImage} for linux/amd64: 2.1 MB in 812 ms`,
        pull: { ...pull, image: cachedImage },
      },
      {
        id: 'pull.quota',
        target,
        status: 'ok',
        detail: 'the new image used 2 of sandbox’s pulls, and the cached one none: 198 are left',
      },
    ])
  })
})

describe('a new image', () => {
  test('that is refused while a cached one pulls is what the cache hides', () => {
    expect(finding('pull.new', fresh(refused), true)).toEqual({
      id: 'pull.new',
      target,
      status: 'drift',
      cause: `${cachedImage} is cached and still pulls, which hides that nothing new does: ${newImage}: DENIED: The authentication failed`,
      fix: 'do what mends rule.valid',
    })
  })

  test.each<[string, Partial<PullFacts>]>([
    ['nothing is cached', { cached: undefined }],
    [
      'the cached one fails too',
      { cached: { reference: '1.36.1', isFromBefore: true, pull: { value: refused } } },
    ],
    [
      'the cached one gets no answer',
      { cached: { reference: '1.36.1', isFromBefore: true, pull: unreachable } },
    ],
  ])('that is refused hides nothing if %s', (_why, changes) => {
    expect(finding('pull.new', { ...fresh(refused), ...changes })).toEqual({
      id: 'pull.new',
      target,
      status: 'drift',
      cause: `${newImage}, which is not cached, cannot be pulled: DENIED: The authentication failed`,
      fix: 'run: pullthrough doctor busybox:1.37.0 --region us-east-1',
    })
  })

  test('is another than Docker Hub has', () => {
    const atUpstream = `sha256:${'2'.repeat(64)}`
    expect(finding('pull.new', fresh(through, atUpstream))).toMatchObject({
      status: 'drift',
      cause: `the cache gives ${digest} for ${newImage}, and Docker Hub has ${atUpstream}`,
    })
  })

  test.each<[string, PullFacts['fresh'], string, string]>([
    ['is not there', { value: { none: 'every tag is cached' } }, 'skipped', 'every tag is cached'],
    ['could not be chosen', unreachable, 'unreachable', 'no answer'],
    [
      'gets no answer',
      { value: { reference: '1.37.0', atUpstream: digest, pull: unreachable } },
      'unreachable',
      'no answer',
    ],
  ])('%s', (_what, fresh, status, cause) => {
    expect(finding('pull.new', { fresh })).toEqual({ id: 'pull.new', target, status, cause })
    expect(finding('pull.quota', { fresh })).toMatchObject({ status: 'skipped' })
  })

  test('need not be compared', () => {
    const value = { reference: '1.37.0', atUpstream: undefined, pull: { value: through } }
    expect(finding('pull.new', { fresh: { value } })?.status).toBe('ok')
  })
})

describe('a cached image', () => {
  test('is the one that was just pulled', () => {
    const cached = { reference: '1.37.0', isFromBefore: false, pull: { value: through } }
    expect(finding('pull.cached', { cached })).toMatchObject({
      status: 'ok',
      detail: `${newImage} for linux/amd64: 2.1 MB in 812 ms, just cached`,
    })
  })

  test.each<[string, PullFacts['cached'], object]>([
    ['is not there', undefined, { status: 'skipped', cause: 'no image of it is cached' }],
    [
      'gets no answer',
      { reference: '1.36.1', isFromBefore: true, pull: unreachable },
      { status: 'unreachable', cause: 'no answer' },
    ],
    [
      'is refused',
      { reference: '1.36.1', isFromBefore: true, pull: { value: refused } },
      {
        status: 'drift',
        cause: `${cachedImage} is cached and cannot be pulled: DENIED: The authentication failed`,
        fix: 'run: pullthrough doctor busybox:1.36.1 --region us-east-1',
      },
    ],
  ])('%s', (_what, cached, expected) => {
    expect(finding('pull.cached', { cached })).toEqual({ id: 'pull.cached', target, ...expected })
  })
})

describe('whose pulls were used', () => {
  test.each<[string, PullFacts['limits'], string, string]>([
    [
      'nobody’s, as it seems',
      [left(200), left(200), left(200)],
      'warning',
      'ECR pulled a new image, and sandbox still has 200 pulls: ECR logs in as somebody else, or Docker Hub counts late',
    ],
    [
      'nobody’s that are counted',
      [{ state: 'unlimited' }, { state: 'unlimited' }, { state: 'unlimited' }],
      'unknowable',
      'Docker Hub sets no pull limit for sandbox, so that no count shows whose pulls these were',
    ],
    [
      'not told in between',
      [left(200), { state: 'unknown', why: 'Docker Hub’s registry answered 503' }, left(198)],
      'unknowable',
      'whose pulls these were is not known: Docker Hub’s registry answered 503',
    ],
    [
      'not asked without a login',
      undefined,
      'unknowable',
      'whose pulls these were is not known: no credential that Docker Hub accepts could be read here',
    ],
  ])('%s', (_whose, limits, status, cause) => {
    expect(finding('pull.quota', { limits })).toMatchObject({ status, cause })
  })

  test('counts a cached image that was not free', () => {
    expect(finding('pull.quota', { limits: [left(200), left(198), left(197)] })).toMatchObject({
      status: 'ok',
      detail: 'the new image used 2 of sandbox’s pulls, and the cached one 1: 197 are left',
    })
  })

  test('is not asked of another upstream', () => {
    const upstream = { domain: 'ghcr.io', path: 'acme/widgets', tag: '1' }
    expect(finding('pull.quota', { upstream })).toMatchObject({ status: 'skipped' })
  })
})

describe('the clean-up', () => {
  test.each([
    [
      { digests: 3, isRepositoryGone: true },
      'deleted 3 images that the pull had brought, and the repository',
    ],
    [{ digests: 1, isRepositoryGone: false }, 'deleted 1 image that the pull had brought'],
    [{ digests: 0, isRepositoryGone: false }, 'deleted the tag that the pull had brought'],
  ])('%j', (value, detail) => {
    expect(finding('pull.clean-up', { cleanedUp: { value } })).toEqual({
      id: 'pull.clean-up',
      target,
      status: 'ok',
      detail,
    })
  })

  test('fails', () => {
    const error = new PullthroughError('ERR_DENIED', 'may not', { hint: 'ask' })
    expect(finding('pull.clean-up', { cleanedUp: { error } })).toEqual({
      id: 'pull.clean-up',
      target,
      status: 'denied',
      cause: 'may not',
      fix: 'ask',
    })
  })
})
