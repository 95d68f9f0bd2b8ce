import { PullThroughCacheRule } from '@pulumi/aws/ecr/pullThroughCacheRule.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeWithClients } from '../e2e/clients.ts'
import { openPulumiWorld, type PulumiWorld } from './pulumi-world.ts'

describeWithClients('inline programs by the Automation API', () => {
  let worlds: readonly PulumiWorld[]

  beforeEach(async () => {
    worlds = await Promise.all([openPulumiWorld(), openPulumiWorld()])
  })

  afterEach(async () => {
    await Promise.all(worlds.map((world) => world.close()))
  })

  test('run against a sandbox each, side by side', async () => {
    const program = (ecrRepositoryPrefix: string) => () => {
      const rule = new PullThroughCacheRule('it', { ecrRepositoryPrefix, upstreamRegistryUrl: 'quay.io' })
      return Promise.resolve({ prefix: rule.ecrRepositoryPrefix })
    }
    const run = async (world: PulumiWorld, prefix: string): Promise<readonly unknown[]> => {
      const stack = await world.automation('acme', 'dev', program(prefix))
      const first = await stack.up()
      const second = await stack.up({ expectNoChanges: true })
      const { aws } = await world.state()
      const { summary } = await stack.destroy()
      return [
        first.outputs['prefix']?.value as unknown,
        second.summary.resourceChanges,
        aws['123456789012']?.['us-east-1']?.rules.map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix),
        summary.result,
      ]
    }
    const prefixes = ['first', 'second']
    expect(await Promise.all(worlds.map((world, at) => run(world, prefixes[at] ?? '')))).toEqual(
      prefixes.map((prefix) => [prefix, { same: 2 }, [prefix], 'succeeded']),
    )
  })
})
