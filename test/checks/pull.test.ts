import { describe, expect, test } from 'vitest'
import { judgePull } from '../../src/checks/pull.ts'
import type { NewPull, PullFacts } from '../../src/checks/pull-facts.ts'
import type { Pull } from '../../src/ecr/pull-image.ts'
import type { PullLimit } from '../../src/registries/pull-limit.ts'
import { PullthroughError } from '../../src/errors.ts'

const digest = `sha256:${'1'.repeat(64)}`
const through: Pull = {
  digests: [digest],
  image: { digest, platform: 'linux/amd64', bytes: 2_150_000, milliseconds: 812 },
}
const refused: Pull = {
  digests: [],
  refusal: { status: 403, code: 'DENIED', message: 'The authentication failed' },
}
const there = (digest: string) => ({ state: 'there', digest }) as const
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
  fresh: { value: { reference: '1.37.0', atUpstream: there(digest), pull: { value: through } } },
  cached: { reference: '1.36.1', isFromBefore: true, pull: { value: through } },
  limits: [left(200), left(198), left(198)],
  cleanedUp: undefined,
  pinned: undefined,
}
const target = 'us-east-1 docker-hub/library/busybox'
const newImage = 'docker-hub/library/busybox:1.37.0'
const cachedImage = 'docker-hub/library/busybox:1.36.1'
const unreachable = { error: new PullthroughError('ERR_UNREACHABLE', 'no answer') }

const judge = (changes: Partial<PullFacts>, isInvalid = false, username: string | undefined = 'sandbox') =>
  judgePull({ ...facts, ...changes }, { username, isRuleInvalid: () => isInvalid })
const finding = (id: string, ...args: Parameters<typeof judge>) =>
  judge(...args).find((found) => found.id === id)

const fresh = (
  pull: Pull,
  atUpstream: NewPull['atUpstream'] = there(digest),
): { fresh: { value: NewPull } } => ({
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
        detail:
          'Docker Hub counted 2 of sandbox’s pulls while the new image was pulled, and none while the cached one was: 198 are left',
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
    expect(finding('pull.new', fresh(through, there(atUpstream)))).toMatchObject({
      status: 'drift',
      cause: `the cache gives ${digest} for ${newImage}, and Docker Hub has ${atUpstream}`,
    })
  })

  test.each<[string, PullFacts['fresh'], string, string]>([
    ['is not there', { value: { none: 'every tag is cached' } }, 'skipped', 'every tag is cached'],
    ['could not be chosen', unreachable, 'unreachable', 'no answer'],
    [
      'gets no answer',
      { value: { reference: '1.37.0', atUpstream: there(digest), pull: unreachable } },
      'unreachable',
      'no answer',
    ],
  ])('%s', (_what, fresh, status, cause) => {
    expect(finding('pull.new', { fresh })).toEqual({ id: 'pull.new', target, status, cause })
    expect(finding('pull.quota', { fresh })).toMatchObject({ status: 'skipped' })
  })

  test('is not said to be what Docker Hub has if that was not told', () => {
    const value = { reference: '1.37.0', atUpstream: undefined, pull: { value: through } }
    expect(finding('pull.new', { fresh: { value } })).toMatchObject({
      status: 'ok',
      detail: `${newImage} for linux/amd64: 2.1 MB in 812 ms; Docker Hub did not say whether that is what it has`,
    })
    const upstream = { domain: 'ghcr.io', path: 'acme/widgets', tag: '1.37.0' }
    expect(finding('pull.new', { fresh: { value }, upstream })?.detail).not.toContain('Docker Hub')
  })

  test('that is hidden at Docker Hub says nothing of others if it is refused', () => {
    expect(finding('pull.new', fresh(refused, { state: 'hidden' }))?.cause).toBe(
      `${newImage}, which is not cached, cannot be pulled: DENIED: The authentication failed`,
    )
  })

  test('is not there at all', () => {
    const value = { notThere: 'Docker Hub has no tag 99 of library/busybox' }
    expect(finding('pull.new', { fresh: { value } })).toMatchObject({
      status: 'missing',
      cause: value.notThere,
    })
    expect(finding('pull.quota', { fresh: { value } })).toMatchObject({ status: 'skipped' })
  })

  test.each<[string, number, string, PullFacts['limits'], string]>([
    [
      'a policy that is wanting',
      403,
      'User: x is not authorized to perform: ecr:BatchGetImage on resource: y',
      facts.limits,
      'let the role or user that runs this do ecr:BatchGetImage',
    ],
    ['a limit', 429, 'Too many', [left(1), left(0), left(0)], 'do what mends docker-hub.limit'],
    [
      'a throttle',
      429,
      'Rate exceeded',
      facts.limits,
      'run: pullthrough doctor busybox:1.37.0 --region us-east-1',
    ],
  ])('that is refused for %s has a fix of its own', (_why, status, message, limits, fix) => {
    const pull: Pull = { digests: [], refusal: { status, code: 'DENIED', message } }
    expect(finding('pull.new', { ...fresh(pull), limits })).toMatchObject({ status: 'drift', fix })
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

describe('a pin', () => {
  const tag = '1.37.0'
  const pin = `sha256:${'3'.repeat(64)}`
  const upstream = { ...facts.upstream, tag }
  const image = `docker-hub/library/busybox@${pin}`
  const missing: Pull = {
    digests: [],
    refusal: { status: 404, code: 'MANIFEST_UNKNOWN', message: 'Requested image not found' },
  }
  const pinned = (pull: PullFacts['fresh'] | { value: Pull }, changes: Partial<PullFacts> = {}) =>
    finding('pull.pinned', {
      upstream,
      pinned: { reference: pin, pull: pull as { value: Pull } },
      ...changes,
    })

  test('is asked for by nobody', () => {
    expect(finding('pull.pinned', {})).toBeUndefined()
  })

  test('is in the cache', () => {
    expect(pinned({ value: through })).toEqual({
      id: 'pull.pinned',
      target,
      status: 'ok',
      detail: `${image} for linux/amd64: 2.1 MB in 812 ms`,
      pull: { image, digest, bytes: 2_150_000, milliseconds: 812 },
    })
  })

  test('is another image than its tag has now', () => {
    expect(pinned({ value: missing })).toEqual({
      id: 'pull.pinned',
      target,
      status: 'drift',
      cause: `${image} is not in the cache, and the tag 1.37.0 brings another one, ${digest}: ECR fetches nothing by digest (MANIFEST_UNKNOWN: Requested image not found)`,
      fix: `pin 1.37.0@${digest}, or name the tag that the digest had: --pull NAME:TAG@DIGEST`,
    })
  })

  test('says nothing where the tag did not pull', () => {
    expect(pinned({ value: missing }, { ...fresh(refused), cached: undefined })).toEqual({
      id: 'pull.pinned',
      target,
      status: 'skipped',
      cause: 'its tag was not pulled, see pull.new',
    })
  })

  test('gets no answer', () => {
    expect(pinned(unreachable)).toMatchObject({ status: 'unreachable', cause: 'no answer' })
  })
})

describe('whose pulls were used', () => {
  test.each<[string, PullFacts['limits'], string, string]>([
    [
      'nobody’s, as it seems',
      [left(200), left(200), left(200)],
      'warning',
      'ECR pulled a new image, and sandbox still has 200 pulls: ECR logs in as somebody else, or Docker Hub counts late, or not this image',
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
      'not known where the window ended during the new pull',
      [left(3), left(198), left(198)],
      'unknowable',
      'whose pulls these were is not known: the count rose from 3 to 198 meanwhile, as it does when its window ends',
    ],
    [
      'not known where the window ended during the cached pull',
      [left(5), left(3), left(200)],
      'unknowable',
      'whose pulls these were is not known: the count rose from 3 to 200 meanwhile, as it does when its window ends',
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
      detail:
        'Docker Hub counted 2 of sandbox’s pulls while the new image was pulled, and 1 while the cached one was: 197 are left',
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
      { images: 3, isTagGone: true, isRepositoryGone: true, left: 0 },
      'deleted what the pull had brought: 3 images and the repository',
    ],
    [
      { images: 1, isTagGone: true, isRepositoryGone: false, left: 0 },
      'deleted what the pull had brought: 1 image',
    ],
    [
      { images: 0, isTagGone: true, isRepositoryGone: false, left: 0 },
      'deleted what the pull had brought: the tag',
    ],
  ])('%j', (value, detail) => {
    expect(finding('pull.clean-up', { cleanedUp: { value } })).toEqual({
      id: 'pull.clean-up',
      target,
      status: 'ok',
      detail,
    })
  })

  test.each([
    [
      { images: 1, isTagGone: true, isRepositoryGone: false, left: 2 },
      'deleted what the pull had brought: 1 image; 2 images that came meanwhile stay, for it is not known that this pull brought them',
    ],
    [
      { images: 0, isTagGone: false, isRepositoryGone: false, left: 1 },
      `nothing of ${newImage} is deleted; 1 image that came meanwhile stays, for it is not known that this pull brought it`,
    ],
  ])('leaves what is not known to be its own: %j', (value, cause) => {
    expect(finding('pull.clean-up', { cleanedUp: { value } })).toEqual({
      id: 'pull.clean-up',
      target,
      status: 'warning',
      cause,
      fix: 'look at what is there: aws ecr list-images --repository-name docker-hub/library/busybox --region us-east-1',
    })
  })

  test('says nothing where nothing came', () => {
    expect(finding('pull.clean-up', { cleanedUp: { value: undefined } })).toBeUndefined()
  })

  test('fails', () => {
    const error = new PullthroughError('ERR_DENIED', 'may not', { hint: 'ask' })
    expect(finding('pull.clean-up', { cleanedUp: { error } })).toEqual({
      id: 'pull.clean-up',
      target,
      status: 'denied',
      cause: `may not; what ${newImage} brought may still be there`,
      fix: 'ask',
    })
  })
})
