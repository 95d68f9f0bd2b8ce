import { describe, expect, test } from 'vitest'
import { takeBack } from '../../src/checks/pull-clean-up.ts'
import type { Pull } from '../../src/ecr/pull-image.ts'
import { type ImageId, repositoryImages } from '../../src/ecr/repository-images.ts'
import { PullthroughError } from '../../src/errors.ts'
import { makeRule, withBench } from '../cli/converged.ts'
import { type Bench, seeded } from '../cli/in-process.ts'
import { worldOf } from '../registries/docker-hub-sandbox.ts'

const repository = 'docker-hub/library/busybox'
const credential = { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token }

/** A cache, and an image of Docker Hub that has two tags. */
const withCache = (use: (cache: ReturnType<typeof cacheOf>) => Promise<void>) => async () => {
  await withBench(async (bench) => {
    await bench.run(['sync', '--source', 'env', '--only', 'aws'], { env: credential })
    await makeRule(bench)
    await bench.control('POST', '/docker-hub/images', { repository: 'library/busybox', tags: ['8', '9'] })
    await use(cacheOf(bench))
  })
}

function cacheOf(bench: Bench) {
  const images = repositoryImages('us-east-1', worldOf({ env: bench.sandbox.env }))
  return {
    images,
    list: async () => (await images.list(repository)) ?? [],
    /** Somebody pulls. */
    pull: async (tag: string) => {
      await bench.run(['verify', '--source', 'env', '--only', 'aws', '--pull', `busybox:${tag}`], {
        env: credential,
      })
    },
    takeBack: (reference: string, digests: readonly string[] | undefined, before?: readonly ImageId[]) =>
      takeBack(
        {
          reference,
          pull: digests
            ? { value: { digests, refusal: { status: 403, code: '', message: '' } } satisfies Pull }
            : { error: new PullthroughError('ERR_UNREACHABLE', 'cut off') },
        },
        repository,
        before,
        images,
      ),
  }
}

const digestsOf = (images: readonly ImageId[]) => [...new Set(images.map(({ imageDigest }) => imageDigest))]

/** What a pull of a tag tells: the index first. */
function toldOf(images: readonly ImageId[], tag: string): readonly string[] {
  const index = images.find(({ imageTag }) => imageTag === tag)?.imageDigest ?? ''
  return [index, ...digestsOf(images).filter((digest) => digest !== index)]
}

describe.concurrent('the clean-up', () => {
  test(
    'deletes an index, what it lists, and the repository',
    withCache(async ({ pull, takeBack, list, images }) => {
      await pull('8')
      const told = toldOf(await list(), '8')
      expect(told).toHaveLength(3)
      expect(await takeBack('8', told)).toEqual({
        images: 3,
        isTagGone: true,
        isRepositoryGone: true,
        left: 0,
      })
      expect(await images.list(repository)).toBeUndefined()
    }),
  )

  test(
    'leaves an image that got another tag meanwhile',
    withCache(async ({ pull, takeBack, list }) => {
      await pull('8')
      const told = toldOf(await list(), '8')
      await pull('9')
      expect(await takeBack('8', told)).toEqual({
        images: 0,
        isTagGone: true,
        isRepositoryGone: false,
        left: 3,
      })
      expect((await list()).filter(({ imageTag }) => imageTag !== undefined)).toEqual([
        { imageDigest: told[0], imageTag: '9' },
      ])
    }),
  )

  test(
    'takes the tag alone from an image that was there',
    withCache(async ({ pull, takeBack, list }) => {
      await pull('9')
      const before = await list()
      await pull('8')
      expect(await takeBack('8', toldOf(before, '9'), before)).toEqual({
        images: 0,
        isTagGone: true,
        isRepositoryGone: false,
        left: 0,
      })
      expect(await list()).toEqual(before)
    }),
  )

  test(
    'leaves an image that was there, whose only tag would go',
    withCache(async ({ pull, takeBack, list }) => {
      await pull('8')
      const now = await list()
      const before = now.map(({ imageDigest }) => ({ imageDigest }))
      expect(await takeBack('8', toldOf(now, '8'), before)).toBeUndefined()
      expect(await list()).toEqual(now)
    }),
  )

  test(
    'leaves a tag that stands for another image by now',
    withCache(async ({ pull, takeBack, list }) => {
      await pull('8')
      const now = await list()
      expect(await takeBack('8', [`sha256:${'0'.repeat(64)}`])).toEqual({
        images: 0,
        isTagGone: false,
        isRepositoryGone: false,
        left: 3,
      })
      expect(await list()).toEqual(now)
    }),
  )

  test(
    'leaves what is not known to be of a pull that was cut off',
    withCache(async ({ pull, takeBack, list }) => {
      await pull('8')
      expect(await takeBack('8', undefined)).toEqual({
        images: 1,
        isTagGone: true,
        isRepositoryGone: false,
        left: 2,
      })
      expect((await list()).every(({ imageTag }) => imageTag === undefined)).toBe(true)
    }),
  )

  test(
    'has nothing to do where nothing came',
    withCache(async ({ takeBack }) => {
      expect(await takeBack('8', [])).toBeUndefined()
    }),
  )
})

test(
  'an image that an index lists stays, and is no failure',
  withCache(async ({ pull, list, images }) => {
    await pull('8')
    const [, ...parts] = toldOf(await list(), '8')
    const ids = parts.map((imageDigest) => ({ imageDigest }))
    expect(await images.remove(repository, ids)).toBe(0)
    expect(digestsOf(await list())).toHaveLength(3)
    expect(await images.remove(repository, [{ imageTag: '8' }, ...ids])).toBe(3)
  }),
)
