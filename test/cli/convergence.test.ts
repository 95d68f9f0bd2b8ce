import { describe, expect, test } from 'vitest'
import { commonFaults } from '../../src/sandbox/fault.ts'
import { expectConverged, stepsOfFirstSync, sweepAll, syncNow, withBench } from './converged.ts'
import { seeded } from './in-process.ts'

const faults: readonly { kind: string; status?: number }[] = commonFaults
  .filter((kind) => kind !== 'delay')
  .flatMap((kind): { kind: string; status?: number }[] =>
    kind === 'error' ? [500, 503].map((status) => ({ kind, status })) : [{ kind }],
  )

const steps = await stepsOfFirstSync()

/** All faults for each request take minutes: CI does that. Otherwise each request meets one, and each fault some. */
const cases = steps.flatMap((step, at) =>
  faults
    .filter((_fault, index) => sweepAll || index === at % faults.length)
    .map((fault) => ({ ...step, fault, title: [fault.kind, fault.status].join(' ').trim() })),
)

describe.concurrent.each(cases)('$service $operation (after $skip alike), $title', ({ title, ...rule }) => {
  test('fails once, and the next run converges', async () => {
    await withBench(async (bench) => {
      await bench.control('POST', '/faults', { ...rule, times: 1 })
      const first = await syncNow(bench, '--timeout', '0.5')
      expect([0, 1], title).toContain(first.code)
      expect(first.stdout + first.stderr).not.toContain(seeded.token)
      await expectConverged(bench)
    })
  })

  test('fails for good, says so, and a run after that converges', async () => {
    await withBench(async (bench) => {
      await bench.control('POST', '/faults', { ...rule, times: 'always' })
      const first = await syncNow(bench, '--timeout', '0.5')
      expect(first.stdout + first.stderr).not.toContain(seeded.token)
      if (first.code !== 0) expect(first.stderr).toMatch(/^pullthrough: error: /m)
      await bench.control('DELETE', '/faults')
      await expectConverged(bench)
    })
  })
})
