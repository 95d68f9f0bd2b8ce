import { PullthroughError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { World } from '../world.ts'
import { previewRepository } from './docker-hub-login.ts'
import { headManifest } from './docker-hub-manifest.ts'
import type { DockerHubAnswer } from './docker-hub-request.ts'

/** How many images an account may pull. */
export type PullLimit =
  | { readonly state: 'unlimited' }
  | {
      readonly state: 'limited'
      readonly limit: number
      readonly remaining: number
      readonly windowSeconds: number
    }
  | { readonly state: 'unknown'; readonly why: string }

/**
 * Read the pull limit of whom a registry token was given to. HEAD counts as no pull; without limit there are no
 * headers about one.
 * https://docs.docker.com/docker-hub/usage/pulls/#view-pull-rate-and-limit
 *
 * @returns `unknown` for whatever goes wrong: the limit is good to know, and no more.
 */
export async function readPullLimit(token: Secret, registryUrl: string, world: World): Promise<PullLimit> {
  try {
    const preview = { repository: previewRepository, reference: 'latest' }
    const answer = await headManifest(preview, token, registryUrl, world)
    return pullLimitIn(answer)
  } catch (error) {
    if (!(error instanceof PullthroughError)) throw error
    return { state: 'unknown', why: error.message }
  }
}

/** Say a pull limit in words. */
export function describePullLimit(limit: PullLimit, username: string): string {
  switch (limit.state) {
    case 'unlimited':
      return `Docker Hub sets no pull limit for ${username}`
    case 'unknown':
      return `the pull limit of ${username} is unknown: ${limit.why}`
    case 'limited': {
      const { remaining } = limit
      const rule = describeLimitedRule(limit, username)
      if (remaining <= 0) return `${rule}, and none is left now: pulls of new images fail with 429`
      return `${rule}, and ${runsLow(limit) ? 'only ' : ''}${remaining} ${remaining === 1 ? 'is' : 'are'} left`
    }
  }
}

type Limited = Extract<PullLimit, { state: 'limited' }>

/** How many pulls an account has in which time, in words: `Docker Hub lets sandbox pull 200 images in 6 h`. */
export function describeLimitedRule({ limit, windowSeconds }: Limited, username: string): string {
  return `Docker Hub lets ${username} pull ${limit} images in ${duration(windowSeconds)}`
}

/** Whether a tenth or less is left. */
export function runsLow({ limit, remaining }: Limited): boolean {
  return remaining <= limit / 10
}

/** The limit that the registry tells with its answer to a HEAD. */
export function pullLimitIn({ status, headers }: DockerHubAnswer): PullLimit {
  const limit = parseLimit(headers.get('ratelimit-limit'))
  const remaining = parseLimit(headers.get('ratelimit-remaining'))
  if (limit && remaining) {
    return {
      state: 'limited',
      limit: limit.count,
      remaining: remaining.count,
      windowSeconds: limit.windowSeconds,
    }
  }
  if (status !== 200) return { state: 'unknown', why: `Docker Hub’s registry answered ${status}` }
  if (headers.has('ratelimit-limit'))
    return { state: 'unknown', why: 'Docker Hub’s registry tells it in another form' }
  return { state: 'unlimited' }
}

/** `100;w=21600`: so many in so many seconds. */
function parseLimit(
  text: string | null,
): { readonly count: number; readonly windowSeconds: number } | undefined {
  const [, count, window] = /^(\d{1,9});w=(\d{1,9})$/.exec(text ?? '') ?? []
  return count === undefined ? undefined : { count: Number(count), windowSeconds: Number(window) }
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
