import { describe, expect, test } from 'vitest'
import { pullPolicy } from '../src/ecr/pull-permission.ts'
import { makeRule } from './cli/converged.ts'
import { type Bench, openBench, seeded } from './cli/in-process.ts'
import { below, blocksOf, pageAt } from './markdown.ts'

interface Policy {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[]
}

const pair = { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: seeded.token }

/** The JSON blocks below a heading, for the account of the sandbox and its Region. */
function policiesBelow(path: string, heading: string): readonly Policy[] {
  return blocksOf(below(pageAt(path), heading))
    .filter(({ language }) => language === 'json')
    .map(
      ({ text }) =>
        JSON.parse(text.replaceAll('ACCOUNT', '123456789012').replaceAll('us-east-2', 'us-east-1')) as Policy,
    )
}

/** Make somebody who may do what the policy says, and nothing else. */
async function identityWith(bench: Bench, policy: Policy): Promise<Record<string, string>> {
  const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-key-of-somebody-who-may-little' }
  const arn = 'arn:aws:iam::123456789012:user/somebody'
  await bench.control('POST', '/aws/identities', { ...key, arn, policy })
  return { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey, ...pair }
}

async function withBench(use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench()
  try {
    await use(bench)
  } finally {
    await bench.close()
  }
}

describe.concurrent('the policies that the pages show are enough', () => {
  test('for sync: to make the secret, to change it, and to go back', () =>
    withBench(async (bench) => {
      const [policy = { Statement: [] }] = policiesBelow(
        'docs/DOCKER_HUB_CREDENTIALS.md',
        '## What sync needs',
      )
      const env = await identityWith(bench, policy)
      const sync = async (token = seeded.token) => {
        const run = await bench.run(['sync', '--source', 'env', '--only', 'aws'], {
          env: { ...env, DOCKER_HUB_TOKEN: token },
        })
        expect(run, run.stderr).toMatchObject({ code: 0 })
        expect(run.stderr).not.toMatch(/denies|not authorized/)
      }
      await sync()
      await makeRule(bench)
      const token = 'dckr_pat_another_0123456789abcdefghi'
      await bench.control('POST', '/docker-hub/accounts', {
        username: seeded.username,
        token,
        scope: 'repo:public_read',
        plan: 'personal',
        state: 'active',
      })
      await sync(token)
      await sync()
      const [secret] = bench.sandbox.state().aws['123456789012']?.['us-east-1']?.secrets ?? []
      expect(secret?.versions.map(({ labels }) => labels)).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']])
    }))

  test('for verify, in the role that deploys', () =>
    withBench(async (bench) => {
      const synced = await bench.run(['sync', '--source', 'env'], { env: pair })
      expect(synced).toMatchObject({ code: 0 })
      await makeRule(bench)
      const [, policy = { Statement: [] }] = policiesBelow(
        'docs/oidc.md',
        '## The role that deploys and verifies',
      )
      const env = await identityWith(bench, policy)
      const run = await bench.run(['verify', '--source', 'env', '--only', 'aws', '--json'], { env })
      const { counts } = JSON.parse(run.stdout) as { counts: Record<string, number> }
      expect({ code: run.code, denied: counts['denied'], drift: counts['drift'] }).toEqual({
        code: 0,
        denied: 0,
        drift: 0,
      })
    }))
})

test('the role that previews may look, and nothing else', () => {
  const [, policy = { Statement: [] }] = policiesBelow('docs/oidc.md', '## The role that previews')
  const actions = policy.Statement.flatMap(({ Action }) => Action)
  expect(actions.length).toBeGreaterThan(0)
  expect(actions.filter((action) => !/^[a-z]+:(Describe|GetResourcePolicy)/.test(action))).toEqual([])
})

test('the roles trust runs of the repository alone, each those that it is for', () => {
  const subjects = ['## The role that deploys and verifies', '## The role that previews'].map((heading) => {
    const [trust] = policiesBelow('docs/oidc.md', heading) as unknown as readonly [
      { Statement: readonly [{ Condition: object }] },
    ]
    return trust.Statement[0].Condition
  })
  const audience = { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' }
  const subject = 'token.actions.githubusercontent.com:sub'
  expect(subjects).toEqual([
    {
      StringEquals: { ...audience, [subject]: ['SUBJECT:ref:refs/heads/main', 'SUBJECT:ref:refs/heads/dev'] },
    },
    { StringEquals: { ...audience, [subject]: 'SUBJECT:pull_request' } },
  ])
})

test('the policy for pullers is the one that the component gives out', () => {
  const [block] = blocksOf(below(pageAt('docs/ECR_PULL_THROUGH_CACHE.md'), '## Who may pull'))
  const registry = { partition: 'aws', account: '123456789012', region: 'us-east-2' }
  expect(JSON.parse(block?.text ?? '')).toEqual(JSON.parse(pullPolicy(registry, 'docker-hub-dev')))
})
