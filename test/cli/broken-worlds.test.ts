import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dockerHubCauses } from '../../src/checks/causes/docker-hub.ts'
import { ecrCauses } from '../../src/checks/causes/ecr.ts'
import { githubCauses } from '../../src/checks/causes/github.ts'
import { secretCauses } from '../../src/checks/causes/secret.ts'
import { workflowCauses } from '../../src/checks/causes/workflow.ts'
import { type Finding, isRed } from '../../src/checks/finding.ts'
import { commandsIn, followAdvice } from './broken-world-advice.ts'
import {
  byKey,
  closeWorlds,
  differences,
  type Fault,
  keyOfChange,
  type Report,
  type RunChange,
  saidOf,
  type SettingName,
  settings,
  syncIn,
  verify,
  withHealthyWorld,
  type World,
} from './broken-world.ts'
import { faults } from './worlds/index.ts'

/** What `verify` finds where all is well, by setting. */
const healthy = {} as Record<SettingName, readonly Finding[]>

beforeAll(async () => {
  for (const setting of Object.keys(settings) as SettingName[]) {
    await withHealthyWorld(setting, async (world) => {
      healthy[setting] = (await verify(world, setting)).findings
    })
  }
})

afterAll(closeWorlds)

test.each(Object.keys(settings) as SettingName[])('in a healthy world all is ok (%s)', (setting) => {
  const others = healthy[setting].filter(({ status }) => status !== 'ok')
  expect(others).toEqual([])
  expect(healthy[setting].length).toBeGreaterThan(25)
})

describe.concurrent('a single fault turns its own checks and no other:', () => {
  test.each(faults.map((fault): [string, Fault] => [fault.name, fault]))('%s', async (_name, fault) => {
    const { setting = 'usual' } = fault
    await withHealthyWorld(setting, async (world, applyFaults) => {
      const change = await fault.break(world)
      await applyFaults()
      const report = await verify(world, setting, change)
      const { findings } = report

      expect(differences(healthy[setting], findings)).toEqual(
        new Map(fault.changes.map((changed) => [keyOfChange(changed), changed[2]])),
      )
      const found = byKey(findings)
      for (const changed of fault.changes) {
        const [, , , says] = changed
        if (says) expect(saidOf(found.get(keyOfChange(changed)))).toMatch(says)
      }
      const red = findings.filter(isRed)
      for (const finding of red) {
        expect({ ...finding, cause: finding.cause ?? '', fix: finding.fix ?? '' }).toMatchObject({
          cause: expect.stringMatching(/\S/) as unknown,
          fix: expect.stringMatching(/\S/) as unknown,
        })
      }
      await mend(fault, report, world, setting, change)
    })
  })
})

function isAllOk(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status === 'ok')
}

/** Whoever mends it does: all is well then. */
async function mend(
  { mends, act, changes }: Fault,
  report: Report,
  world: World,
  setting: SettingName,
  change: RunChange | undefined,
): Promise<void> {
  const allIsWell = async (now: RunChange | undefined) => {
    const after = await verify(world, setting, now)
    expect(after.findings.filter(({ status }) => status !== 'ok')).toEqual([])
  }
  const first = changes.map(keyOfChange)[0] ?? ''
  switch (mends) {
    case 'sync':
      expect(await syncIn(world, setting, change)).toMatchObject({ code: 0 })
      await allIsWell(change)
      return
    case 'advice': {
      await world.bench.control('DELETE', '/faults')
      // What is made anew has another ARN, which a second look finds.
      let left = report.printed
      for (let round = 0; round < 3 && !isAllOk(left); round += 1) {
        expect(commandsIn(left)).not.toEqual([])
        await followAdvice(left, world, setting, change)
        left = (await verify(world, setting, change)).printed
      }
      expect(left.filter(({ status }) => status !== 'ok')).toEqual([])
      return
    }
    case 'time': {
      await world.bench.control('DELETE', '/faults')
      const after = await verify(world, setting, change)
      expect(after.findings).toEqual(healthy[setting])
      return
    }
    case 'person':
      expect(byKey(report.findings).get(first)?.fix).toMatch(/\S/)
      if (act) await allIsWell(await act(world))
      return
    case 'nobody':
      expect(report.findings.filter(isRed)).toEqual([])
  }
}

test('the rows meet every cause that there is', () => {
  const causes = Object.entries({
    ...dockerHubCauses,
    ...ecrCauses,
    ...secretCauses,
    ...githubCauses,
    ...workflowCauses,
  })
  const changes = faults.flatMap((fault) => fault.changes)
  const unmet = causes.filter(
    ([, { check, status, example }]) =>
      !changes.some(
        ([id, , changed, says]) => id === check && changed === status && says?.test(example.cause),
      ),
  )
  // It takes a rule that goes while verify is under way.
  expect(unmet.map(([name]) => name)).toEqual(['rule-vanished'])
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length)
})
