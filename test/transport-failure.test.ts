import { expect, test } from 'vitest'
import { isTransportFailure } from '../src/transport-failure.ts'

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}

test.each<[string, () => unknown]>([
  ['a refused connection', () => fetch('http://127.0.0.1:1')],
  ['a time-out', () => fetch('http://127.0.0.1:1', { signal: AbortSignal.timeout(0) })],
  ['an interruption', () => fetch('http://127.0.0.1:1', { signal: AbortSignal.abort() })],
])('knows %s', async (_, work) => {
  expect(isTransportFailure(await thrownBy(work))).toBe(true)
})

test.each<[string, () => unknown]>([
  ['a header that cannot be sent', () => fetch('http://127.0.0.1:1', { headers: { a: 'b\nc' } })],
  ['a call of what is no function', () => (undefined as unknown as () => unknown)()],
  ['a failure of another kind', () => Promise.reject(new Error('no'))],
])('does not take %s for one', async (_, work) => {
  expect(isTransportFailure(await thrownBy(work))).toBe(false)
})
