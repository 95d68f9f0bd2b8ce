import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectConverged, type RequestStep, stepsOfFirstSync, sweepAll, withBench } from './converged.ts'
import { type Bench, seeded } from './in-process.ts'

const bin = join(import.meta.dirname, '../../bin/pullthrough.js')

/** A run in a process of its own. */
function start({ sandbox, directory }: Bench): ChildProcess {
  return spawn(process.execPath, [bin, 'sync', '--source', 'env'], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      ...sandbox.env,
      DOCKER_HUB_USERNAME: seeded.username,
      DOCKER_HUB_TOKEN: seeded.token,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Resolves when that request has arrived. */
async function arrival(bench: Bench, { service, operation, skip }: RequestStep): Promise<void> {
  for (;;) {
    const alike = (await bench.requests()).filter(
      (request) => request.service === service && request.operation === operation,
    )
    if (alike.length > skip) return
  }
}

const steps = await stepsOfFirstSync()
const writing = steps.filter(({ operation }) =>
  /^(Create|Put)|^(PUT|POST) .*(secrets|variables)/.test(operation),
)

describe.concurrent.each(sweepAll ? steps : writing)('at $service $operation (after $skip alike)', (step) => {
  test('a run killed before it took effect is finished by the next', async () => {
    await withBench(async (bench) => {
      await bench.control('POST', '/faults', { ...step, times: 1, fault: { kind: 'hang' } })
      const child = start(bench)
      await arrival(bench, step)
      child.kill('SIGKILL')
      await once(child, 'close')
      await expectConverged(bench)
    })
  })

  test('a run killed after it took effect, before the answer, is finished by the next', async () => {
    await withBench(async (bench) => {
      await bench.control('POST', '/faults', { ...step, times: 'always', fault: { kind: 'lost' } })
      const child = start(bench)
      await arrival(bench, step)
      child.kill('SIGKILL')
      await once(child, 'close')
      await bench.control('DELETE', '/faults')
      await expectConverged(bench)
    })
  })
})

describe.concurrent.each(writing)('at $service $operation (after $skip alike)', (step) => {
  test('Ctrl-C ends a run with 130, says so, and the next run finishes it', async () => {
    await withBench(async (bench) => {
      await bench.control('POST', '/faults', { ...step, times: 1, fault: { kind: 'hang' } })
      const child = start(bench)
      let stderr = ''
      child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      await arrival(bench, step)
      child.kill('SIGINT')
      const [code] = (await once(child, 'close')) as [number | null]
      expect({ code, stderr }).toEqual({
        code: 130,
        stderr: expect.stringMatching(/^pullthrough: error: .*interrupted/m) as unknown,
      })
      await expectConverged(bench)
    })
  })
})
