import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import {
  closeBenches,
  expectConverged,
  type RequestStep,
  type Scenario,
  scenarios,
  stepsOf,
  sweepAll,
  withPrepared,
} from './converged.ts'
import { type Bench, seeded } from './in-process.ts'

afterAll(closeBenches)

const bin = join(import.meta.dirname, '../../bin/pullthrough.js')

/** A run in a process of its own. */
function start({ sandbox, directory }: Bench, { flags }: Scenario): ChildProcess {
  return spawn(process.execPath, [bin, 'sync', '--source', 'env', ...flags], {
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

/** Start a run, wait until that request has arrived, and send the run a signal. */
async function signalAt(
  bench: Bench,
  { scenario, step }: Moment,
  signal: NodeJS.Signals,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  await bench.control('DELETE', '/requests')
  const child = start(bench, scenario)
  const closed = once(child, 'close') as Promise<[number | null]>
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  while (!(await hasArrived(bench, step))) {
    // It may have arrived, and the run ended, since the sandbox was asked.
    if (child.exitCode !== null && !(await hasArrived(bench, step)))
      throw new Error(`it ended before that request: ${stderr}`)
    // The sandbox cannot tell by itself; asking without a pause would keep the run from a core.
    await wait(10)
  }
  child.kill(signal)
  const [code] = await closed
  return { code, stderr }
}

async function hasArrived(bench: Bench, { service, operation, skip }: RequestStep): Promise<boolean> {
  const requests = await bench.requests()
  return (
    requests.filter((request) => request.service === service && request.operation === operation).length > skip
  )
}

interface Moment {
  readonly scenario: Scenario
  readonly step: RequestStep
}

/** All moments take minutes: CI does that. Otherwise these are enough to see that killing is survived. */
const swept: readonly Scenario[] = sweepAll ? scenarios : scenarios.slice(0, 2)

const moments: Moment[] = []
for (const scenario of swept) {
  const steps = await stepsOf(scenario)
  moments.push(...steps.map((step) => ({ scenario, step })))
}
const writing = moments.filter(({ step }) => step.mutating)

/** With titles; unless CI sweeps, only every so many, from the given one on. */
function titled(chosen: readonly Moment[], first: number): readonly [string, Moment][] {
  return chosen
    .filter((_moment, index) => sweepAll || index % 6 === first)
    .map((moment) => {
      const { scenario, step } = moment
      const after = step.skip > 0 ? ` (after ${step.skip} alike)` : ''
      return [`${scenario.name}: at ${step.service} ${step.operation}${after}`, moment]
    })
}

describe.concurrent('a run', () => {
  // A request that only reads has no effect to wait for, so that this is all there is for it.
  test.each(titled(sweepAll ? moments : writing, 1))(
    '%s, killed before it takes effect, is finished by the next',
    async (_title, moment) => {
      const { scenario, step } = moment
      await withPrepared(scenario, async (bench) => {
        await bench.control('POST', '/faults', { ...step, times: 1, fault: { kind: 'hang' } })
        await signalAt(bench, moment, 'SIGKILL')
        await bench.control('DELETE', '/faults')
        await expectConverged(bench, scenario, true)
      })
    },
  )

  test.each(titled(writing, 0))(
    '%s, killed after it took effect but before the answer, is finished by the next',
    async (_title, moment) => {
      const { scenario, step } = moment
      await withPrepared(scenario, async (bench) => {
        await bench.control('POST', '/faults', { ...step, times: 'always', fault: { kind: 'lost' } })
        await signalAt(bench, moment, 'SIGKILL')
        await bench.control('DELETE', '/faults')
        await expectConverged(bench, scenario, true)
      })
    },
  )

  test.each(titled(writing, 3))(
    '%s, ends with 130 upon Ctrl-C, says so, and is finished by the next',
    async (_title, moment) => {
      const { scenario, step } = moment
      await withPrepared(scenario, async (bench) => {
        await bench.control('POST', '/faults', { ...step, times: 1, fault: { kind: 'hang' } })
        expect(await signalAt(bench, moment, 'SIGINT')).toEqual({
          code: 130,
          stderr: expect.stringMatching(/^pullthrough: error: .*interrupted/m) as unknown,
        })
        await bench.control('DELETE', '/faults')
        await expectConverged(bench, scenario, true)
      })
    },
  )
})
