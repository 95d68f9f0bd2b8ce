import { afterAll, describe, expect, test } from 'vitest'
import { commonFaults } from '../../src/sandbox/fault.ts'
import {
  closeBenches,
  expectConverged,
  type RequestStep,
  type Scenario,
  scenarios,
  stepsOf,
  sweepAll,
  syncNow,
  withPrepared,
} from './converged.ts'
import { seeded } from './in-process.ts'

afterAll(closeBenches)

interface Fault {
  readonly kind: (typeof commonFaults)[number]
  readonly status?: number
  readonly ms?: number
}

interface Case {
  readonly scenario: Scenario
  readonly step: RequestStep
  readonly fault: Fault
  readonly times: 1 | 'always'
}

const faults = commonFaults.map((kind): Fault => {
  switch (kind) {
    case 'error':
      return { kind, status: 500 }
    case 'html':
      return { kind, status: 503 }
    case 'delay':
      return { kind, ms: 20 }
    default:
      return { kind }
  }
})

/** What a sync does without: it is told, and changes nothing. */
const goodToKnow = ['POST /v2/auth/token', 'HEAD /v2/{name}/manifests/{reference}']

const all: Case[] = []
for (const scenario of scenarios) {
  for (const step of await stepsOf(scenario)) {
    for (const fault of faults) {
      const often = ([1, 'always'] as const).map((times) => ({ scenario, step, fault, times }))
      all.push(...often.filter((one) => !isSeenElsewhere(one)))
    }
  }
}

/** What another case shows as well: each costs half a second. */
function isSeenElsewhere({ scenario, step, fault: { kind }, times }: Case): boolean {
  // A denial stays one, however often; a delay is over.
  if (kind === 'deny' && times === 1) return true
  if (kind === 'delay') return times === 'always' || (scenario.name !== 'first' && !step.mutating)
  // What only reads takes no effect before it is lost.
  if (kind === 'lost' && !step.mutating) return true
  // They are asked the same of every state, and nothing depends on them.
  return goodToKnow.includes(step.operation) && scenario.name !== 'first'
}

/** All of them take minutes: CI does that. Otherwise each kind of fault is met, and each scenario. */
const cases = sweepAll ? all : faults.flatMap((fault, index) => oneWith(fault, index))

function oneWith(fault: Fault, index: number): readonly Case[] {
  const scenario = scenarios[index % scenarios.length]
  const times = index % 2 === 0 ? 1 : 'always'
  const fitting = all.filter(
    (one) => one.fault === fault && one.times === times && one.scenario === scenario && one.step.mutating,
  )
  return fitting.slice(index % fitting.length).slice(0, 1)
}

/** The record of what was last written; a token that may not touch it makes every sync write the pair again. */
const record = /\/actions\/variables(\/\{name\})?$/

/** Whether the answer of a request makes a run fail: read off the code, each with its reason. */
function fails(one: Case): boolean {
  const { scenario, step, fault, times } = one
  const { service, operation, skip } = step
  const { kind } = fault
  if (kind === 'delay') return false
  if (goodToKnow.includes(operation)) return false
  // Whether ECR can use what was written is asked when all is written; that it cannot be asked is a warning.
  if (service === 'ecr') return false
  if (isWithoutRecord(one)) return false
  // The label has moved though nobody says so: where it is counts.
  if (operation === 'UpdateSecretVersionStage' && kind === 'lost') return false
  // Asked beside DescribeSecret, which says that the secret is scheduled for deletion; there at the second look.
  if (operation === 'GetResourcePolicy' && scenario.name === 'restored' && skip === 0) {
    return times === 'always'
  }
  return times === 'always' || !isTriedAgain(service, kind)
}

/** Such a run goes through with a warning, or with the record skipped, and leaves the pair to the next. */
function isWithoutRecord({ step, fault }: Case): boolean {
  return fault.kind === 'deny' && record.test(step.operation)
}

/**
 * Whether a single failure is tried away. Not a denial, which stays one; nor a login that Docker Hub limits, for that
 * takes minutes, while GitHub says when to come back, and a throttled call of AWS is tried again by the SDK.
 */
function isTriedAgain(service: string, kind: Fault['kind']): boolean {
  return kind !== 'deny' && !(kind === 'throttle' && service === 'docker-auth')
}

const titled = cases.map((one): [string, Case] => {
  const { scenario, step, fault, times } = one
  const request = `${step.service} ${step.operation}${step.skip > 0 ? ` (after ${step.skip} alike)` : ''}`
  const end = fails(one) ? 'fails and says so' : 'goes through'
  return [`${scenario.name}: ${fault.kind} ${times === 1 ? 'once' : 'always'} at ${request} ${end}`, one]
})

describe.concurrent('a sync', () => {
  test.each(titled)('%s, and the next run leaves nothing to do', async (_title, one) => {
    const { scenario, step, fault, times } = one
    await withPrepared(scenario, async (bench) => {
      await bench.control('POST', '/faults', { ...step, times, fault })
      // Each of three tries takes that long.
      const timeout = fault.kind === 'hang' ? ['--timeout', '2'] : []
      const run = await syncNow(bench, scenario, '--json', ...timeout)
      await bench.control('DELETE', '/faults')

      expect(run.stdout + run.stderr).not.toContain(seeded.token)
      expect({ code: run.code, tells: /^pullthrough: error: /m.test(run.stderr) }).toEqual({
        code: fails(one) ? 1 : 0,
        tells: fails(one),
      })
      const { changes } = JSON.parse(run.stdout) as { changes: { outcome: string }[] }
      const isDone =
        run.code === 0 && changes.every(({ outcome }) => outcome === 'done') && !isWithoutRecord(one)
      await expectConverged(bench, scenario, !isDone)
    })
  })
})
