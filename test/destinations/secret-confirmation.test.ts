import { CreatePullThroughCacheRuleCommand, ECRClient, type ECRClientConfig } from '@aws-sdk/client-ecr'
import {
  DeleteResourcePolicyCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, test } from 'vitest'
import { withBench } from '../cli/converged.ts'
import { type Bench, seeded } from '../cli/in-process.ts'

const SecretId = 'ecr-pullthroughcache/docker-hub'
const secret = `us-east-1 ${SecretId}`
const newToken = 'dckr_pat_newer_01234567890abcdefghi'

function configOf({ sandbox }: Bench) {
  const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = sandbox.env
  return {
    region: 'us-east-1',
    endpoint: AWS_ENDPOINT_URL,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  } satisfies ECRClientConfig
}

interface Row {
  readonly target: string
  readonly action: string
  readonly outcome: string
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string }
}

async function syncAws(bench: Bench, token = seeded.token, ...flags: string[]) {
  await bench.control('DELETE', '/requests')
  const run = await bench.run(['sync', '--only', 'aws', '--source', 'env', '--json', ...flags], {
    env: { DOCKER_HUB_USERNAME: seeded.username, DOCKER_HUB_TOKEN: token },
  })
  const { changes, writes } = JSON.parse(run.stdout) as { changes: Row[]; writes: number }
  const requests = await bench.requests()
  return {
    code: run.code,
    rows: changes.map(({ target, action, outcome, error }) => ({ target, action, outcome, error })),
    writes,
    stderr: run.stderr,
    operations: requests
      .filter(({ service, mutating }) => service === 'ecr' || mutating)
      .map(({ operation }) => operation),
  }
}

/** A sync has been made, and a rule uses the secret. */
async function withRule(bench: Bench): Promise<void> {
  expect(await syncAws(bench)).toMatchObject({ code: 0 })
  const { ARN } = await new SecretsManagerClient(configOf(bench)).send(
    new DescribeSecretCommand({ SecretId }),
  )
  await new ECRClient(configOf(bench)).send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: 'docker-hub',
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn: ARN,
    }),
  )
}

async function policyOf(bench: Bench): Promise<unknown> {
  const { ResourcePolicy } = await new SecretsManagerClient(configOf(bench)).send(
    new GetResourcePolicyCommand({ SecretId }),
  )
  return ResourcePolicy === undefined ? undefined : JSON.parse(ResourcePolicy)
}

/** ECR reads with a role that our policy does not know. */
const strangeRole = {
  kind: 'reads-as',
  role: 'arn:aws:iam::123456789012:role/aws-service-role/ecr.amazonaws.com/AWSServiceRoleForSomethingNewer',
}

const addAccount = (bench: Bench, token: string) =>
  bench.control('POST', '/docker-hub/accounts', {
    username: seeded.username,
    token,
    scope: 'repo:public_read',
    plan: 'personal',
    state: 'active',
  })

const failValidation = (bench: Bench, fault: object, times: number | 'always' = 'always') =>
  bench.control('POST', '/faults', {
    service: 'ecr',
    operation: 'ValidatePullThroughCacheRule',
    times,
    fault,
  })

describe.concurrent('what sync wrote', () => {
  test('is not asked about where no rule can use it', () =>
    withBench(async (bench) => {
      expect((await syncAws(bench)).operations).toEqual(['CreateSecret', 'PutResourcePolicy'])
    }))

  test('is not asked about where nothing was written', () =>
    withBench(async (bench) => {
      await withRule(bench)
      expect(await syncAws(bench)).toMatchObject({ code: 0, writes: 0, operations: [] })
    }))

  test('is tried by ECR itself where a rule uses it', () =>
    withBench(async (bench) => {
      await withRule(bench)
      await addAccount(bench, newToken)
      expect(await syncAws(bench, newToken)).toMatchObject({
        code: 0,
        writes: 1,
        operations: ['PutSecretValue', 'DescribePullThroughCacheRules', 'ValidatePullThroughCacheRule'],
      })
    }))

  test('is given time, for ECR may see it late', () =>
    withBench(async (bench) => {
      await withRule(bench)
      await addAccount(bench, newToken)
      await failValidation(bench, { kind: 'secret-lag' }, 1)
      const { code, operations } = await syncAws(bench, newToken)
      expect({ code, operations }).toEqual({
        code: 0,
        operations: [
          'PutSecretValue',
          'DescribePullThroughCacheRules',
          'ValidatePullThroughCacheRule',
          'ValidatePullThroughCacheRule',
        ],
      })
    }))

  test('is reported where ECR cannot use the value, and left as it is', () =>
    withBench(async (bench) => {
      await withRule(bench)
      await addAccount(bench, newToken)
      await failValidation(bench, { kind: 'invalid', failure: 'the upstream does not like it' })
      const { code, rows, writes } = await syncAws(bench, newToken)
      expect({ code, rows, writes }).toEqual({
        code: 1,
        writes: 1,
        rows: [
          {
            target: secret,
            action: 'update',
            outcome: 'failed',
            error: {
              code: 'ERR_STATE',
              message:
                'it is written, but ECR cannot log in with it: through the rule docker-hub it says “the upstream does not like it”',
              hint: 'run: pullthrough verify',
            },
          },
          { target: `${secret} policy`, action: 'keep', outcome: 'done', error: undefined },
        ],
      })
    }))

  test.each([
    ['none', undefined],
    [
      'another',
      {
        Version: '2012-10-17',
        Id: 'kept',
        Statement: [
          {
            Sid: 'Auditors',
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::123456789012:root' },
            Action: 'secretsmanager:DescribeSecret',
            Resource: '*',
          },
        ],
      },
    ],
  ])('is taken back if it is a policy that broke the chain, where there was %s', (_, before) =>
    withBench(async (bench) => {
      await withRule(bench)
      const secrets = new SecretsManagerClient(configOf(bench))
      await secrets.send(new DeleteResourcePolicyCommand({ SecretId }))
      if (before) {
        await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy: JSON.stringify(before) }))
      }
      await bench.control('POST', '/aws/identities', {
        accessKeyId: 'AKIAROLEOFECR0000001',
        secretAccessKey: 'x',
        arn: strangeRole.role,
        policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      })
      await failValidation(bench, strangeRole)
      const { code, rows, writes } = await syncAws(bench)
      expect({ code, writes, row: rows[1] }).toEqual({
        code: 1,
        writes: 2,
        row: {
          target: `${secret} policy`,
          action: before ? 'update' : 'create',
          outcome: 'failed',
          error: {
            code: 'ERR_STATE',
            message: expect.stringMatching(
              /^with this policy ECR could not use the secret \(through the rule docker-hub it says “.+”\), so the policy that was there is back, with which it can$/,
            ) as string,
            hint: 'keep to what works: pullthrough sync --policy allow-only',
          },
        },
      })
      expect(await policyOf(bench)).toEqual(before)
      expect(await syncAws(bench, seeded.token, '--policy', 'allow-only')).toMatchObject({ code: 0 })
    }),
  )

  test('stays if the policy is not what broke the chain', () =>
    withBench(async (bench) => {
      await withRule(bench)
      await new SecretsManagerClient(configOf(bench)).send(new DeleteResourcePolicyCommand({ SecretId }))
      await failValidation(bench, { kind: 'invalid', failure: 'no' })
      const { code, rows, writes } = await syncAws(bench)
      expect({ code, writes, outcomes: rows.map(({ outcome }) => outcome) }).toEqual({
        code: 1,
        writes: 3,
        outcomes: ['done', 'failed'],
      })
      await bench.control('DELETE', '/faults')
      expect(await syncAws(bench)).toMatchObject({ code: 0, writes: 0 })
    }))

  test.each([['DescribePullThroughCacheRules'], ['ValidatePullThroughCacheRule']])(
    'is written all the same where %s is denied, and the user is told',
    (operation) =>
      withBench(async (bench) => {
        await withRule(bench)
        await addAccount(bench, newToken)
        await bench.control('POST', '/faults', {
          service: 'ecr',
          operation,
          times: 'always',
          fault: { kind: 'deny' },
        })
        const { code, rows, stderr } = await syncAws(bench, newToken)
        expect({ code, outcomes: rows.map(({ outcome }) => outcome) }).toEqual({
          code: 0,
          outcomes: ['done', 'done'],
        })
        expect(stderr).toContain(
          `pullthrough: warning: it is written, but whether ECR can use it could not be asked: AWS denies ecr:${operation} in us-east-1`,
        )
      }),
  )
})
