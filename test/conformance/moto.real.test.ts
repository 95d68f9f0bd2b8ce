import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { startAwsSandbox } from '../sandbox/aws/aws-sandbox.ts'
import { type Difference, type KnownDifference, knownDifferences } from './moto-differences.ts'
import { isWrite, look, resolve, type Step, stepSequences, take } from './secret-steps.ts'

/** The `moto_server` command of moto 5.2.5, another stand-in for AWS. Nothing is tested without it. */
const motoServer = process.env['PULLTHROUGH_E2E_MOTO']

/** Change it to try other sequences: the table has to be complete for any. */
const seed = 20_261_123
const sequences = 250

test.skipIf(!motoServer)(
  `sandbox and moto agree on ${sequences} random sequences (seed ${seed}), but for what is listed`,
  { timeout: 600_000 },
  async () => {
    const sandbox = await startAwsSandbox()
    const url = await startMoto()
    const ours = sandbox.secretsManager()
    const credentials = { accessKeyId: 'AKIAMOTO000000000001', secretAccessKey: 'any' }
    const theirs = new SecretsManagerClient({
      endpoint: url,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials,
    })
    onTestFinished(() => {
      theirs.destroy()
    })
    const occurred = new Map<KnownDifference, number>()
    let steps = 0
    const examples = knownDifferences.map(({ example }): [readonly Step[]] => [example])

    await fc.assert(
      fc.asyncProperty(stepSequences(), async (sequence) => {
        sandbox.aws.reset()
        await fetch(`${url}/moto-api/reset`, { method: 'POST' })
        for (const step of sequence) {
          steps += 1
          const difference = await compare(step, { ours, theirs })
          if (!difference) continue
          const known = knownDifferences.find((candidate) => candidate.explains(difference))
          if (!known) throw new Error(`not in the table: ${JSON.stringify(difference, undefined, 1)}`)
          occurred.set(known, (occurred.get(known) ?? 0) + 1)
          if (holdDifferentThings(difference)) return
        }
      }),
      { seed, numRuns: examples.length + sequences, examples },
    )

    const counts = knownDifferences.map((row) => `${String(occurred.get(row) ?? 0).padStart(5)}  ${row.what}`)
    console.log([`seed ${seed}, ${steps} steps; how often each difference occurred:`, ...counts].join('\n'))
    expect(knownDifferences.filter((row) => !occurred.has(row)).map(({ what }) => what)).toEqual([])
  },
)

/** After this there is nothing to compare: one did what the other refused, or left something else behind. */
function holdDifferentThings({ step, sandbox, moto, sandboxAfter, motoAfter }: Difference): boolean {
  if (!isWrite(step)) return false
  return (
    'answer' in sandbox !== 'answer' in moto || JSON.stringify(sandboxAfter) !== JSON.stringify(motoAfter)
  )
}

async function compare(
  planned: Step,
  { ours, theirs }: { readonly ours: SecretsManagerClient; readonly theirs: SecretsManagerClient },
): Promise<Difference | undefined> {
  const name = 'name' in planned ? planned.name : undefined
  const before = name === undefined ? undefined : await look(ours, name)
  const step = resolve(planned, before)
  const [sandbox, moto] = await Promise.all([take(ours, step), take(theirs, step)])
  const written = name !== undefined && isWrite(step)
  const [sandboxAfter, motoAfter] = written
    ? await Promise.all([look(ours, name), look(theirs, name)])
    : [before, before]
  const same = JSON.stringify([sandbox, sandboxAfter]) === JSON.stringify([moto, motoAfter])
  return same ? undefined : { step, before, sandbox, moto, sandboxAfter, motoAfter }
}

/** Start moto on a free port; it stops with the test. */
async function startMoto(): Promise<string> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const moto = spawn(motoServer ?? '', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  onTestFinished(() => {
    moto.kill()
  })
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      await fetch(`${url}/moto-api/`)
      return url
    } catch {
      await wait(100)
    }
  }
  throw new Error('moto did not start')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (typeof address === 'object' && address) resolve(address.port)
        else reject(new Error('no port'))
      })
    })
  })
}
