import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bench, openBench } from './in-process.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

test('asks GitHub sixteen questions at a time, however many repositories there are', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `acme/service-${index}`)
  for (const fullName of names) await bench.control('POST', '/github/repositories', { fullName })
  const token = 'github_pat_all'
  const permissions = { secrets: 'write', variables: 'write' }
  await bench.control('POST', '/github/tokens', { token, kind: 'fine-grained', permissions })
  const fault = { kind: 'delay', ms: 60 }
  await bench.control('POST', '/faults', { service: 'github', operation: '*', times: 'always', fault })

  const repos = names.flatMap((name) => ['--repo', name])
  const { code, stderr } = await bench.run(['sync', '--only', 'github', '--dry-run', ...repos], {
    env: { GH_TOKEN: token },
  })
  expect({ code, stderr }).toMatchObject({ code: 2 })
  const asked = (await bench.requests()).filter(({ service }) => service === 'github')
  expect(asked).toHaveLength(40)
  const moments = asked.map(({ at }) => Date.parse(at) + 30)
  const underWay = moments.map(
    (moment) => asked.filter(({ at, ms }) => Date.parse(at) <= moment && moment < Date.parse(at) + ms).length,
  )
  expect(Math.max(...underWay)).toBeLessThanOrEqual(16)
})
