import { describe, expect, test } from 'vitest'
import { commonFaults } from '../../src/sandbox/fault.ts'
import { type Bench, openBench, seeded } from './in-process.ts'

const faults: readonly { kind: string; status?: number }[] = commonFaults
  .filter((kind) => kind !== 'delay')
  .flatMap((kind): { kind: string; status?: number }[] =>
    kind === 'error' ? [500, 503].map((status) => ({ kind, status })) : [{ kind }],
  )

/** The credential comes from the environment here: no decryption, so that the many runs are quick. */
const syncNow = (bench: Bench, ...flags: string[]) =>
  bench.run(['sync', '--source', 'env', ...flags], {
    env: { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token },
  })

/** The requests of one clean first sync: what may fail is read off the sandbox, not listed by hand. */
const clean = await (async () => {
  const bench = await openBench()
  try {
    const { code } = await syncNow(bench)
    if (code !== 0) throw new Error('the clean sync failed')
    return await bench.requests()
  } finally {
    await bench.close()
  }
})()

const steps = clean.map(({ service, operation }, index) => ({
  service,
  operation,
  skip: clean.slice(0, index).filter((other) => other.service === service && other.operation === operation)
    .length,
}))

/** Everything that must hold once a run has gone through, whatever happened before it. */
async function expectConverged(bench: Bench): Promise<void> {
  const finishing = await syncNow(bench)
  expect(finishing).toMatchObject({ code: 0 })

  await bench.control('DELETE', '/requests')
  const { code, stdout } = await syncNow(bench, '--json')
  expect(code).toBe(0)
  const report = JSON.parse(stdout) as { writes: number; changes: { action: string }[] }
  expect(report.writes).toBe(0)
  expect(new Set(report.changes.map(({ action }) => action))).toEqual(new Set(['keep']))
  expect((await bench.requests()).filter(({ mutating }) => mutating)).toEqual([])

  const { aws, github } = await bench.state()
  const [secret, ...others] = aws['123456789012']?.['us-east-1']?.secrets ?? []
  expect(others).toEqual([])
  expect(secret?.versions.map(({ labels, secretString }) => ({ labels, secretString }))).toEqual([
    {
      labels: ['AWSCURRENT'],
      secretString: JSON.stringify({ username: seeded.username, accessToken: seeded.token }),
    },
  ])
  expect(secret?.tags).toEqual({ 'managed-by': 'pullthrough' })
  expect(secret?.policy?.Statement).toHaveLength(2)
  const { secrets, variables } = github['acme/widgets'] ?? {}
  expect(Object.entries(secrets ?? {}).map(([name, { value }]) => [name, value])).toEqual(
    expect.arrayContaining([
      ['DOCKER_HUB_USERNAME', seeded.username],
      ['DOCKER_HUB_TOKEN', seeded.token],
    ]),
  )
  expect(Object.keys(variables ?? {})).toEqual(['DOCKER_HUB_CREDENTIALS_SYNC'])
}

async function withBench(use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench()
  try {
    await use(bench)
  } finally {
    await bench.close()
  }
}

describe.concurrent.each(steps)('$service $operation (after $skip alike)', (step) => {
  test.each(faults)('fails once by $kind $status, and the next run converges', async (fault) => {
    await withBench(async (bench) => {
      await bench.control('POST', '/faults', { ...step, times: 1, fault })
      const first = await syncNow(bench, '--timeout', '0.5')
      expect([0, 1]).toContain(first.code)
      expect(first.stdout + first.stderr).not.toContain(seeded.token)
      await expectConverged(bench)
    })
  })

  test.each(faults)(
    'fails for good by $kind $status, says so, and a run after that converges',
    async (fault) => {
      await withBench(async (bench) => {
        await bench.control('POST', '/faults', { ...step, times: 'always', fault })
        const first = await syncNow(bench, '--timeout', '0.5')
        expect(first.stdout + first.stderr).not.toContain(seeded.token)
        if (first.code !== 0) expect(first.stderr).toMatch(/^pullthrough: error: /m)
        await bench.control('DELETE', '/faults')
        await expectConverged(bench)
      })
    },
  )
})
