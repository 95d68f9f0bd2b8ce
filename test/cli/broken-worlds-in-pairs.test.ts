import { afterAll, describe, expect, test } from 'vitest'
import { breakTogether, isHidden, type Pair, pairs, seed } from './broken-world-pairs.ts'
import { byKey, closeWorlds, keyOfChange, saidOf, verify, withHealthyWorld } from './broken-world.ts'

afterAll(closeWorlds)

const titled = pairs.map((pair): [string, Pair] => [pair.map(({ name }) => name).join(' + '), pair])

describe.concurrent(`of two faults (PULLTHROUGH_SEED=${seed}) both are named:`, () => {
  test.each(titled)('%s', async (_title, pair) => {
    const setting = pair.find((fault) => fault.setting)?.setting ?? 'usual'
    await withHealthyWorld(setting, async (world, applyFaults) => {
      const change = await breakTogether(pair, world)
      await applyFaults()
      // It throws if anything is written or the exit code is another than the findings say.
      const found = byKey((await verify(world, setting, change)).findings)
      for (const fault of pair) {
        const [cause] = fault.changes
        if (!cause || isHidden(cause, pair)) continue
        const [, , , says = /./] = cause
        expect(saidOf(found.get(keyOfChange(cause)))).toMatch(says)
      }
    })
  })
})
