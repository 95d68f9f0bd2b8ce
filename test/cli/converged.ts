import { expect } from 'vitest'
import { type Bench, openBench, type Run, seeded } from './in-process.ts'

/** The credential comes from the environment here: no decryption, so that the many runs are quick. */
export function syncNow(bench: Bench, ...flags: string[]): Promise<Run> {
  return bench.run(['sync', '--source', 'env', ...flags], {
    env: { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token },
  })
}

/** Whether to try every request with everything, as CI does, and not only some. */
export const sweepAll = process.env['PULLTHROUGH_SWEEP'] === 'all'

/** One request of a run: the operation, and how many of the same came before it. */
export interface RequestStep {
  readonly service: string
  readonly operation: string
  readonly skip: number
}

/** The requests of a clean first sync, read off the sandbox: what may fail is not listed by hand. */
export async function stepsOfFirstSync(): Promise<readonly RequestStep[]> {
  let requests: Awaited<ReturnType<Bench['requests']>> = []
  await withBench(async (bench) => {
    expect(await syncNow(bench)).toMatchObject({ code: 0 })
    requests = await bench.requests()
  })
  return requests.map(({ service, operation }, index) => ({
    service,
    operation,
    skip: requests
      .slice(0, index)
      .filter((other) => other.service === service && other.operation === operation).length,
  }))
}

/** Everything that must hold once a run has gone through, whatever happened before it. */
export async function expectConverged(bench: Bench): Promise<void> {
  const finishing = await syncNow(bench)
  expect(finishing).toMatchObject({ code: 0 })

  await bench.control('DELETE', '/requests')
  const { code, stdout } = await syncNow(bench, '--json')
  expect(code).toBe(0)
  const report = JSON.parse(stdout) as { writes: number; changes: { action: string }[] }
  expect(report.writes).toBe(0)
  expect(new Set(report.changes.map(({ action }) => action))).toEqual(new Set(['keep']))
  expect((await bench.requests()).filter(({ mutating }) => mutating)).toEqual([])

  const { aws, github } = bench.sandbox.state()
  const [secret, ...others] = aws['123456789012']?.['us-east-1']?.secrets ?? []
  expect(others).toEqual([])
  expect(secret?.versions.map(({ labels, secretString }) => ({ labels, secretString }))).toEqual([
    {
      labels: ['AWSCURRENT'],
      secretString: JSON.stringify({ username: seeded.username, accessToken: seeded.token }),
    },
  ])
  expect(secret?.tags).toEqual({ 'managed-by': 'pullthrough' })
  expect(secret?.policy).toMatchObject({ Statement: [{ Effect: 'Allow' }, { Effect: 'Deny' }] })
  const { secrets, variables } = github['acme/widgets'] ?? {}
  expect(Object.entries(secrets ?? {}).map(([name, { value }]) => [name, value])).toEqual(
    expect.arrayContaining([
      ['DOCKER_HUB_USERNAME', seeded.username],
      ['DOCKER_HUB_TOKEN', seeded.token],
    ]),
  )
  expect(Object.keys(variables ?? {})).toEqual(['DOCKER_HUB_CREDENTIALS_SYNC'])
}

/** Open a bench, use it, close it. */
export async function withBench(use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench()
  try {
    await use(bench)
  } finally {
    await bench.close()
  }
}
