import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/checks/finding.ts'
import { deleteSecret, makeRule, withBench } from './converged.ts'
import { type Bench, openBench, type Run, seeded } from './in-process.ts'

const credential = { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token }

interface Report {
  readonly ok: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly checks: readonly Finding[]
  readonly error?: { readonly code: string }
}

async function verify(bench: Bench, flags: readonly string[] = [], env: Record<string, string> = {}) {
  const run = await bench.run(['verify', '--json', ...flags], { env: { ...credential, ...env } })
  return { ...run, report: JSON.parse(run.stdout) as Report }
}

async function sync(bench: Bench, ...flags: string[]): Promise<Run> {
  return bench.run(['sync', '--source', 'env', ...flags], { env: credential })
}

describe.concurrent('verify', () => {
  test('asks each question once, and changes nothing', () =>
    withBench(async (bench) => {
      await sync(bench)
      await makeRule(bench)
      const before = bench.sandbox.state().aws
      await bench.control('DELETE', '/requests')
      const { code, report } = await verify(bench)
      expect({ code, ok: report.ok, red: report.checks.filter(({ status }) => status !== 'ok') }).toEqual({
        code: 0,
        ok: true,
        red: [],
      })
      const requests = await bench.requests()
      const asked = requests.map(({ service, operation }) => `${service} ${operation}`)
      expect(asked.sort()).toEqual([
        'docker-auth GET /token',
        'docker-hub POST /v2/auth/token',
        'docker-registry HEAD /v2/{name}/manifests/{reference}',
        'ecr DescribePullThroughCacheRules',
        'ecr DescribeRepositoryCreationTemplates',
        'ecr ValidatePullThroughCacheRule',
        'github GET /repos/{owner}/{repo}',
        'github GET /repos/{owner}/{repo}/actions/secrets',
        'github GET /repos/{owner}/{repo}/actions/variables/{name}',
        'github GET /repos/{owner}/{repo}/collaborators',
        'iam GetRole',
        'secretsmanager DescribeSecret',
        'secretsmanager GetResourcePolicy',
        'sts GetCallerIdentity',
      ])
      expect(requests.filter(({ mutating }) => mutating)).toEqual([])
      expect(bench.sandbox.state().aws).toEqual(before)
    }))

  test('before pulumi up leaves the rules to it, and nothing else', () =>
    withBench(async (bench) => {
      const beforeUp = async () => {
        const { code, report } = await verify(bench, ['--source', 'env', '--before-up'])
        return { code, notOk: report.checks.filter(({ status }) => status !== 'ok') }
      }
      const wantsSecret = await beforeUp()
      expect(wantsSecret.code).toBe(2)
      expect(wantsSecret.notOk).toContainEqual(
        expect.objectContaining({ id: 'secret.present', status: 'missing' }),
      )

      await sync(bench)
      const role = {
        id: 'aws.role',
        target: 'AWS account',
        status: 'skipped',
        cause: 'ECR makes the role with the first cache rule',
      }
      const absent = {
        id: 'rule.present',
        target: 'us-east-1 cache rules',
        status: 'skipped',
        cause: 'there is no pull-through cache rule for Docker Hub in us-east-1: left to pulumi up',
      }
      expect(await beforeUp()).toEqual({ code: 0, notOk: [role, absent] })

      await bench.control('POST', '/faults', {
        service: 'ecr',
        operation: 'DescribePullThroughCacheRules',
        times: 'always',
        fault: { kind: 'deny' },
      })
      const denied = await beforeUp()
      expect(denied.code).toBe(1)
      expect(denied.notOk).toContainEqual(expect.objectContaining({ id: 'rule.present', status: 'denied' }))
      await bench.control('DELETE', '/faults')

      // The secret was deleted and made anew: its ARN is another, and the rule points to nothing.
      await makeRule(bench)
      await deleteSecret(bench)
      await sync(bench)
      expect((await verify(bench, ['--source', 'env'])).code).toBe(2)
      const repointed = await beforeUp()
      expect(repointed.code).toBe(0)
      expect(repointed.notOk.map(({ id, status }) => `${status} ${id}`)).toEqual([
        'skipped rule.credential',
        'skipped rule.valid',
      ])

      // The rule points to the right secret, and ECR cannot log in with it: up would not mend that.
      await bench.control('POST', '/docker-hub/accounts', {
        ...seeded,
        scope: 'repo:public_read',
        plan: 'personal',
        state: 'revoked',
      })
      const dead = await beforeUp()
      expect(dead.code).toBe(2)
      expect(dead.notOk).toContainEqual(expect.objectContaining({ id: 'docker-hub.login', status: 'drift' }))
    }))

  test('ends with 130 when it is interrupted, and says so', () =>
    withBench(async (bench) => {
      const interruption = new AbortController()
      await bench.control('POST', '/faults', {
        service: 'secretsmanager',
        operation: '*',
        times: 'always',
        fault: { kind: 'hang' },
      })
      const running = bench.run(['verify', '--json'], { env: credential, signal: interruption.signal })
      while (!(await bench.requests()).some(({ service }) => service === 'secretsmanager')) await wait(10)
      interruption.abort()
      const { code, stdout, stderr } = await running
      expect({ code, error: (JSON.parse(stdout) as Report).error, stderr }).toEqual({
        code: 130,
        error: { code: 'ERR_INTERRUPTED', message: 'interrupted' },
        stderr: 'pullthrough: error: interrupted\n',
      })
    }))

  test('takes the Region of the stack, even where the stack lacks the credential', async ({
    onTestFinished,
  }) => {
    const bench = await openBench({ 'aws:region': 'eu-west-1' })
    onTestFinished(() => bench.close())
    const { code, report } = await verify(bench, ['--only', 'aws', '--token-key', 'noSuchKey'])
    expect(code).toBe(2)
    expect(code).toBe(2)
    expect(report.checks.filter(({ id }) => /^(source|aws\.region)/.test(id))).toEqual([
      { id: 'source.read', target: 'source', status: 'ok' },
      expect.objectContaining({ id: 'source.credential', target: 'source', status: 'missing' }),
      { id: 'aws.region', target: 'AWS', status: 'ok', detail: 'eu-west-1' },
    ])
  })

  test('goes on with GitHub where AWS has no Region, and the other way round', () =>
    withBench(async (bench) => {
      const { code, report } = await verify(bench, ['--source', 'env'], { AWS_REGION: '', GH_TOKEN: '' })
      expect(code).toBe(1)
      expect(report.checks.filter(({ id }) => /^(aws|github)/.test(id))).toEqual([
        {
          id: 'aws.region',
          target: 'AWS',
          status: 'unreachable',
          cause: 'no AWS Region is given',
          fix: expect.stringContaining('--region us-east-1') as string,
        },
        {
          id: 'github.repository',
          target: 'GitHub',
          status: 'denied',
          cause: expect.stringMatching(/^there is no GitHub token for /) as string,
          fix: expect.stringContaining('set GH_TOKEN') as string,
        },
      ])
      expect((await bench.requests()).filter(({ service }) => !service.startsWith('docker'))).toEqual([])
    }))

  test('tells several Regions and repositories apart', () =>
    withBench(async (bench) => {
      await bench.control('POST', '/github/repositories', { fullName: 'acme/gadgets' })
      await bench.control('POST', '/github/tokens', {
        token: bench.sandbox.env['GH_TOKEN'],
        kind: 'fine-grained',
        permissions: { metadata: 'read', secrets: 'write', actions_variables: 'write' },
      })
      await sync(bench, '--region', 'us-east-1', '--repo', 'acme/widgets')
      await makeRule(bench)
      const places = ['us-east-1', 'eu-west-1'].flatMap((region) => ['--region', region])
      const repositories = ['acme/widgets', 'acme/gadgets'].flatMap((name) => ['--repo', name])
      const { code, report } = await verify(bench, ['--source', 'env', ...places, ...repositories])
      const red = report.checks.filter(({ status }) => status === 'missing' || status === 'drift')
      expect({ code, red: red.map(({ id, target }) => `${target}: ${id}`) }).toEqual({
        code: 2,
        red: [
          'eu-west-1 ecr-pullthroughcache/docker-hub: secret.present',
          'eu-west-1 cache rules: rule.present',
          'acme/gadgets: github.secrets',
          'acme/gadgets: github.record',
        ],
      })
    }))
})
