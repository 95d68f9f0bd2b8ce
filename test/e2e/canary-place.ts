import { join } from 'node:path'
import { expect } from 'vitest'
import { writePulumiProject } from '../../demo/pulumi-project.js'
import { seeded } from '../cli/in-process.ts'
import { canary, filesWithCanary, formsIn } from './canary.ts'
import { clients } from './clients.ts'
import type { Outcome } from './run-command.ts'
import { makeSpies } from './spies.ts'
import { openWorkplace, passphrase, pullthroughBin, type RunOptions, type Workplace } from './workplace.ts'

type Config = Parameters<typeof writePulumiProject>[1]['config']

/** A workplace where the token is the canary, and where every child that pullthrough starts is spied on. */
export interface CanaryPlace {
  readonly workplace: Workplace
  /** Run pullthrough, and look for the canary everywhere afterwards. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Outcome>
  /** Run pullthrough, and look for the canary in what it prints alone: some file has it on purpose. */
  readonly runAndReadOutput: (args: readonly string[]) => Promise<Outcome>
  readonly writeProject: (config?: Config) => Promise<void>
  /** Tell Docker Hub of the canary. */
  readonly addAccount: (state: 'active' | 'expired' | 'revoked' | 'disabled') => Promise<void>
  /** The names of the children so far. */
  readonly programsSeen: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

/** Set up, with an account and an encrypted project; the caller closes. */
export async function openCanaryPlace(): Promise<CanaryPlace> {
  const workplace = await openWorkplace()
  const spies = await makeSpies(join(workplace.directory, 'spies'), {
    git: '/usr/bin/git',
    gh: clients.gh,
    pulumi: clients.pulumi,
  })
  const spied = { PATH: `${spies.bin}:${workplace.env['PATH'] ?? ''}` }

  const runAndReadOutput = async (args: readonly string[], options: RunOptions = {}) => {
    const outcome = await workplace.run('node', [pullthroughBin, ...args], {
      ...options,
      env: { ...options.env, ...spied },
    })
    const { stdout, stderr } = outcome
    expect({ stdout: formsIn(stdout), stderr: formsIn(stderr) }).toEqual({ stdout: [], stderr: [] })
    for (const other of ['GH_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'PULUMI_CONFIG_PASSPHRASE']) {
      expect(stdout + stderr).not.toContain(workplace.env[other])
    }
    return outcome
  }

  const place: CanaryPlace = {
    workplace,
    runAndReadOutput,
    async run(args, options) {
      const outcome = await runAndReadOutput(args, options)
      const starts = await spies.starts()
      expect(
        starts.flatMap(({ program, seen }) => formsIn(seen).map((form) => `${program}: ${form}`)),
      ).toEqual([])
      // Home, temporary files, the project, Pulumi's own home, logs and state.
      expect(await filesWithCanary(workplace.directory)).toEqual({})
      return outcome
    },
    async writeProject(config = {}) {
      await writePulumiProject(workplace.project, {
        project: 'acme-infra',
        stack: 'dev',
        passphrase,
        config: { dockerHubUsername: seeded.username, dockerHubToken: { secret: canary }, ...config },
      })
    },
    async addAccount(state) {
      await workplace.control('POST', '/docker-hub/accounts', {
        username: seeded.username,
        token: canary,
        scope: 'repo:admin',
        plan: 'personal',
        state,
      })
    },
    async programsSeen() {
      const starts = await spies.starts()
      return [...new Set(starts.map(({ program }) => program))].sort()
    },
    close: () => workplace.close(),
  }
  await place.addAccount('active')
  await place.writeProject()
  return place
}
