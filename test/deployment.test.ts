import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Bench, openBench, seeded } from './cli/in-process.ts'
import { deleteSecret, makeRule, repointRule } from './cli/converged.ts'
import { type Job, jobOf, root, workflowNamed } from './workflow-files.ts'

/** What a job did: the pulumi commands that ran, and the step at which it ended, if it did not reach its end. */
interface Outcome {
  readonly pulumi: readonly string[]
  readonly failedAt: string | undefined
  readonly log: string
}

const pair = { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token }

/**
 * Run the scripts of a job one after the other, as a runner does: with the environment of job and step, on bash, until
 * one fails. Actions and the installation are left out. The `pulumi` that they find says `pulumi ARGUMENTS` and does
 * nothing; what a real one would do, the caller does when it is asked for.
 */
async function runJob(
  job: Job,
  bench: Bench,
  secrets: Readonly<Record<string, string>>,
  onPulumi: () => Promise<void> = () => Promise.resolve(),
  backend = '',
): Promise<Outcome> {
  const bin = await mkdtemp(join(tmpdir(), 'pullthrough-runner-'))
  await writeFile(join(bin, 'pulumi'), '#!/bin/sh\necho "pulumi $*"\n')
  await chmod(join(bin, 'pulumi'), 0o755)
  await mkdir(join(bin, 'home'))
  const values: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`secrets.${name}`, value])),
    'github.ref_name': 'dev',
    'vars.PULUMI_BACKEND_URL': backend,
  }
  const valueOf = (text: string) =>
    text.replaceAll(/\$\{\{ ([\w.]+) \}\}/g, (_, name: string) => values[name] ?? '')

  const pulumi: string[] = []
  let log = ''
  try {
    for (const step of job.steps) {
      const { name = '', run, env = {} } = step
      if (run === undefined || step.if !== "env.SET_UP == 'true'" || run === 'npm ci') continue
      const given = Object.entries({ ...job.env, ...env }).map(([key, text]) => [key, valueOf(text)] as const)
      const { code, output } = await bash(run, join(root, step['working-directory'] ?? ''), {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        HOME: join(bin, 'home'),
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        ...bench.sandbox.env,
        AWS_REGION: 'us-east-1',
        GH_TOKEN: undefined,
        ...Object.fromEntries(given),
      })
      log += output
      if (code !== 0) return { pulumi, failedAt: name, log }
      const asked = output.split('\n').filter((line) => line.startsWith('pulumi '))
      pulumi.push(...asked)
      if (asked.length > 0) await onPulumi()
    }
    return { pulumi, failedAt: undefined, log }
  } finally {
    await rm(bin, { recursive: true })
  }
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
function bash(
  script: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-e', '-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const add = (data: Buffer) => void (output += data.toString())
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code, output })
    })
  })
}

describe.concurrent('a push to dev', () => {
  const up = jobOf(workflowNamed('pulumi.yml'), 'up')
  const upCommand = 'pulumi up --stack dev --yes --non-interactive'
  const synced = async (bench: Bench) => {
    const run = await bench.run(['sync', '--source', 'env', '--region', 'us-east-1'], { env: pair })
    expect(run).toMatchObject({ code: 0 })
  }
  const withBench = async (use: (bench: Bench) => Promise<void>) => {
    const bench = await openBench()
    try {
      await use(bench)
    } finally {
      await bench.close()
    }
  }

  test('deploys for the first time, when there is a secret and no rule yet', () =>
    withBench(async (bench) => {
      await synced(bench)
      expect(await runJob(up, bench, pair, () => makeRule(bench))).toEqual({
        pulumi: [upCommand],
        failedAt: undefined,
        log: expect.stringContaining('left to pulumi up') as string,
      })
      const again = await runJob(up, bench, pair)
      expect(again).toMatchObject({ pulumi: [upCommand], failedAt: undefined })
      expect(again.log).not.toContain('left to pulumi up')
    }))

  test('is red when up made no rule', () =>
    withBench(async (bench) => {
      await synced(bench)
      const { pulumi, failedAt, log } = await runJob(up, bench, pair)
      expect({ pulumi, failedAt }).toEqual({ pulumi: [upCommand], failedAt: 'Verify what was made' })
      expect(log).toContain('::error title=rule.present%3A missing')
    }))

  test('repoints a rule to a secret that was deleted and made anew', () =>
    withBench(async (bench) => {
      await synced(bench)
      await makeRule(bench)
      await deleteSecret(bench)
      await synced(bench)
      expect(await runJob(up, bench, pair, () => repointRule(bench))).toEqual({
        pulumi: [upCommand],
        failedAt: undefined,
        log: expect.stringMatching(/skipped +rule\.credential .*left to pulumi up/) as string,
      })
    }))

  test('stops before up when a backend of one’s own gets a stack file without its salt', () =>
    withBench(async (bench) => {
      await synced(bench)
      const backend = 's3://acme-state?region=us-east-1'
      const { pulumi, failedAt, log } = await runJob(up, bench, pair, undefined, backend)
      expect({ pulumi, failedAt }).toEqual({ pulumi: [], failedAt: 'Refuse a stack file without its salt' })
      expect(log).toContain('Commit infrastructure/Pulumi.dev.yaml as pulumi stack init leaves it.')
    }))

  const stopped = { pulumi: [], failedAt: 'Verify what the stack relies on' }

  test('stops before up where nothing was synced', () =>
    withBench(async (bench) => {
      const { pulumi, failedAt, log } = await runJob(up, bench, pair)
      expect({ pulumi, failedAt }).toEqual(stopped)
      expect(log).toContain('::error title=secret.present%3A missing')
    }))

  test('stops before up when the token is dead, though what is cached still pulls', () =>
    withBench(async (bench) => {
      await synced(bench)
      await makeRule(bench)
      await bench.control('POST', '/docker-hub/accounts', {
        ...seeded,
        scope: 'repo:public_read',
        plan: 'personal',
        state: 'revoked',
      })
      const { pulumi, failedAt, log } = await runJob(up, bench, pair)
      expect({ pulumi, failedAt }).toEqual(stopped)
      expect(log).toContain('::error title=docker-hub.login%3A drift')
    }))

  test('stops before up when GitHub has another credential than AWS', () =>
    withBench(async (bench) => {
      await synced(bench)
      const token = 'dckr_pat_another_0123456789abcdefghi'
      await bench.control('POST', '/docker-hub/accounts', {
        username: seeded.username,
        token,
        scope: 'repo:public_read',
        plan: 'personal',
        state: 'active',
      })
      const { pulumi, failedAt, log } = await runJob(up, bench, { ...pair, DOCKER_HUB_TOKEN: token })
      expect({ pulumi, failedAt }).toEqual(stopped)
      expect(log).toContain('::error title=workflow.credential%3A drift')
      expect(log).not.toContain(token)
    }))

  test('stops before up when a secret of the pair got lost', () =>
    withBench(async (bench) => {
      await synced(bench)
      const { pulumi, failedAt, log } = await runJob(up, bench, { DOCKER_HUB_USERNAME: seeded.username })
      expect({ pulumi, failedAt }).toEqual(stopped)
      expect(log).toContain('DOCKER_HUB_TOKEN is empty')
    }))
})
