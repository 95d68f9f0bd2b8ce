import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { seeded } from '../cli/in-process.ts'
import type { Outcome } from '../e2e/run-command.ts'
import { pullthroughBin } from '../e2e/workplace.ts'
import { openPulumiWorld, type PulumiWorld } from '../pulumi-engine/pulumi-world.ts'

const repository = join(import.meta.dirname, '../..')

/** A team's repository with this one's `infrastructure/` and `scripts/`, and a world around it. */
export interface Checkout {
  readonly world: PulumiWorld
  /** The repository. */
  readonly root: string
  /** `infrastructure/`, where `pulumi` runs. */
  readonly infrastructure: string
  readonly pulumi: (args: readonly string[], options?: PulumiOptions) => Promise<Outcome>
  /** The same for what must succeed; answers with stdout. */
  readonly succeed: (args: readonly string[], options?: PulumiOptions) => Promise<string>
  /** `pulumi stack init`, and the credential into its config, as the README says. */
  readonly initStack: (stack: string, token?: string) => Promise<void>
  readonly setToken: (stack: string, token: string) => Promise<void>
  /** `./scripts/sync-pulumi-gh-docker.sh --stack STACK …`, which must succeed; answers with stdout. */
  readonly syncScript: (stack: string, ...args: readonly string[]) => Promise<string>
  /** `pulumi up --yes`, which must succeed: what it changed, by Pulumi's own words for it. */
  readonly up: (stack: string, ...args: readonly string[]) => Promise<Changes>
  readonly outputs: (stack: string) => Promise<Record<string, unknown>>
  readonly close: () => Promise<void>
}

interface PulumiOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** How many resources came to what: `{ create: 3 }`, `{ same: 3 }`. */
export type Changes = Readonly<Record<string, number>>

/** What `pulumi stack history --json` says of the newest update. */
export function lastChanges(history: string): Changes {
  const [newest] = JSON.parse(history) as { resourceChanges: Changes }[]
  return newest?.resourceChanges ?? {}
}

/** Set up; the caller closes. */
export async function openCheckout(): Promise<Checkout> {
  const world = await openPulumiWorld()
  const root = join(world.directory, 'acme')
  const infrastructure = join(root, 'infrastructure')
  await mkdir(root)
  await cp(join(repository, 'infrastructure'), infrastructure, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  })
  await cp(join(repository, 'scripts'), join(root, 'scripts'), { recursive: true })
  await world.linkPackages(infrastructure)
  await mkdir(join(infrastructure, 'node_modules/.bin'))
  await symlink(pullthroughBin, join(infrastructure, 'node_modules/.bin/pullthrough'))

  const inInfrastructure = ({ env, ...options }: PulumiOptions = {}) => ({
    ...options,
    cwd: infrastructure,
    // Its types are checked by `npm run check`; here that would take longer than all else.
    env: { PULUMI_NODEJS_TRANSPILE_ONLY: 'true', ...env },
  })
  const pulumi: Checkout['pulumi'] = (args, options) => world.pulumi(args, inInfrastructure(options))
  const succeed: Checkout['succeed'] = (args, options) =>
    world.pulumiSucceeds(args, inInfrastructure(options))
  const setToken: Checkout['setToken'] = async (stack, token) => {
    await succeed(['config', 'set', '--secret', 'dockerHubToken', '--stack', stack], { input: token })
  }

  return {
    world,
    root,
    infrastructure,
    pulumi,
    succeed,
    setToken,
    async initStack(stack, token = seeded.token) {
      await succeed(['stack', 'init', stack, '--no-select'])
      await succeed(['config', 'set', 'dockerHubUsername', seeded.username, '--stack', stack])
      await setToken(stack, token)
    },
    syncScript: (stack, ...args) =>
      world.succeed(join(root, 'scripts/sync-pulumi-gh-docker.sh'), ['--stack', stack, ...args], {
        cwd: root,
      }),
    async up(stack, ...args) {
      await succeed(['up', '--yes', '--skip-preview', '--stack', stack, ...args])
      return lastChanges(await succeed(['stack', 'history', '--json', '--page-size', '1', '--stack', stack]))
    },
    outputs: async (stack) =>
      JSON.parse(await succeed(['stack', 'output', '--json', '--stack', stack])) as Record<string, unknown>,
    close: () => world.close(),
  }
}
