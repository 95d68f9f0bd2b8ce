import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outcome } from '../e2e/run-command.ts'
import { writeProject } from '../e2e/workplace.ts'
import { openPulumiWorld, type PulumiWorld } from '../pulumi-engine/pulumi-world.ts'
import { type Changes, lastChanges } from './checkout.ts'

/** The Region of the programs. */
export const region = 'us-east-2'

/** A Pulumi program that changes as its author goes on, in a world where `sync` has made the secret. */
export interface Program {
  readonly world: PulumiWorld
  /** Write the next state of the program: what follows the import of `PullThroughCache`. */
  readonly write: (body: string) => Promise<void>
  /** `pulumi up --yes`, which must succeed. */
  readonly up: (stack?: string) => Promise<Changes>
  /** `pulumi up --yes`, which must fail: what it said. */
  readonly upFails: (stack?: string) => Promise<string>
  readonly pulumi: (...args: readonly string[]) => Promise<Outcome>
  readonly output: (name: string, stack?: string) => Promise<string>
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Set up; the caller closes. */
export async function openProgram(stacks: readonly string[] = ['dev']): Promise<Program> {
  const world = await openPulumiWorld()
  const directory = join(world.directory, 'program')
  await world.writeProgram(directory, {
    name: 'acme',
    indexTs: '',
    stacks: Object.fromEntries(stacks.map((stack) => [stack, { 'aws:region': region }])),
  })
  await writeProject(world.project)
  const pulumi: Program['pulumi'] = (...args) => world.pulumi(args, { cwd: directory })
  const succeed = (...args: readonly string[]) => world.pulumiSucceeds(args, { cwd: directory })
  const sync = async () => {
    await world.sync('--only', 'aws', '--region', region)
  }
  await sync()
  const [first = 'dev'] = stacks

  return {
    world,
    pulumi,
    sync,
    write: (body) =>
      writeFile(
        join(directory, 'index.ts'),
        `import * as aws from '@pulumi/aws'\nimport { PullThroughCache } from 'pullthrough/pulumi'\n${body}\nvoid aws, PullThroughCache\n`,
      ),
    async up(stack = first) {
      await succeed('up', '--yes', '--skip-preview', '--stack', stack)
      return lastChanges(await succeed('stack', 'history', '--json', '--page-size', '1', '--stack', stack))
    },
    async upFails(stack = first) {
      const { code, stdout, stderr } = await pulumi('up', '--yes', '--skip-preview', '--stack', stack)
      if (code === 0) throw new Error(`pulumi up has not failed\n${stdout}${stderr}`)
      return stdout + stderr
    },
    output: async (name, stack = first) => (await succeed('stack', 'output', name, '--stack', stack)).trim(),
    close: () => world.close(),
  }
}
