import { expect, test } from 'vitest'
import { PullthroughError } from '../../src/errors.ts'
import { startGitHub } from './github-sandbox.ts'

const widgets = { owner: 'acme', name: 'widgets' }

/** A `fetch` that knows how many requests were under way at once. */
function countingFetch() {
  const count = { now: 0, most: 0, sent: 0 }
  const fetch: typeof globalThis.fetch = async (...request) => {
    count.sent += 1
    count.now += 1
    count.most = Math.max(count.most, count.now)
    try {
      return await globalThis.fetch(...request)
    } finally {
      count.now -= 1
    }
  }
  return { count, fetch }
}

test('keeps sixteen requests under way, no more, until all are answered', async () => {
  const { count, fetch } = countingFetch()
  const { ask, fail } = await startGitHub({}, { fetch })
  fail('*', { kind: 'delay', ms: 20 }, 'always')
  const actions = ask()
  const answers = await Promise.all(Array.from({ length: 60 }, () => actions.readRepository(widgets)))
  expect(answers).toEqual(Array.from({ length: 60 }, () => ({ repository: widgets, archived: false })))
  expect(count).toEqual({ now: 0, most: 16, sent: 60 })
})

test('goes on to the next request when one fails', async () => {
  const { ask, fail } = await startGitHub()
  fail('*', { kind: 'deny' }, 20)
  const actions = ask()
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => actions.readRepository(widgets)))
  expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(20)
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
})

test('holds the other requests back while one waits for a rate limit', async () => {
  const sentAt: number[] = []
  const { ask, fail } = await startGitHub(
    {},
    {
      fetch: (...request) => {
        sentAt.push(performance.now())
        return fetch(...request)
      },
    },
  )
  fail('*', { kind: 'secondary-limit', retryAfter: 1 }, 16)
  const actions = ask()
  await Promise.all(Array.from({ length: 60 }, () => actions.readRepository(widgets)))
  expect(sentAt).toHaveLength(76)
  const waited = (sentAt[16] ?? 0) - (sentAt[0] ?? 0)
  expect(waited).toBeGreaterThan(990)
})

test('ends the requests that wait for their turn when the user interrupts', async () => {
  const interruption = new AbortController()
  const { count, fetch } = countingFetch()
  const { ask, fail } = await startGitHub(
    {},
    {
      fetch,
      signal: interruption.signal,
      note: () => {
        interruption.abort()
      },
    },
  )
  fail('*', { kind: 'secondary-limit', retryAfter: 100 }, 'always')
  const actions = ask()
  const answers = await Promise.allSettled(Array.from({ length: 60 }, () => actions.readRepository(widgets)))
  const codes = answers.map((answer) => {
    const reason: unknown = answer.status === 'rejected' ? answer.reason : undefined
    return reason instanceof PullthroughError ? reason.code : reason
  })
  expect(codes).toEqual(Array.from({ length: 60 }, () => 'ERR_INTERRUPTED'))
  expect(count.sent).toBeLessThanOrEqual(16)
})
